"""Additional steps of loading for some layers, in one table; `cim.operations.kinds` has the hooks of placed things."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import pyarrow as pa

from cim.areas import hierarchy
from cim.areas.hierarchy import Link
from cim.loading import LayerLoading
from cim.model.layer import Features
from cim.model.standard_layers import AREAS
from cim.progress import Progress
from cim.state import CityState
from layers.load.area_partition import check_partition
from layers.load.districts import as_areas
from layers.load.options import LoadOptions
from layers.load.report import LoadReport


def _no_links(_: CityState) -> list[Link]:
    return []


def _as_it_is(table: pa.Table, _: Collection[str]) -> tuple[pa.Table, list[str]]:
    return table, []


def _checked_already(
    _: LayerLoading, features: Features, report: LoadReport, __: LoadOptions, ___: Progress
) -> tuple[Features, LoadReport]:
    return features, report


@dataclass(frozen=True, slots=True)
class LoadSteps:
    """The steps of one layer; by default each does nothing."""

    #: The links of the existing rows, for rows that are appended.
    links: Callable[[CityState], list[Link]] = _no_links
    #: Converts the columns of a file to fields of the layer, given the existing codes; returns the table and notes.
    convert: Callable[[pa.Table, Collection[str]], tuple[pa.Table, list[str]]] = _as_it_is
    #: Fits the features to one another; returns them and the report of what did not fit.
    finish: Callable[
        [LayerLoading, Features, LoadReport, LoadOptions, Progress], tuple[Features, LoadReport]
    ] = _checked_already


def _links_of_areas(state: CityState) -> list[Link]:
    snapshot = state.snapshot(AREAS.name)
    return hierarchy.links(snapshot.attributes(snapshot.rows))


def _fit_areas(
    city: LayerLoading, features: Features, report: LoadReport, options: LoadOptions, progress: Progress
) -> tuple[Features, LoadReport]:
    return check_partition(
        city, features, report, append=options.append, repair_m=options.repair_m, progress=progress
    )


NO_STEPS = LoadSteps()
#: The layers that have steps of their own.
STEPS = {AREAS.name: LoadSteps(links=_links_of_areas, convert=as_areas, finish=_fit_areas)}
