"""CityJSON 1.0 to 2.0 and CityJSONSeq as models.

Source: the CityJSON specifications 1.0.3, 1.1.3 and 2.0.1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from cim.bim.building_model import (
    BuildingModel,
    Material,
    ModelFault,
    ModelObject,
    ModelRefused,
    PlacedMesh,
    Relation,
)
from cim.model.text import Text
from cim.progress import Progress, silent
from layers.formats.city.appearance import Appearance
from layers.formats.city.faces import Faces
from layers.formats.city.frame import crs_named, frame_of
from layers.formats.city.kinds import discipline_of, kind_of, with_storey_heights
from layers.formats.model_options import ModelOptions

_VERSIONS = ("1.0", "1.1", "2.0")
#: An integer that a float may not hold.
_LONG_NUMBER = re.compile(rb"[:\[,]\s*-?\d{17,}\s*[,\]}]")
#: The classes that are counted to see whether an object was lost to another of its name.
_COUNTED = ("Building", "BuildingPart", "BuildingStorey", "BuildingRoom", "Road", "Bridge", "CityFurniture")
_CLASS = re.compile(rb'"type"\s*:\s*"(?:' + "|".join(_COUNTED).encode() + rb')"')
#: How deep the boundaries of a type are nested above its faces, and whether it is closed.
_SURFACES = {"MultiSurface": False, "CompositeSurface": False}
_SOLIDS = {"MultiSolid", "CompositeSolid"}


def read_cityjson(path: Path, options: ModelOptions, progress: Progress = silent) -> BuildingModel:
    """The model of a CityJSON file, or of a CityJSONSeq one (a document a line).

    Raises `ModelRefused` for what is no CityJSON, names no CRS, or has corners that are not there.
    """
    size = path.stat().st_size
    if size > options.most_bytes:
        raise _refusal(
            "file.too_large",
            f"{path.name} 有 {size:,} 字节，上限 {options.most_bytes:,}",
            f"{path.name} has {size:,} bytes; at most {options.most_bytes:,} are read",
        )
    reader = _CityReader(path, options)
    for number, document in enumerate(_documents(path)):
        reader.take(document, number)
        if number % 100 == 0:
            progress("reading", number, None)
    progress("placing", 0, None)
    return reader.model()


def _documents(path: Path) -> Iterator[Mapping[str, Any]]:
    """The documents of the file with the transform and CRS of the first: one, or one a line."""
    raw = path.read_bytes()
    if not raw.strip():
        raise _refusal("file.empty", f"{path.name} 是空文件", f"{path.name} is empty")
    lines = [raw]
    if path.suffix.lower() == ".jsonl":
        lines = raw.splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            document = _parse(line)
        except orjson.JSONDecodeError as error:
            at = number if len(lines) > 1 else error.lineno
            raise _refusal(
                "json.syntax",
                f"{path.name} 第 {at} 行不是 JSON：{error.msg}",
                f"{path.name}, line {at}: no JSON: {error.msg}",
                line=at,
            ) from error
        if not isinstance(document, dict):
            raise _refusal(
                "cityjson.type",
                f"{path.name} 不是 CityJSON",
                f"{path.name} is no CityJSON object",
                line=number,
            )
        yield document


def _parse(text: bytes) -> Any:
    """A document. An integer that JSON readers make a float of is the text that stands there, as of a code; a name
    that stands twice in one object is refused, of which they would take the last. Looked for only where a quick look
    finds digits, or classes of objects, that are not in what was read."""
    made = orjson.loads(text)
    if not _LONG_NUMBER.search(text) and not _lacks_objects(made, text):
        return made

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        one = dict(pairs)
        if len(one) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise _refusal(
                "json.twice",
                f"{twice!r} 在同一个对象里出现两次；请只保留一个",
                f"{twice!r} stands twice in one object of the file; keep one of them",
                element=twice,
            )
        return one

    return json.loads(
        text, parse_int=lambda digits: int(digits) if len(digits) <= 16 else digits, object_pairs_hook=once
    )


def _lacks_objects(made: Any, text: bytes) -> bool:
    """Whether the text names classes of objects more often than the document has objects of them."""
    objects = made.get("CityObjects") if isinstance(made, dict) else None
    if not isinstance(objects, dict):
        return False
    known = sum(isinstance(one, dict) and one.get("type") in _COUNTED for one in objects.values())
    return len(_CLASS.findall(text)) > known


def _refusal(
    code: str, zh: str, en: str, element: str | None = None, line: int | None = None
) -> ModelRefused:
    return ModelRefused(en, [ModelFault(code, Text(zh, en), element, line=line)])


@dataclass
class _Part:
    """A shape of an object: its number among the faces, or a template's with its matrix."""

    object: int
    shape: int
    lod: str
    template: bool = False
    matrix: NDArray[np.float64] | None = None
    anchor: int = -1


@dataclass
class _CityReader:
    path: Path
    options: ModelOptions
    faults: list[ModelFault] = field(default_factory=list)
    objects: list[ModelObject] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    parts: list[_Part] = field(default_factory=list)
    vertices: list[NDArray[np.float64]] = field(default_factory=list)
    count: int = 0
    crs: str | None = None
    version: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    scale: NDArray[np.float64] | None = None
    shift: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        self.faces = Faces()
        self.templates = Faces()
        self.template_vertices = np.empty((0, 3))
        self.template_shapes: list[list[tuple[int, str]]] = []
        self.appearance = Appearance(self.path.parent, {})
        self._ids: dict[str, int] = {}

    # -- one document ----------------------------------------------------------------------------

    def take(self, document: Mapping[str, Any], number: int) -> None:
        """Take a document: the file's one, the header of a sequence, or one of its features."""
        kind = document.get("type")
        if kind == "CityJSON" and number == 0:
            self._head(document)
        elif kind == "CityJSONFeature" and number > 0:
            if document.get("appearance"):
                self.appearance = Appearance(
                    self.path.parent, document["appearance"], self.appearance.materials
                )
        elif kind == "CityJSONFeature":
            raise _refusal(
                "cityjson.no_header",
                f"{self.path.name} 的第一行应是 CityJSON（含 transform 与坐标系），现在是 CityJSONFeature",
                f"{self.path.name}: the first line must be the CityJSON object with transform and CRS, "
                "it is a CityJSONFeature",
                line=1,
            )
        else:
            raise _refusal(
                "cityjson.type",
                f"{self.path.name}：type 是 {kind!r}，应是 CityJSON 或（其后各行）CityJSONFeature",
                f"{self.path.name}: type is {kind!r}, not CityJSON or (in the lines after it) CityJSONFeature",
            )
        first = self.count
        vertices = self._positions(document.get("vertices"))
        self.vertices.append(vertices)
        self.count += len(vertices)
        objects = document.get("CityObjects") or {}
        if not isinstance(objects, dict):
            raise _refusal("cityjson.objects", "CityObjects 应是对象", "CityObjects must be an object")
        self._take_objects(objects, first)

    def _head(self, document: Mapping[str, Any]) -> None:
        self.version = str(document.get("version", ""))
        if not self.version.startswith(_VERSIONS):
            raise _refusal(
                "cityjson.version",
                f"CityJSON 版本 {self.version!r} 不支持；支持 {'、'.join(_VERSIONS)}",
                f"CityJSON version {self.version!r} is not read; these are: {', '.join(_VERSIONS)}",
            )
        metadata = document.get("metadata") or {}
        named = metadata.get("referenceSystem") or (metadata.get("crs") or {}).get("epsg")
        self.crs = self.options.crs or (crs_named(_epsg(named)) if named else None)
        contact = metadata.get("pointOfContact") or {}
        self.facts = {
            key: str(value)
            for key, value in (
                ("title", metadata.get("title")),
                ("identifier", metadata.get("identifier")),
                ("date", metadata.get("referenceDate")),
                ("author", contact.get("contactName") if isinstance(contact, dict) else None),
            )
            if value
        }
        transform = document.get("transform")
        if transform is not None:
            try:
                self.scale = np.array(transform["scale"], float).reshape(3)
                self.shift = np.array(transform["translate"], float).reshape(3)
            except (KeyError, TypeError, ValueError) as error:
                raise _refusal(
                    "cityjson.transform",
                    "transform 需要 scale 与 translate，各三个数",
                    "transform needs scale and translate, three numbers each",
                ) from error
        self.appearance = Appearance(self.path.parent, document.get("appearance") or {})
        templates = document.get("geometry-templates") or {}
        self.template_vertices = _numbers(templates.get("vertices-templates") or [], "vertices-templates")
        for geometry in templates.get("templates") or []:
            before = len(self.templates)
            self._shape(self.templates, geometry, len(self.template_vertices), 0, "geometry-templates")
            lod = str(geometry.get("lod", ""))
            self.template_shapes.append([(i, lod) for i in range(before, len(self.templates))])

    def _positions(self, given: Any) -> NDArray[np.float64]:
        vertices = _numbers(given or [], "vertices")
        if self.scale is None or self.shift is None:
            return vertices
        return np.asarray(vertices * self.scale + self.shift)

    # -- its objects -----------------------------------------------------------------------------

    def _take_objects(self, objects: Mapping[str, Any], first_vertex: int) -> None:
        for name, raw in objects.items():
            if not isinstance(raw, dict) or "type" not in raw:
                raise _refusal(
                    "cityjson.object", f"{name!r} 没有 type", f"object {name!r} has no type", element=name
                )
        homes = _homes(objects)
        for name, raw in objects.items():
            class_name = str(raw["type"])
            attributes = raw.get("attributes") or {}
            building, storey, space = homes[name]
            number = len(self.objects)
            parents = raw.get("parents") or []
            self.objects.append(
                ModelObject(
                    self._own_id(name),
                    kind_of(class_name),
                    class_name,
                    name=str(attributes.get("name") or ""),
                    parent=str(parents[0]) if parents else None,
                    building=building,
                    storey=storey,
                    space=space,
                    properties=attributes,
                    discipline=discipline_of(class_name),
                )
            )
            self.relations += [Relation("part_of", name, str(parent)) for parent in parents]
            for geometry in raw.get("geometry") or []:
                self._take_geometry(number, name, geometry, first_vertex)

    def _own_id(self, name: str) -> str:
        seen = self._ids.get(name, 0) + 1
        self._ids[name] = seen
        if seen == 1:
            return name
        zh, en = f"编号 {name} 重复（第 {seen} 次）", f"the id {name} comes again ({seen} times)"
        self.faults.append(ModelFault("id.duplicate", Text(zh, en), name))
        return f"{name}~{seen}"

    def _take_geometry(self, number: int, name: str, geometry: Mapping[str, Any], first: int) -> None:
        if geometry.get("type") != "GeometryInstance":
            before = len(self.faces)
            self._shape(self.faces, geometry, self.count - first, first, name)
            lod = str(geometry.get("lod", ""))
            self.parts += [_Part(number, shape, lod) for shape in range(before, len(self.faces))]
            return
        try:
            template = self.template_shapes[int(geometry["template"])]
            (anchor,) = geometry["boundaries"]
            matrix = np.array(geometry["transformationMatrix"], float).reshape(4, 4)
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise _refusal(
                "cityjson.template",
                f"{name}：模板实例的 template、boundaries 或 transformationMatrix 不对",
                f"{name}: the template, boundaries or transformationMatrix of an instance is wrong",
                element=name,
            ) from error
        if not 0 <= anchor < self.count - first:
            raise _no_vertex(name, anchor, self.count - first)
        for shape, lod in template:
            self.parts.append(_Part(number, shape, lod, True, matrix, first + anchor))

    def _shape(self, faces: Faces, geometry: Mapping[str, Any], vertices: int, first: int, name: str) -> None:
        """Add a geometry to the faces: a shape for each solid, one for all its surfaces."""
        kind = geometry.get("type")
        boundaries = geometry.get("boundaries") or []
        semantics = geometry.get("semantics") or {}
        surfaces = tuple(str(s.get("type", "")) for s in semantics.get("surfaces") or [])
        values = semantics.get("values")
        looks = self.appearance.looks_of(geometry)
        if kind in _SURFACES:
            solids, values, looks = [[boundaries]], [[values]], looks.wrap(2)
        elif kind == "Solid":
            solids, values, looks = [boundaries], [values], looks.wrap(1)
        elif kind in _SOLIDS:
            solids = boundaries
        else:
            zh = f"{name}：几何类型 {kind} 不是面或体，未导入"
            en = f"{name}: a geometry of type {kind} is no surface or solid and was left out"
            self.faults.append(ModelFault("geometry.left_out", Text(zh, en), name))
            return
        try:
            for s, shells in enumerate(solids):
                faces.begin(kind not in _SURFACES, surfaces)
                for h, shell in enumerate(shells):
                    if h:
                        faces.begin_shell()
                    marks = _at(_at(values, s), h)
                    for f, rings in enumerate(shell):
                        mark = _at(marks, f)
                        material, uv = looks.face(s, h, f)
                        self._require_corners(rings, vertices, name)
                        if first:
                            rings = [[corner + first for corner in ring] for ring in rings]
                        faces.add(rings, -1 if mark is None else int(mark), material, uv)
        except (TypeError, ValueError) as error:
            raise _refusal(
                "cityjson.boundaries",
                f"{name}：{kind} 的 boundaries 层次不对",
                f"{name}: the boundaries of a {kind} are not nested as they should be",
                element=name,
            ) from error
        for texture in looks.missing_textures():
            zh, en = f"{name}：缺少贴图 {texture}", f"{name}: the texture {texture} is not there"
            self.faults.append(ModelFault("texture.missing", Text(zh, en), name))

    @staticmethod
    def _require_corners(rings: Sequence[Sequence[int]], vertices: int, name: str) -> None:
        for ring in rings:
            if ring and not (min(ring) >= 0 and max(ring) < vertices):
                wrong = next(corner for corner in ring if not 0 <= corner < vertices)
                raise _no_vertex(name, wrong, vertices)

    # -- the whole -------------------------------------------------------------------------------

    def model(self) -> BuildingModel:
        """The model of all that was taken."""
        if not self.objects:
            raise _refusal(
                "model.nothing_in_it",
                f"{self.path.name} 里没有任何城市对象",
                f"{self.path.name} has no city object: there is nothing in it",
            )
        vertices = np.concatenate(self.vertices) if self.vertices else np.empty((0, 3))
        frame, placement, told = frame_of(vertices, self.crs, self.path.name)
        meshes = self.faces.meshes(frame)
        meshes += self.templates.meshes(self.template_vertices)
        triangles = sum(len(mesh.triangles) for mesh in meshes)
        if triangles > self.options.most_triangles:
            raise _refusal(
                "model.too_many_triangles",
                f"{self.path.name} 有 {triangles:,} 个三角形，上限 {self.options.most_triangles:,}",
                f"{self.path.name} has {triangles:,} triangles; at most {self.options.most_triangles:,} are loaded",
            )
        shapes: list[list[PlacedMesh]] = [[] for _ in self.objects]
        heights: dict[str, tuple[float, float]] = {}
        for part in self.parts:
            matrix = part.matrix
            number = part.shape
            if part.template and matrix is not None:
                matrix = matrix.copy()
                matrix[:3, 3] += frame[part.anchor]
                number += len(self.faces)
            shapes[part.object].append(PlacedMesh(number, matrix, part.lod))
        model = BuildingModel(
            name=self.path.stem.removesuffix(".city"),
            schema=f"CityJSON {self.version}",
            placement=placement,
            objects=[
                replace(one, shapes=tuple(some)) for one, some in zip(self.objects, shapes, strict=True)
            ],
            meshes=meshes,
            materials=[*self.appearance.materials] or [Material()],
            relations=self.relations,
            faults=[*told, *self.faults],
            facts=self.facts,
        )
        for one in model.objects:
            if one.shapes and one.kind in ("building", "storey", "space"):
                z = placement.place(np.concatenate([model.frame_vertices(s) for s in one.shapes]))[:, 2]
                heights[one.id] = float(z.min()), float(z.max())
        return replace(model, objects=with_storey_heights(model.objects, heights))


def _epsg(named: Any) -> str:
    return f"EPSG:{named}" if isinstance(named, int) else str(named)


def _numbers(given: Any, what: str) -> NDArray[np.float64]:
    try:
        array = np.array(given, np.float64).reshape(-1, 3)
    except (TypeError, ValueError) as error:
        raise _refusal(
            "cityjson.vertices", f"{what} 应是三个数的列表", f"{what} must be lists of three numbers"
        ) from error
    if not np.isfinite(array).all():
        raise _refusal("cityjson.vertices", f"{what} 有非数", f"{what} has what is no finite number")
    return array


def _at(values: Any, i: int) -> Any:
    """Entry i of a nested list that may be none, or end early."""
    return values[i] if isinstance(values, list) and i < len(values) else None


def _no_vertex(name: str, index: object, count: int) -> ModelRefused:
    return _refusal(
        "cityjson.index",
        f"{name}：顶点序号 {index} 超出范围（共 {count} 个顶点）",
        f"{name}: vertex {index} is out of range; there are {count}",
        element=name,
    )


def _homes(objects: Mapping[str, Any]) -> dict[str, tuple[str | None, str | None, str | None]]:
    """The building, storey and space that each object is in, by its parents."""
    homes: dict[str, tuple[str | None, str | None, str | None]] = {}
    for name, raw in objects.items():
        found: dict[str, str] = {}
        seen: set[str] = set()
        at: str | None = name
        one: Any = raw
        while at is not None and isinstance(one, dict) and at not in seen:
            seen.add(at)
            kind = kind_of(str(one.get("type")))
            if kind in ("building", "storey", "space") and (at != name or kind == "building"):
                found[kind] = at  # the outermost building, the innermost of the others
                if kind != "building":
                    found.setdefault(kind, at)
            parents = one.get("parents") or []
            at = str(parents[0]) if parents else None
            one = objects.get(at) if at is not None else None
        homes[name] = found.get("building"), found.get("storey"), found.get("space")
    return homes
