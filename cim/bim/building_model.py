"""A model as a file describes it: objects with their shapes, and where it stands in the city.

Every reader of models (IFC, CityJSON, CityGML, glTF, OBJ) gives one `BuildingModel`. Shapes are in metres in the frame
of the model; its `placement` says where that frame is. So lengths, areas and volumes are those of the model, and
positions those of the city.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cim.bim.placement import Placement
from cim.errors import BadInput
from cim.model.text import Text

#: What an object is, whatever the file calls it. Parts make up a building and are listed with it; a zone groups
#: spaces and is no room of its own; everything else that has a body is an element.
ObjectKind = Literal["building", "part", "storey", "space", "zone", "element"]

#: How one object stands to another: "contained_in" a storey or space, "part_of" an assembly, "fills" a wall,
#: "bounded_by" walls and doors (of a space), "connected_to", "member_of" a zone, "references" (a spatial zone).
RelationKind = Literal[
    "contained_in", "part_of", "fills", "bounded_by", "connected_to", "member_of", "references"
]


@dataclass(frozen=True, slots=True, eq=False)
class Polygons:
    """Flat faces as the file has them, for what a triangle mesh no longer tells: holes, bent and crossing rings.

    The rings of face f are `face_starts[f] : face_starts[f + 1]`, the outer one first; the corners of ring r are
    `corners[ring_starts[r] : ring_starts[r + 1]]`, numbers of vertices, the first not repeated at the end. Shell s has
    the faces `shell_starts[s] : shell_starts[s + 1]`; the first shell is the outer one. `closed` says whether the file
    calls them a solid (else they are surfaces, and a gap is no fault).
    """

    vertices: NDArray[np.float64]  # (n, 3)
    corners: NDArray[np.int32]
    ring_starts: NDArray[np.int32]
    face_starts: NDArray[np.int32]
    shell_starts: NDArray[np.int32]
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Material:
    """How a surface looks: colour and opacity from 0 to 1, and the texture's file where there is one."""

    name: str = ""
    rgba: tuple[float, float, float, float] = (0.8, 0.8, 0.8, 1.0)
    texture: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A body or a surface as triangles, in metres.

    `vertices` float64[n, 3] in a frame of its own; `triangles` int32[m, 3] numbers of vertices, counter-clockwise seen
    from outside. `material` int32[m] numbers of the model's materials (-1: none), `surface` int32[m] numbers of
    `surface_names` (-1: none; RoofSurface, WallSurface …), `uv` float32[n, 2] where there are textures.
    `polygons` are the faces that the triangles were made of, where the file has faces. `body` int32[m] are the bodies
    that a mesh of several is made of (-1: a surface, which need not be closed); None: it is one body.
    """

    vertices: NDArray[np.float64]
    triangles: NDArray[np.int32]
    material: NDArray[np.int32] | None = None
    surface: NDArray[np.int32] | None = None
    surface_names: tuple[str, ...] = ()
    uv: NDArray[np.float32] | None = None
    polygons: Polygons | None = None
    body: NDArray[np.int32] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PlacedMesh:
    """One mesh of the model, and how it lies in the model's frame.

    Equal parts share a mesh: `mesh` is its number. `matrix` float64[4, 4] turns its coordinates (a column x, y, z, 1)
    into the model's; None: they are the model's. `lod` is the level of detail as the file says it ("2.2"); an object
    answers by its highest.
    """

    mesh: int
    matrix: NDArray[np.float64] | None = None
    lod: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ModelObject:
    """A building, a storey, a space or an element of a model.

    `id` is the file's (a GlobalId), unique in the model; where the file repeats one, the reader makes the later ones
    unique (`"…~2"`) and tells it. `class_name` is the file's ("IfcWall", "BuildingPart"). `building`, `storey`,
    `space` and `parent` are ids; `storey_by_height` says that the file lists the object in no storey, and the reader
    found it by its height. `properties` are by set and name for IFC, by name for city models; lengths in them
    are metres, areas m², volumes m³. `elevation_m` is a storey's above ±0 of its building, `bottom_height_m` that in
    the model's height datum. `volume_m3` and `area_m2` are the quantities that the file states, None where it has none:
    what is measured comes of the shape.
    """

    id: str
    kind: ObjectKind
    class_name: str
    name: str = ""
    long_name: str = ""
    type_name: str = ""
    description: str = ""
    tag: str = ""
    parent: str | None = None
    building: str | None = None
    storey: str | None = None
    space: str | None = None
    storey_by_height: bool = False
    shapes: tuple[PlacedMesh, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    materials: tuple[str, ...] = ()
    discipline: str = ""
    elevation_m: float | None = None
    bottom_height_m: float | None = None
    storey_height_m: float | None = None
    volume_m3: float | None = None
    area_m2: float | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """That one object stands in a relation to another, by their ids."""

    kind: RelationKind
    object: str
    to: str


@dataclass(frozen=True, slots=True)
class ModelFault:
    """One thing wrong with a model: a code that programs know, the object, and words for people.

    The codes are "georef.…", "storey.…", "id.…", "text.…", "step.…", "gml.…" and so on (the guide lists them);
    "val3dity" has the numbers of val3dity's list in `val3dity`. `line` is that of the file.
    `position` is lon, lat and height (m), where the place of the fault is known.
    """

    code: str
    text: Text
    element: str | None = None
    val3dity: tuple[int, ...] = ()
    line: int | None = None
    position: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BuildingModel:
    """One model: its objects, meshes and materials, its place, and what is wrong with it.

    Objects come parents first: building, storey, space, element. `schema` is "IFC4", "CityJSON 2.0" …; `facts` are what
    the file says of itself (author, organisation, application, time stamp, title).
    """

    name: str
    schema: str
    placement: Placement
    objects: Sequence[ModelObject]
    meshes: Sequence[Mesh]
    materials: Sequence[Material] = ()
    relations: Sequence[Relation] = ()
    faults: Sequence[ModelFault] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    def frame_vertices(self, shape: PlacedMesh) -> NDArray[np.float64]:
        """The vertices of a shape in the model's frame, float64[n, 3] in metres."""
        vertices = self.meshes[shape.mesh].vertices
        if shape.matrix is None:
            return vertices
        return vertices @ shape.matrix[:3, :3].T + shape.matrix[:3, 3]


class ModelRefused(BadInput):
    """A model that can't be loaded as it is; `faults` say why, nothing was written."""

    def __init__(self, message: str, faults: Sequence[ModelFault]) -> None:
        super().__init__(message)
        self.faults = tuple(faults)
