"""What else is done with the rows of a file for some layers, in one table; `cim.operations.kinds` has the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import pyarrow as pa

from cim.areas import hierarchy
from cim.areas.hierarchy import Link
from cim.city import City
from cim.model.layer import Features
from cim.model.standard_layers import AREAS
from cim.progress import Progress
from layers.load.area_partition import check_partition
from layers.load.districts import as_areas
from layers.load.options import LoadOptions
from layers.load.report import LoadReport


def _no_links(_: City) -> list[Link]:
    return []


def _as_it_is(table: pa.Table, _: Collection[str]) -> tuple[pa.Table, list[str]]:
    return table, []


def _checked_already(
    _: City, features: Features, report: LoadReport, __: LoadOptions, ___: Progress
) -> tuple[Features, LoadReport]:
    return features, report


@dataclass(frozen=True, slots=True)
class LoadSteps:
    """The steps of one layer; each does nothing unless it is given."""

    #: What the rows that stay are linked by, for those that are added to them.
    links: Callable[[City], list[Link]] = _no_links
    #: The columns of a file as fields of the layer, with notes; given the codes that are there.
    convert: Callable[[pa.Table, Collection[str]], tuple[pa.Table, list[str]]] = _as_it_is
    #: The features that fit one another, with the report of what did not.
    finish: Callable[[City, Features, LoadReport, LoadOptions, Progress], tuple[Features, LoadReport]] = (
        _checked_already
    )


def _links_of_areas(city: City) -> list[Link]:
    snapshot = city.snapshot(AREAS.name)
    return hierarchy.links(snapshot.attributes(snapshot.rows))


def _fit_areas(
    city: City, features: Features, report: LoadReport, options: LoadOptions, progress: Progress
) -> tuple[Features, LoadReport]:
    return check_partition(
        city, features, report, append=options.append, repair_m=options.repair_m, progress=progress
    )


NO_STEPS = LoadSteps()
#: The layers that have steps of their own.
STEPS = {AREAS.name: LoadSteps(links=_links_of_areas, convert=as_areas, finish=_fit_areas)}
