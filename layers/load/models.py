"""Load a model file: read, placed, checked, stored and answering, or not there at all."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import shapely

from cim.arrays.gc_pause import no_collecting
from cim.bim.building_model import BuildingModel, ModelFault, ModelRefused
from cim.bim.model_check import check_model
from cim.bim.model_layers import BUILDINGS
from cim.bim.placed_model import Extents, measure_objects
from cim.bim.versions import load_model
from cim.city import City
from cim.errors import BadInput
from cim.model.text import Text
from cim.progress import Progress, silent
from layers.formats.model_options import ModelOptions
from layers.formats.model_suffixes import MODELS, model_format
from layers.load.far import OnFar
from layers.load.model_report import ModelReport
from layers.load.targets import named_after

#: Two buildings clash where they share more than this part of the smaller one's ground, and this much of height.
_CLASH_SHARE = 0.05
_CLASH_M = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLoadOptions:
    """What the person who loads a model says about it. `code` names the model (None: after the file); `ids` is an IDS
    file whose demands are checked."""

    code: str | None = None
    read: ModelOptions = field(default_factory=ModelOptions)
    ids: Path | None = None
    on_far: OnFar = "keep"
    name: str = ""
    source: str = ""
    author: str = ""
    discipline: str = ""
    cim_level: int | None = None
    surveyed: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PreparedModel:
    """A model that was read and checked, and not yet written."""

    code: str
    model: BuildingModel
    extents: Sequence[Extents | None]
    report: ModelReport


def load_model_file(
    city: City, path: Path, options: ModelLoadOptions, progress: Progress = silent, *, actor: str = "local"
) -> ModelReport:
    """Load a model as the newest version of its code. Raises `ModelRefused`; nothing is written then."""
    prepared = prepare_model(city, path, options, progress)
    facts = {
        "name": options.name,
        "source": options.source or path.name,
        "author": options.author,
        "discipline": options.discipline,
        "cim_level": options.cim_level,
        "surveyed": options.surveyed,
    }
    stored = load_model(
        city,
        prepared.model,
        prepared.extents,
        prepared.code,
        original=path.read_bytes(),
        facts=facts,
        report=prepared.report.as_dict(),
        actor=actor,
        progress=progress,
    )
    return replace(prepared.report, version=stored.version)


def prepare_model(
    city: City, path: Path, options: ModelLoadOptions, progress: Progress = silent
) -> PreparedModel:
    """Everything that `load_model_file` does before it writes."""
    code = options.code or model_code(path)
    with no_collecting():
        model = _reader(path)(path, options.read, progress)
        progress("checking", 0, None)
        extents = measure_objects(model)
        faults = [*model.faults, *check_model(model, extents)]
    if options.ids is not None:
        faults += _ids_faults(options.ids, path)
    pictures = sum(material.texture is not None for material in model.materials)
    if pictures:
        zh = f"{pictures} 张贴图未导入，只保留颜色"
        en = f"{pictures} textures are not kept, only the colours of their materials"
        faults.append(ModelFault("texture.left_out", Text(zh, en)))
    faults += _far_faults(city, path, extents, options.on_far)
    faults += _clashes(city, code, model, extents)
    model = replace(model, faults=faults)
    return PreparedModel(code, model, extents, _report(path, code, model, extents))


def model_code(path: Path) -> str:
    """The code of a model that nobody names: after its file, without the suffix of its format.

    >>> model_code(Path("B座.v2.ifc")), model_code(Path("delft.city.json"))
    ('b座_v2', 'delft')
    """
    name = path.name
    for suffix in (*MODELS, ".json"):
        if name.lower().endswith(suffix):
            name = name[: -len(suffix)]
            break
    return named_after(name or path.name)


def require_distinct_models(paths: Sequence[Path]) -> None:
    """Raise `BadInput` where two files of one command would be one model, so that the second took the first's place."""
    first: dict[str, Path] = {}
    for path in paths:
        other = first.setdefault(model_code(path), path)
        if other is not path:
            raise BadInput(
                f"{other} and {path} would both be the model {model_code(path)!r}; nothing was written. "
                "Load each with a --model of its own"
            )


_Reader = Callable[[Path, ModelOptions, Progress], BuildingModel]


def _reader(path: Path) -> _Reader:
    """The reader of a file; each is imported only where it is used."""
    kind = model_format(path)
    if kind == "ifc":
        from layers.formats.ifc.read import read_ifc

        return read_ifc
    if kind == "cityjson":
        from layers.formats.city.cityjson import read_cityjson

        return read_cityjson
    if kind == "citygml":
        from layers.formats.city.citygml import read_citygml

        return read_citygml
    if kind in ("gltf", "obj"):
        from layers.formats.mesh_files import read_mesh

        return read_mesh
    raise ModelRefused(
        f"{path.name} is no model that can be read",
        [
            ModelFault(
                "file.unknown",
                Text(f"{path.name} 不是可读的模型", f"{path.name} is no model that can be read"),
            )
        ],
    )


def _ids_faults(ids: Path, path: Path) -> list[ModelFault]:
    """What an IFC does not have of what an IDS file demands."""
    if model_format(path) != "ifc":
        zh, en = (
            f"{path.name} 不是 IFC：IDS 检查只用于 IFC",
            f"{path.name} is no IFC: an IDS is for IFC files",
        )
        raise ModelRefused(en, [ModelFault("ids.not_ifc", Text(zh, en))])
    from layers.formats.ifc.ids import check_ids

    return check_ids(ids, path)


def _far_faults(city: City, path: Path, extents: Sequence[Extents | None], on_far: OnFar) -> list[ModelFault]:
    """That a model lies far from the city, and why it may. Raises `ModelRefused` where it was told to."""
    boxes = shapely.bounds([e.ground for e in extents if e is not None])
    if city.extent is None or not len(boxes):
        return []
    low, high = np.nanmin(boxes[:, :2], axis=0), np.nanmax(boxes[:, 2:], axis=0)
    box = np.array([[*low, *high]])
    if not city.extent.far(box)[0]:
        return []
    km = float(city.extent.distance_m(box)[0]) / 1000
    lon, lat = ((low + high) / 2).tolist()
    code, zh, en = "model.far", "", ""
    if city.extent.is_swapped(box)[0]:
        code, zh, en = (
            "georef.axes_swapped",
            "；经纬度互换后在城市内",
            "; with lon and lat exchanged it is in it",
        )
    fault = ModelFault(
        code,
        Text(
            f"{path.name} 距城市 {km:,.0f} 公里，在城市之外（{lon:.5f}, {lat:.5f}）{zh}；"
            "请检查坐标系，或用 --place、--crs 指定",
            f"{path.name} lies {km:,.0f} km from the city, far outside ({lon:.5f}, {lat:.5f}){en}; "
            "look at its CRS, or say where it is with --place or --crs",
        ),
        position=(lon, lat, 0.0),
    )
    if on_far != "keep":
        raise ModelRefused(fault.text.en, [fault])
    return [fault]


def _clashes(
    city: City, code: str, model: BuildingModel, extents: Sequence[Extents | None]
) -> list[ModelFault]:
    """Buildings that stand where one of another model stands."""
    if BUILDINGS.name not in city.snapshots:
        return []
    snapshot = city.snapshot(BUILDINGS.name)
    faults = []
    for one, extent in zip(model.objects, extents, strict=True):
        if extent is None or one.kind not in ("building", "part"):
            continue
        rows, _ = snapshot.in_bounds(np.array([shapely.bounds(extent.ground)]))
        if not len(rows):
            continue
        there = snapshot.attributes(rows, ["model", "id", "name", "bottom_m", "top_m"]).to_pylist()
        for other, ground in zip(there, snapshot.geometry(rows), strict=True):
            if other["model"] == code or other["bottom_m"] is None or extent.bottom_m is None:
                continue
            height = min(extent.top_m or extent.bottom_m, other["top_m"]) - max(
                extent.bottom_m, other["bottom_m"]
            )
            if height < _CLASH_M:
                continue
            shared = shapely.intersection(shapely.make_valid(extent.ground), shapely.make_valid(ground)).area
            share = shared / max(min(extent.ground.area, ground.area), 1e-18)
            if share > _CLASH_SHARE:
                zh = f"{one.name or one.id}：与模型 {other['model']} 的 {other['name'] or other['id']} 重叠 {share:.0%}"
                en = (
                    f"{one.name or one.id}: {share:.0%} of it stands where {other['name'] or other['id']} "
                    f"of the model {other['model']} stands"
                )
                faults.append(ModelFault("model.clash", Text(zh, en), one.id))
    return faults


def _report(path: Path, code: str, model: BuildingModel, extents: Sequence[Extents | None]) -> ModelReport:
    known = [e for e in extents if e is not None]
    position = None
    if known:
        middle = shapely.centroid(shapely.geometrycollections([e.ground for e in known]))
        position = (
            float(middle.x),
            float(middle.y),
            min((e.bottom_m for e in known if e.bottom_m is not None), default=0.0),
        )
    return ModelReport(
        path=str(path),
        code=code,
        version=None,
        schema=model.schema,
        position=position,
        height_datum=model.placement.height_datum,
        counts=Counter(one.class_name for one in model.objects),
        triangles=sum(len(model.meshes[s.mesh].triangles) for o in model.objects for s in o.shapes),
        faults=model.faults,
    )
