"""The meshes of a file: every product tessellated with its openings cut, equal parts made once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.bim.building_model import Material, Mesh, ModelFault, PlacedMesh
from cim.progress import Progress
from layers.formats.ifc.faults import fault, refusal
from layers.formats.ifc.polygons import PolygonReader, representations
from layers.formats.model_options import ModelOptions

_STYLE_WITHOUT_NAME = re.compile(r"Ifc\w+-\d+")
_MOST_TOLD = 50


@dataclass(slots=True, eq=False)
class ModelShapes:
    """Meshes and materials, and the shapes of products by their numbers in the file."""

    meshes: list[Mesh] = field(default_factory=list)
    materials: list[Material] = field(default_factory=list)
    shapes: dict[int, list[PlacedMesh]] = field(default_factory=dict)
    faults: list[ModelFault] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Tessellated:
    mesh: str
    matrix: NDArray[np.float64]
    body: bool


def make_shapes(
    parsed: Any,
    products: Sequence[Any],
    origin: NDArray[np.float64],
    length: float,
    options: ModelOptions,
    progress: Progress,
    name: str,
) -> ModelShapes:
    """Tessellate the products on `options.workers` threads; their matrices are those of the frame at `origin`.

    `ModelRefused` where there are more triangles than `options.most_triangles`.
    """
    work = _Tessellation(length, options.most_triangles, name)
    _iterate(parsed, products, options.workers, work, progress)
    return work.result(products, origin)


def _iterate(
    parsed: Any, products: Sequence[Any], workers: int, work: _Tessellation, progress: Progress
) -> None:
    from ifcopenshell import geom, guid

    if not products:
        return
    for product in products:
        if product.GlobalId is None:  # its threads wait for ever for one
            product.GlobalId = guid.new()
    tessellator: Any = geom
    by_number = {int(one.id()): one for one in products}
    iterator = tessellator.iterator(tessellator.settings(), parsed, max(1, workers), include=list(products))
    if not iterator.initialize():
        return
    done = 0
    while True:
        shape = iterator.get()
        work.add(by_number[shape.id], shape)
        done += 1
        if done % 16 == 0:
            progress("shapes", done, len(products))
        if not iterator.next():
            break
    progress("shapes", len(products), len(products))


class _Tessellation:
    def __init__(self, length: float, most: int, name: str) -> None:
        self._polygons = PolygonReader(length)
        self._most, self._name = most, name
        self._meshes: dict[str, Mesh] = {}
        self._styles: dict[Material, int] = {}
        self._parts: dict[int, list[_Tessellated]] = {}
        self._triangles = 0

    def add(self, product: Any, shape: Any) -> None:
        """Take what was made of one representation of a product."""
        geometry = shape.geometry
        if geometry.id not in self._meshes:
            self._meshes[geometry.id] = self._mesh(product, geometry)
        matrix = np.frombuffer(shape.transformation_buffer, dtype=np.float64).reshape(4, 4).T.copy()
        self._parts.setdefault(int(shape.id), []).append(
            _Tessellated(geometry.id, matrix, shape.context in ("Body", "Facetation"))
        )

    def _mesh(self, product: Any, geometry: Any) -> Mesh:
        vertices = np.frombuffer(geometry.verts_buffer, dtype=np.float64).reshape(-1, 3)
        triangles = np.frombuffer(geometry.faces_buffer, dtype=np.int32).reshape(-1, 3)
        self._triangles += len(triangles)
        if self._triangles > self._most:
            raise refusal(
                self._name,
                [
                    fault(
                        "model.too_many_triangles",
                        f"模型有超过 {self._most:,} 个三角形的上限；请简化、分成几个模型，或调高上限",
                        f"the model has more triangles than the limit of {self._most:,}: simplify or split it, or "
                        "raise the limit",
                    )
                ],
            )
        if is_mirrored(product.Representation):
            triangles = np.ascontiguousarray(triangles[:, ::-1])
        numbers = np.array([self._style(one) for one in geometry.materials] or [-1], dtype=np.int32)
        styles = np.frombuffer(geometry.material_ids_buffer, dtype=np.int32)
        material = np.where(styles >= 0, numbers[np.maximum(styles, 0)], -1).astype(np.int32)
        polygons = self._polygons.read(product)
        body = self._bodies(product, np.frombuffer(geometry.item_ids_buffer, dtype=np.int32))
        return Mesh(vertices, triangles, material if len(material) else None, polygons=polygons, body=body)

    def _bodies(self, product: Any, items: NDArray[np.int32]) -> NDArray[np.int32] | None:
        """The number of the body that each triangle is of, None where all are of one."""
        named, numbers = np.unique(items, return_inverse=True)
        if len(named) == 0:
            return None
        surface = np.array([one > 0 and _is_surface(product.file.by_id(int(one))) for one in named])
        if len(named) == 1 and not surface[0]:
            return None
        return np.where(surface, -1, np.arange(len(named)))[numbers.reshape(-1)].astype(np.int32)

    def _style(self, style: Any) -> int:
        colour = style.diffuse
        clear = style.transparency if style.has_transparency() else 0.0
        rgba = (colour.r(), colour.g(), colour.b(), 1.0 - clear if clear == clear else 1.0)
        name = "" if _STYLE_WITHOUT_NAME.fullmatch(style.name) else style.name
        made = Material(name, (round(rgba[0], 4), round(rgba[1], 4), round(rgba[2], 4), round(rgba[3], 4)))
        return self._styles.setdefault(made, len(self._styles))

    def result(self, products: Sequence[Any], origin: NDArray[np.float64]) -> ModelShapes:
        """What was made, in the order of the products' numbers, which does not hang on threads."""
        made = ModelShapes()
        styles = list(self._styles)
        order: dict[int, int] = {}
        numbers: dict[str, int] = {}
        lost: list[Any] = []
        for product in products:
            parts = self._parts.get(int(product.id()), [])
            bodies = [one for one in parts if one.body] or parts[:1]
            for part in bodies:
                if part.mesh not in numbers:
                    numbers[part.mesh] = len(made.meshes)
                    made.meshes.append(_renumber(self._meshes[part.mesh], order))
                part.matrix[:3, 3] -= origin
                plain = np.array_equal(part.matrix, np.eye(4))
                shape = PlacedMesh(numbers[part.mesh], None if plain else part.matrix)
                made.shapes.setdefault(int(product.id()), []).append(shape)
            if not parts and _has_body(product.Representation):
                lost.append(product)
        made.materials = [styles[one] for one in order]
        made.faults += [_without_shape(one) for one in lost[:_MOST_TOLD]]
        if len(lost) > _MOST_TOLD:
            more = len(lost) - _MOST_TOLD
            made.faults.append(
                fault("shape.failed", f"还有 {more} 个构件没能生成形体", f"{more} more elements got no shape")
            )
        return made


def _renumber(mesh: Mesh, order: dict[int, int]) -> Mesh:
    """The mesh with its materials numbered by `order`, which grows by those that it is the first to have."""
    if mesh.material is None:
        return mesh
    there, first, at = np.unique(mesh.material, return_index=True, return_inverse=True)
    for one in there[np.argsort(first)].tolist():
        if one >= 0:
            order.setdefault(one, len(order))
    numbers = np.array([order.get(one, -1) for one in there.tolist()], np.int32)
    return replace(mesh, material=numbers[at.reshape(-1)])


def _is_surface(item: Any) -> bool:
    if item.is_a("IfcConnectedFaceSet"):
        return not item.is_a("IfcClosedShell")
    if item.is_a("IfcFaceBasedSurfaceModel") or item.is_a("IfcSurface"):
        return True
    if item.is_a("IfcShellBasedSurfaceModel"):
        return not all(shell.is_a("IfcClosedShell") for shell in item.SbsmBoundary)
    return bool(item.is_a("IfcTessellatedFaceSet") and getattr(item, "Closed", None) is False)


def is_mirrored(representation: Any) -> bool:
    """Whether the body is a map that is used mirrored, which turns its triangles inside out."""
    for one in representations(representation):
        if one.RepresentationType == "MappedRepresentation":
            items = [item for item in one.Items or () if item.is_a("IfcMappedItem")]
            if items and one.RepresentationIdentifier in ("Body", None):
                return all(_handedness(item) < 0 for item in items)
    return False


def _handedness(item: Any) -> float:
    target = item.MappingTarget
    z = _ratios(getattr(target, "Axis3", None), np.array((0.0, 0.0, 1.0)))
    x = _ratios(target.Axis1, np.array((1.0, 0.0, 0.0)))
    y = _ratios(target.Axis2, np.cross(z, x))
    sign = float(np.linalg.det(np.array([x, y, z])))
    first = target.Scale if target.Scale is not None else 1.0
    for scale in (first, getattr(target, "Scale2", None), getattr(target, "Scale3", None)):
        sign *= first if scale is None else scale
    inner = item.MappingSource.MappedRepresentation
    nested = [one for one in inner.Items if one.is_a("IfcMappedItem")]
    return sign * (_handedness(nested[0]) if len(nested) == 1 else 1.0)


def _ratios(direction: Any, otherwise: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([*direction.DirectionRatios, 0.0][:3]) if direction is not None else otherwise


def _has_body(representation: Any) -> bool:
    return any(
        one.RepresentationIdentifier in ("Body", "Facetation") and len(one.Items or ()) > 0
        for one in representations(representation)
    )


def _without_shape(product: Any) -> ModelFault:
    return fault(
        "shape.failed",
        f"{product.is_a()}“{product.Name or ''}”（#{product.id()}）的形体没能生成",
        f"no shape could be made of {product.is_a()} {product.Name or ''!r} (#{product.id()})",
        element=product.GlobalId,
    )
