"""glTF, GLB and OBJ as models: triangle meshes with a place that somebody gives, or that they carry.

trimesh reads them; what it may open beside the file is decided here. glTF has y up (glTF 2.0 §3.4), OBJ has no up axis.
"""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.bim.building_model import (
    BuildingModel,
    Material,
    Mesh,
    ModelFault,
    ModelObject,
    ModelRefused,
    PlacedMesh,
)
from cim.bim.placement import GroundPlacement, MapPlacement, Placement, lonlat_height, tangent_frame
from cim.model.text import Text
from cim.progress import Progress, silent
from layers.formats.model_options import ModelOptions

_Y_UP = np.array([[1.0, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
#: Corners so far from the origin are counted from the middle of the earth.
_EARTH_M = (6.2e6, 6.5e6)
#: Corners farther than this from the origin are those of a map.
_MAP_M = 100_000.0


def read_mesh(path: Path, options: ModelOptions, progress: Progress = silent) -> BuildingModel:
    """The model of a glTF, GLB or OBJ file; each node with a mesh is an element.

    Raises `ModelRefused` for a file that needs another that is not beside it (nothing is fetched), for one without a
    place, and for an OBJ of which nobody says which axis points up.
    """
    import trimesh

    size = path.stat().st_size
    if size == 0:
        raise _refusal("file.empty", f"{path.name} 是空文件", f"{path.name} is empty")
    if size > options.most_bytes:
        raise _refusal(
            "file.too_large",
            f"{path.name} 有 {size:,} 字节，上限 {options.most_bytes:,}",
            f"{path.name} has {size:,} bytes; at most {options.most_bytes:,} are read",
        )
    suffix = path.suffix.lower()
    head = _gltf_head(path) if suffix in (".gltf", ".glb") else {}
    if suffix == ".obj" and options.up is None:
        raise _refusal(
            "obj.up",
            f"{path.name}：OBJ 没有规定向上的轴；请用 --up z 或 --up y 指定",
            f"{path.name}: an OBJ does not say which axis points up; say --up z or --up y",
        )
    progress("reading", 0, None)
    resolver: Any = _Beside(path.parent)
    try:
        with path.open("rb") as handle:
            scene = trimesh.load_scene(
                handle, file_type=suffix[1:], resolver=resolver, process=False, maintain_order=True
            )
    except ModelRefused:
        raise
    except Exception as error:  # a reader of foreign files fails in many ways
        if resolver.refused is not None:
            raise resolver.refused from error
        raise _refusal(
            "mesh.damaged",
            f"{path.name} 无法读取：{error}",
            f"{path.name} can't be read: {type(error).__name__}: {error}",
        ) from error
    if resolver.refused is not None:
        raise resolver.refused
    up = options.up or "y"
    model = _model(path, scene, _Y_UP if up == "y" else np.eye(4), head, options)
    faults = [
        *model.faults,
        *(
            ModelFault("texture.missing", Text(f"缺少贴图 {n}", f"the texture {n} is not there"))
            for n in resolver.lacking
        ),
    ]
    return BuildingModel(
        name=model.name,
        schema=model.schema,
        placement=model.placement,
        objects=model.objects,
        meshes=model.meshes,
        materials=model.materials,
        relations=(),
        faults=faults,
        facts=model.facts,
    )


def _refusal(code: str, zh: str, en: str) -> ModelRefused:
    return ModelRefused(en, [ModelFault(code, Text(zh, en))])


def _model(
    path: Path, scene: Any, upright: NDArray[np.float64], head: dict[str, Any], options: ModelOptions
) -> BuildingModel:
    names: dict[str, int] = {}
    meshes: list[Mesh] = []
    materials: list[Material] = []
    objects: list[ModelObject] = []
    used: dict[str, int] = {}
    left_out: list[ModelFault] = []
    placed: list[tuple[str, int, NDArray[np.float64]]] = []
    for node in scene.graph.nodes_geometry:
        matrix, geometry = scene.graph.get(node)
        raw = scene.geometry[geometry]
        if not hasattr(raw, "faces"):
            zh, en = (
                f"{node}：点或线，不是面，未导入",
                f"{node}: points or lines are no surface and were left out",
            )
            left_out.append(ModelFault("geometry.left_out", Text(zh, en), str(node)))
            continue
        if _has_picture(raw):
            zh, en = f"{node}：贴图未导入，只保留颜色", f"{node}: its texture is not kept, only its colour"
            left_out.append(ModelFault("texture.left_out", Text(zh, en), str(node)))
        if geometry not in names:
            names[geometry] = len(meshes)
            meshes.append(_mesh(raw, materials))
        placed.append((str(node), names[geometry], upright @ np.asarray(matrix, np.float64)))
    triangles = sum(len(meshes[number].triangles) for _, number, _ in placed)
    if not triangles:
        raise _refusal(
            "model.nothing_in_it",
            f"{path.name} 里没有任何面",
            f"{path.name} has no surface: there is nothing in it",
        )
    if triangles > options.most_triangles:
        raise _refusal(
            "model.too_many_triangles",
            f"{path.name} 有 {triangles:,} 个三角形，上限 {options.most_triangles:,}",
            f"{path.name} has {triangles:,} triangles; at most {options.most_triangles:,} are loaded",
        )
    corners = np.concatenate([meshes[n].vertices @ m[:3, :3].T + m[:3, 3] for _, n, m in placed])
    placement, to_frame, told = _place(path, corners, head, options)
    for node, number, matrix in placed:
        used[node] = used.get(node, 0) + 1
        name = node if used[node] == 1 else f"{node}~{used[node]}"
        shape = PlacedMesh(number, to_frame @ matrix)
        objects.append(ModelObject(name, "element", "Mesh", name=node, shapes=(shape,)))
    asset = head.get("asset") or {}
    facts = {"application": str(asset["generator"])} if asset.get("generator") else {}
    schema = f"glTF {asset.get('version', '2.0')}" if head else "OBJ"
    return BuildingModel(
        name=path.stem,
        schema=schema,
        placement=placement,
        objects=objects,
        meshes=meshes,
        materials=materials or [Material()],
        relations=(),
        faults=[*told, *left_out],
        facts=facts,
    )


def _place(
    path: Path, corners: NDArray[np.float64], head: dict[str, Any], options: ModelOptions
) -> tuple[Placement, NDArray[np.float64], list[ModelFault]]:
    """Where the model is, and the matrix from its upright coordinates to the frame of that place."""
    if options.place is not None:
        return options.place, np.eye(4), []
    if options.control_points:
        from layers.formats.ifc.given_place import fit_control_points

        upright = tuple(replace(p, model=_upright_point(p.model, options)) for p in options.control_points)
        placement, origin, told, refused = fit_control_points(upright, 1.0)
        if refused:
            raise ModelRefused(refused[0].text.en, refused)
        to_frame = np.eye(4)
        to_frame[:3, 3] = -origin
        return placement, to_frame, told
    center = (head.get("extensions") or {}).get("CESIUM_RTC", {}).get("center")
    middle = corners.mean(axis=0)
    from_earth = np.array(center, np.float64) if center is not None else middle
    if center is not None or _EARTH_M[0] < float(np.linalg.norm(middle)) < _EARTH_M[1]:
        lon, lat, height = lonlat_height(from_earth[None])[0].tolist()
        _, axes = tangent_frame(lon, lat, height)
        to_frame = np.eye(4)
        to_frame[:3, :3] = axes
        if center is None:
            to_frame[:3, 3] = -axes @ from_earth
        return GroundPlacement(lon, lat, height, 0.0, "ellipsoidal (EPSG:4979)"), to_frame, []
    if options.crs is not None:
        origin = np.floor(np.array([middle[0], middle[1], 0.0]))
        to_map, to_frame = np.eye(4), np.eye(4)
        to_map[:3, 3], to_frame[:3, 3] = origin, -origin
        zh, en = (
            "坐标系没有高程部分：高程基准未知",
            "the CRS has no vertical part: the datum of the heights is not known",
        )
        return MapPlacement(options.crs, to_map), to_frame, [ModelFault("crs.vertical_unknown", Text(zh, en))]
    if np.abs(corners).max() > _MAP_M:
        raise _refusal(
            "georef.crs_missing",
            f"{path.name} 的坐标像是地图坐标；请用 --crs EPSG:4547 给出坐标系",
            f"{path.name}: its coordinates look like those of a map; give their CRS with --crs EPSG:4547",
        )
    raise _refusal(
        "georef.none",
        f"{path.name} 没有位置；请用 --place 经度,纬度,高程,旋转 指定",
        f"{path.name} has no place (georeference); say where it stands with --place lon,lat,height,rotation",
    )


def _upright_point(point: tuple[float, float, float], options: ModelOptions) -> tuple[float, float, float]:
    x, y, z = point
    return (x, y, z) if options.up == "z" else (x, -z, y)


def _mesh(raw: Any, materials: list[Material]) -> Mesh:
    vertices = np.asarray(raw.vertices, np.float64)
    triangles = np.asarray(raw.faces, np.int32)
    look = _material(raw)
    numbers = None
    if look is not None:
        if look not in materials:
            materials.append(look)
        numbers = np.full(len(triangles), materials.index(look), np.int32)
    return Mesh(vertices, triangles, numbers)


def _material(raw: Any) -> Material | None:
    material = getattr(getattr(raw, "visual", None), "material", None)
    if material is None:
        return None
    color = getattr(material, "baseColorFactor", None)
    if color is None:
        color = getattr(material, "diffuse", None)
    if color is None:
        return None
    values = np.asarray(color, np.float64).ravel()
    if values.max() > 1.0:
        values = values / 255.0
    red, green, blue = (float(value) for value in values[:3])
    alpha = float(values[3]) if len(values) > 3 else 1.0
    return Material(str(getattr(material, "name", None) or ""), (red, green, blue, alpha))


def _has_picture(raw: Any) -> bool:
    material = getattr(getattr(raw, "visual", None), "material", None)
    names = ("baseColorTexture", "image", "normalTexture", "emissiveTexture")
    return any(getattr(material, name, None) is not None for name in names)


class _Beside:
    """Opens what a file names beside itself, and nothing else: no address is fetched, no other folder is entered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self.refused: ModelRefused | None = None
        self.lacking: list[str] = []

    def get(self, name: str) -> bytes:
        """The bytes of a file beside the model."""
        if "://" in name or name.startswith("//"):
            self.refused = _refusal(
                "gltf.external",
                f"模型引用外部地址 {name}；不会下载，请把文件放在模型旁边",
                f"the model needs {name}, an external URL; nothing is fetched, put the file beside the model",
            )
            raise self.refused
        file = (self._folder / name).resolve()
        if not file.is_relative_to(self._folder) or not file.is_file():
            if name.lower().endswith((".png", ".jpg", ".jpeg", ".webp", ".ktx2", ".mtl")):
                self.lacking.append(name)
            else:
                self.refused = _refusal(
                    "gltf.missing",
                    f"缺少模型需要的文件 {name}",
                    f"the file {name} that the model needs is not beside it",
                )
            raise FileNotFoundError(name)
        return file.read_bytes()


def _gltf_head(path: Path) -> dict[str, Any]:
    """The JSON of a glTF file or of the first chunk of a GLB."""
    raw = path.read_bytes()
    if raw[:4] == b"glTF":
        (length,) = struct.unpack("<I", raw[12:16]) if len(raw) >= 20 else (0,)
        raw = raw[20 : 20 + length]
    try:
        head = json.loads(raw)
    except ValueError as error:
        raise _refusal(
            "gltf.damaged", f"{path.name} 不是 glTF", f"{path.name} is no glTF: {error}"
        ) from error
    if not isinstance(head, dict):
        raise _refusal("gltf.damaged", f"{path.name} 不是 glTF", f"{path.name} is no glTF")
    for part in (*head.get("buffers", []), *head.get("images", [])):
        uri = str(part.get("uri", ""))
        if "://" in uri:
            raise _refusal(
                "gltf.external",
                f"{path.name} 引用外部地址 {uri}；不会下载，请把文件放在模型旁边",
                f"{path.name} needs {uri}, an external URL; nothing is fetched, put the file beside the model",
            )
    return head
