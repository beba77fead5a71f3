"""What is wrong with a model as a whole: its solids, doubled parts, and elements that are not in their storey."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from cim.bim.building_model import BuildingModel, ModelFault, ModelObject
from cim.bim.placed_model import Extents, shown_shapes
from cim.bim.solids import ZERO_VOLUME, SolidFault, solid_faults
from cim.model.text import Text

#: An element may begin so far below its storey, or end so far above: slabs, beams, foundations.
_REACH_M = 1.0
_TITLES = {
    101: ("环的点太少", "a ring has too few points"),
    102: ("相邻两点重合", "two corners that follow each other are one"),
    104: ("环自相交", "a ring crosses itself"),
    201: ("环相交", "rings of a face cross"),
    202: ("环重复", "a ring is there twice"),
    203: ("面不平", "a face is not flat"),
    205: ("面被洞切断", "holes cut a face in two"),
    206: ("洞在面外", "a hole lies outside its face"),
    207: ("洞在洞内", "a hole lies within a hole"),
    208: ("洞与外环方向相同", "a hole turns the way its outer ring does"),
    301: ("面太少", "a shell has too few faces"),
    302: ("壳不封闭", "a shell is not closed"),
    303: ("非流形", "more than two faces meet in an edge"),
    305: ("壳分成几块", "a shell is in several pieces"),
    307: ("有的面朝向相反", "a face is turned the other way than its neighbours"),
    405: ("壳朝内", "a shell is turned inside out"),
}


def check_model(model: BuildingModel, extents: Sequence[Extents | None]) -> list[ModelFault]:
    """What is wrong with the objects of a model, beyond what its reader has told. `extents` are those of
    `measure_objects`. Each object has each fault once."""
    return [
        *_solid_faults(model),
        *_doubled_objects(model),
        *_out_of_storey(model, extents),
    ]


def _solid_faults(model: BuildingModel) -> list[ModelFault]:
    known: dict[int, list[SolidFault]] = {}
    faults = []
    for one in model.objects:
        told: set[int] = set()
        for shape in one.shapes:
            if shape.mesh not in known:
                known[shape.mesh] = solid_faults(model.meshes[shape.mesh])
            for fault in known[shape.mesh]:
                if fault.number in told:
                    continue
                told.add(fault.number)
                faults.append(_solid_fault(model, one, shape.mesh, fault))
    return faults


def _solid_fault(model: BuildingModel, one: ModelObject, mesh: int, fault: SolidFault) -> ModelFault:
    shape = next(s for s in one.shapes if s.mesh == mesh)
    own = model.meshes[mesh]
    vertices = own.polygons.vertices if own.polygons is not None else own.vertices
    corner = vertices[fault.vertex : fault.vertex + 1]
    if shape.matrix is not None:
        corner = corner @ shape.matrix[:3, :3].T + shape.matrix[:3, 3]
    lon, lat, height = model.placement.place(corner)[0].tolist()
    position = (round(lon, 8), round(lat, 8), round(height, 3))
    name = one.name or one.id
    if fault.number == ZERO_VOLUME:
        text = Text(f"{name}：体积为零", f"{name}: the volume is zero")
        return ModelFault("solid.zero_volume", text, one.id, position=position)
    zh, en = _TITLES[fault.number]
    text = Text(
        f"{name}：{zh}（val3dity {fault.number}）", f"{name}: {en} (val3dity {fault.number} {fault.name})"
    )
    return ModelFault("val3dity", text, one.id, (fault.number,), position=position)


def _doubled_objects(model: BuildingModel) -> list[ModelFault]:
    """Objects of one class that have the same shape at the same place."""
    prints: dict[int, bytes] = {}
    first: dict[tuple[str, bytes], str] = {}
    faults = []
    for one in model.objects:
        shapes = shown_shapes(one)
        if not shapes or one.kind not in ("element", "building", "part"):
            continue
        digest = hashlib.blake2b(digest_size=16)
        for shape in shapes:
            if shape.mesh not in prints:
                mesh = model.meshes[shape.mesh]
                corners = np.round(mesh.vertices[mesh.triangles], 4)
                prints[shape.mesh] = hashlib.blake2b(corners.tobytes(), digest_size=16).digest()
            digest.update(prints[shape.mesh])
            if shape.matrix is not None:
                digest.update(np.round(shape.matrix, 4).tobytes())
        key = (one.class_name, digest.digest())
        other = first.setdefault(key, one.id)
        if other != one.id:
            zh = f"{one.name or one.id}：与 {other} 形状、位置完全相同"
            en = f"{one.name or one.id}: the same shape at the same place as {other}"
            faults.append(ModelFault("element.doubled", Text(zh, en), one.id))
    return faults


def _out_of_storey(model: BuildingModel, extents: Sequence[Extents | None]) -> list[ModelFault]:
    """Elements whose middle lies above or below the storey that they are listed in, and that do not span it."""
    spans = {}
    for one in model.objects:
        if one.kind == "storey" and one.bottom_height_m is not None:
            high = one.storey_height_m
            top = np.inf if high is None else one.bottom_height_m + high
            spans[one.id] = (one.bottom_height_m, top, one.name or one.id)
    faults = []
    for one, extent in zip(model.objects, extents, strict=True):
        if extent is None or one.kind != "element" or one.storey not in spans:
            continue
        if extent.bottom_m is None or extent.top_m is None:
            continue
        low, high, storey = spans[one.storey]
        middle = (extent.bottom_m + extent.top_m) / 2
        if low - _REACH_M <= middle <= high + _REACH_M:
            continue
        if (
            extent.bottom_m <= low + _REACH_M
            and extent.top_m >= min(high, extent.top_m) - _REACH_M
            and (extent.top_m > low + _REACH_M)
        ):
            continue  # it begins here and goes on, as a column of several storeys
        zh = f"{one.name or one.id}：归在 {storey}（{low:g} 米起），实际在 {extent.bottom_m:.2f}–{extent.top_m:.2f} 米"
        en = (
            f"{one.name or one.id}: listed in {storey} (from {low:g} m), it stands at "
            f"{extent.bottom_m:.2f} to {extent.top_m:.2f} m"
        )
        faults.append(ModelFault("storey.element_outside", Text(zh, en), one.id))
    return faults
