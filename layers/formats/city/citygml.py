"""CityGML 2.0 and 3.0 as models.

Source: OGC 12-019 (CityGML 2.0), OGC 20-010 and 21-006r2 (CityGML 3.0); the delivery form of PLATEAU (code lists by
relative paths, EPSG:6697 named by the outer envelope, -9999 for what is not known).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from lxml import etree

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
from layers.formats.city.axes import east_first
from layers.formats.city.faces import Faces
from layers.formats.city.frame import crs_named, frame_of
from layers.formats.city.gml_appearance import GmlAppearance
from layers.formats.city.gml_attributes import CITYGML, Attributes, is_known, namespace, safe_parse
from layers.formats.city.gml_geometry import XLINK, Coordinates, Surfaces, gml_id, local
from layers.formats.city.kinds import discipline_of, kind_of, with_storey_heights
from layers.formats.model_options import ModelOptions

_MEMBERS = ("cityObjectMember", "featureMember", "featureMembers")
#: Surfaces that say what a face of an object is, and are no objects themselves.
_SURFACE_ENDS = ("Surface", "Window", "Door")
_LODS = ("lod0", "lod1", "lod2", "lod3", "lod4")
#: Properties of geometry that are no surfaces or solids: lines where terrain meets, points, curves.
_NO_SURFACES = ("TerrainIntersection", "MultiCurve", "Network", "Point", "MultiPoint")


def read_citygml(path: Path, options: ModelOptions, progress: Progress = silent) -> BuildingModel:
    """The model of a CityGML file.

    Raises `ModelRefused` for what is no CityGML, names no CRS, or declares entities.
    """
    size = path.stat().st_size
    if size == 0:
        raise _refusal("file.empty", f"{path.name} 是空文件", f"{path.name} is empty")
    if size > options.most_bytes:
        raise _refusal(
            "file.too_large",
            f"{path.name} 有 {size:,} 字节，上限 {options.most_bytes:,}",
            f"{path.name} has {size:,} bytes; at most {options.most_bytes:,} are read",
        )
    progress("reading", 0, None)
    try:
        root = safe_parse(path).getroot()
    except ValueError as error:
        raise _refusal(
            "xml.entities",
            f"{path.name} 含 DOCTYPE（实体声明），不予读取",
            f"{path.name} declares a DOCTYPE (entities), which is not allowed in a model",
        ) from error
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise _refusal(
            "xml.syntax",
            f"{path.name} 第 {line} 行不是合法 XML：{error.msg}",
            f"{path.name}, line {line}: {error.msg}",
            line=line,
        ) from error
    if local(root) != "CityModel" or not namespace(root).startswith(CITYGML):
        raise _refusal(
            "citygml.root",
            f"{path.name} 的根元素是 {local(root)}，不是 CityGML 的 CityModel",
            f"{path.name}: its root is {local(root)}, not the CityModel of CityGML",
        )
    return _CityGml(path, root, options, progress).model()


def _refusal(
    code: str, zh: str, en: str, element: str | None = None, line: int | None = None
) -> ModelRefused:
    return ModelRefused(en, [ModelFault(code, Text(zh, en), element, line=line)])


class _CityGml:
    def __init__(self, path: Path, root: Any, options: ModelOptions, progress: Progress) -> None:
        self._path = path
        self._root = root
        self._options = options
        self._progress = progress
        self._faces = Faces()
        self._coordinates = Coordinates()
        by_id = {name: e for e in root.iter(etree.Element) if (name := gml_id(e)) is not None}
        self._appearance = GmlAppearance(path.parent, root)
        self._surfaces = Surfaces(by_id, self._faces, self._coordinates, self._appearance.look)
        self._attributes = Attributes(path.parent)
        self._objects: list[ModelObject] = []
        self._shapes: list[list[tuple[int, str]]] = []
        self._relations: list[Relation] = []
        self._faults: list[ModelFault] = []
        self._ids: dict[str, int] = {}

    def model(self) -> BuildingModel:
        """The model of the whole file."""
        for number, member in enumerate(m for m in self._root if local(m) in _MEMBERS):
            for element in member:
                self._take(element, None, None, None)
            if number % 100 == 0:
                self._progress("reading", number, None)
        if not self._objects:
            self._tell_unknown()
            if not self._faults:
                raise _refusal(
                    "model.nothing_in_it",
                    f"{self._path.name} 里没有任何城市对象",
                    f"{self._path.name} has no city object: there is nothing in it",
                )
            raise ModelRefused(f"{self._path.name} has nothing that can be read", self._faults)
        self._progress("placing", 0, None)
        crs = self._options.crs or self._crs()
        vertices, told = east_first(self._coordinates.vertices(), crs, self._named_shortly(), self._path.name)
        frame, placement, more = frame_of(vertices, crs, self._path.name)
        meshes = self._faces.meshes(frame)
        triangles = sum(len(mesh.triangles) for mesh in meshes)
        if triangles > self._options.most_triangles:
            raise _refusal(
                "model.too_many_triangles",
                f"{self._path.name} 有 {triangles:,} 个三角形，上限 {self._options.most_triangles:,}",
                f"{self._path.name} has {triangles:,} triangles; "
                f"at most {self._options.most_triangles:,} are loaded",
            )
        self._tell_unknown()
        objects = [
            replace(one, shapes=tuple(PlacedMesh(shape, None, lod) for shape, lod in shapes))
            for one, shapes in zip(self._objects, self._shapes, strict=True)
        ]
        version = namespace(self._root).rpartition("/")[2]
        model = BuildingModel(
            name=self._path.stem,
            schema=f"CityGML {version}",
            placement=placement,
            objects=objects,
            meshes=meshes,
            materials=self._appearance.materials or [Material()],
            relations=self._relations,
            faults=[*told, *more, *self._faults],
            facts=self._facts(),
        )
        heights: dict[str, tuple[float, float]] = {}
        for one in objects:
            if one.shapes and one.kind in ("building", "storey", "space"):
                z = placement.place(np.concatenate([model.frame_vertices(s) for s in one.shapes]))[:, 2]
                if len(z):
                    heights[one.id] = float(z.min()), float(z.max())
        return replace(model, objects=with_storey_heights(objects, heights))

    # -- objects ---------------------------------------------------------------------------------

    def _take(self, element: Any, parent: str | None, building: str | None, storey: str | None) -> None:
        class_name = local(element)
        if not class_name or element.get(XLINK) is not None:
            return
        if not is_known(element):
            zh = f"对象类型 {class_name}（{namespace(element)}）未知，未导入"
            en = f"objects of type {class_name} ({namespace(element)}) are not known and were left out"
            self._faults.append(ModelFault("gml.unknown_object", Text(zh, en), gml_id(element)))
            return
        if class_name == "Appearance":
            return
        name_of = self._own_id(gml_id(element) or f"{class_name}-{len(self._objects) + 1}")
        kind = kind_of(class_name)
        if kind == "building":
            building = name_of
        geometries, inner, semantic = self._sort(element)
        for surface in semantic:
            self._name_faces(surface)
        number = len(self._objects)
        skip = [local(p) for p, _ in geometries] + [local(p) for p, _ in inner]
        name, description, values = self._attributes.read(element, skip)
        self._objects.append(
            ModelObject(
                name_of,
                kind,
                class_name,
                name=name,
                description=description,
                parent=parent,
                building=building if building != name_of or kind == "building" else None,
                storey=storey,
                properties=values,
                discipline=discipline_of(class_name),
            )
        )
        self._shapes.append([])
        if parent is not None:
            self._relations.append(Relation("part_of", name_of, parent))
        self._take_geometry(number, name_of, geometries, semantic)
        for _, child in inner:
            self._take(child, name_of, building, name_of if kind == "storey" else storey)

    def _sort(self, element: Any) -> tuple[list[tuple[Any, Any]], list[tuple[Any, Any]], list[Any]]:
        """The geometries, the objects and the semantic surfaces of an object: each with the property it is in."""
        geometries, inner, semantic = [], [], []
        for prop in element:
            tag = local(prop)
            if not is_known(prop) or tag == "appearance":
                continue
            if tag.startswith(_LODS) or tag in ("tin", "reliefComponent"):
                if tag == "reliefComponent":
                    inner += [(prop, child) for child in prop if isinstance(child.tag, str)]
                else:
                    geometries += [(prop, child) for child in prop if isinstance(child.tag, str)]
                continue
            for child in prop:
                name = local(child)
                if tag in ("boundedBy", "boundary") and name.endswith(_SURFACE_ENDS):
                    semantic.append(child)
                elif (
                    gml_id(child) is not None and namespace(child).startswith(CITYGML) and name[:1].isupper()
                ) and not name.endswith("Attribute"):
                    inner.append((prop, child))
        return geometries, inner, semantic

    def _name_faces(self, surface: Any) -> None:
        """Remember which surface each polygon below this one is of; an opening's polygons are its own."""
        for element in surface.iter(etree.Element):
            if local(element) in ("Polygon", "Triangle") and (name := gml_id(element)) is not None:
                owner = next(
                    (
                        local(a)
                        for a in element.iterancestors()
                        if local(a).endswith(_SURFACE_ENDS) and namespace(a).startswith(CITYGML)
                    ),
                    local(surface),
                )
                self._surfaces.surface_of[name] = owner

    def _take_geometry(
        self, number: int, name: str, geometries: list[tuple[Any, Any]], semantic: list[Any]
    ) -> None:
        with_solid: set[str] = set()
        for prop, geometry in geometries:
            tag = local(prop)
            if tag.endswith(_NO_SURFACES) or local(geometry) == "ImplicitGeometry":
                zh = f"{name}：几何 {tag} 不是面或体，未导入"
                en = f"{name}: the geometry {tag} is no surface or solid and was left out"
                self._faults.append(ModelFault("geometry.left_out", Text(zh, en), name))
                continue
            lod = next((lod[3:] for lod in _LODS if tag.startswith(lod)), "")
            if "Solid" in tag:
                with_solid.add(lod)
            self._add(number, name, geometry, lod, None)
        seen = {lod for _, lod in self._shapes[number] if lod}
        for surface in semantic:
            for element, lod in _surface_geometries(surface):
                if lod not in with_solid and not (lod in seen and lod == "0"):
                    self._add(number, name, element, lod, local(surface))

    def _add(self, number: int, name: str, geometry: Any, lod: str, own_surface: str | None) -> None:
        try:
            made = self._surfaces.add(geometry, own_surface)
        except ValueError as error:
            raise _refusal(
                "gml.coordinates",
                f"{name}：坐标不是数（第 {geometry.sourceline} 行）",
                f"{name}: its coordinates are no numbers ({error})",
                element=name,
                line=geometry.sourceline,
            ) from error
        self._shapes[number] += [(shape, lod) for shape in made]
        for reference in dict.fromkeys(self._surfaces.dangling):
            zh, en = f"{name}：引用 {reference} 不存在", f"{name}: the reference {reference} leads nowhere"
            self._faults.append(ModelFault("gml.xlink", Text(zh, en), name))
        for image in self._appearance.missing():
            zh, en = f"{name}：缺少贴图 {image}", f"{name}: the texture {image} is not there"
            self._faults.append(ModelFault("texture.missing", Text(zh, en), name))

    def _own_id(self, name: str) -> str:
        seen = self._ids.get(name, 0) + 1
        self._ids[name] = seen
        if seen == 1:
            return name
        zh, en = f"编号 {name} 重复（第 {seen} 次）", f"the id {name} comes again ({seen} times)"
        self._faults.append(ModelFault("id.duplicate", Text(zh, en), name))
        return f"{name}~{seen}"

    # -- the file --------------------------------------------------------------------------------

    def _srs_names(self) -> Iterator[str]:
        for element in self._root.iter(etree.Element):
            name = element.get("srsName")
            if name:
                yield str(name)

    def _crs(self) -> str | None:
        names = {crs_named(name): name for name in dict.fromkeys(self._srs_names())}
        if len(names) > 1:
            listed = ", ".join(names)
            raise _refusal(
                "crs.several",
                f"{self._path.name} 有多个坐标系：{listed}；请先统一",
                f"{self._path.name} names several CRS: {listed}; bring it into one first",
            )
        return next(iter(names), None)

    def _named_shortly(self) -> bool:
        """Whether the CRS is named the short way ("EPSG:4547"), after which most write easting first."""
        name = next(self._srs_names(), "")
        return self._options.crs is not None or name.upper().startswith("EPSG:")

    def _facts(self) -> dict[str, str]:
        facts = {}
        for child in self._root:
            if local(child) in ("name", "description") and child.text:
                facts["title" if local(child) == "name" else "description"] = child.text.strip()
        return facts

    def _tell_unknown(self) -> None:
        for space, count in self._attributes.unknown.items():
            zh = f"命名空间 {space} 的 {count} 个属性未知，未导入"
            en = f"{count} properties of the namespace {space} are not known and were left out"
            self._faults.append(ModelFault("gml.unknown_namespace", Text(zh, en)))
        for tag, count in self._attributes.unknown_values.items():
            zh = f"{tag} 有 {count} 个值是 -9999 或 9999，按“未知”处理"
            en = f"{tag} is -9999 or 9999 {count} times, which is read as not known"
            self._faults.append(ModelFault("gml.not_known", Text(zh, en)))
        for name, tag, code in self._attributes.unknown_codes:
            zh = f"{name}：{tag} 的代码 {code} 不在代码表中，按代码保存"
            en = f"{name}: the code {code} of {tag} is not in its code list; it is kept as a code"
            self._faults.append(ModelFault("codelist.unknown_code", Text(zh, en), name))


def _surface_geometries(surface: Any) -> Iterator[tuple[Any, str]]:
    """The geometries of a semantic surface and of its openings, with their levels of detail."""
    for prop in surface:
        tag = local(prop)
        if tag.startswith(_LODS) and not tag.endswith(_NO_SURFACES):
            lod = next(lod[3:] for lod in _LODS if tag.startswith(lod))
            for geometry in prop:
                if isinstance(geometry.tag, str):
                    yield geometry, lod
        elif tag in ("opening", "fillingSurface"):
            for opening in prop:
                if isinstance(opening.tag, str):
                    yield from _surface_geometries(opening)
