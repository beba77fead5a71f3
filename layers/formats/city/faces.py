"""The flat faces of a city model, gathered for the whole file and cut into triangles at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from cim.bim.building_model import Mesh, Polygons
from cim.bim.triangulation import triangulate

_NO_UV = (float("nan"), float("nan"))


class Faces:
    """Faces that come one by one, shape after shape: `begin`, then its shells and faces.

    Corners are numbers of the file's vertices. What a face looks like and which surface it is are numbers too (-1:
    none). `meshes` gives one mesh for each shape that was begun.
    """

    def __init__(self) -> None:
        self._corners: list[int] = []
        self._uv: list[Sequence[float]] = []
        self._with_uv = False
        self._rings: list[int] = [0]
        self._faces: list[int] = [0]
        self._shells: list[int] = [0]
        self._material: list[int] = []
        self._surface: list[int] = []
        self._shape_faces: list[int] = []
        self._shape_shells: list[int] = []
        self._closed: list[bool] = []
        self._surface_names: list[tuple[str, ...]] = []
        self._late_names: dict[int, dict[str, int]] = {}

    def __len__(self) -> int:
        return len(self._closed)

    def begin(self, closed: bool, surface_names: tuple[str, ...] = ()) -> int:
        """Begin a shape: its number. `closed`: its shells are those of a solid."""
        self._end_shell()
        self._shape_faces.append(len(self._faces) - 1)
        self._shape_shells.append(len(self._shells) - 1)
        self._closed.append(closed)
        self._surface_names.append(surface_names)
        return len(self._closed) - 1

    def begin_named(self, closed: bool, surface_names: dict[str, int]) -> int:
        """The same for surfaces whose names come with the faces: `surface_names` has their numbers in the end."""
        number = self.begin(closed)
        self._late_names[number] = surface_names
        return number

    def begin_shell(self) -> None:
        """Begin the next shell of a solid."""
        self._end_shell()

    def add(
        self,
        rings: Sequence[Sequence[int]],
        surface: int = -1,
        material: int = -1,
        uv: Sequence[Sequence[Sequence[float]]] | None = None,
    ) -> None:
        """Add a face: its outer ring and its holes. `uv`: the place in the texture of each corner of each ring."""
        for ring in rings:
            self._corners.extend(ring)
            self._rings.append(len(self._corners))
        if uv is not None:
            if not self._with_uv:
                self._with_uv = True
                self._uv = [_NO_UV] * self._rings[-1 - len(rings)]
            self._uv.extend(chain.from_iterable(uv))
        elif self._with_uv:
            self._uv.extend([_NO_UV] * (len(self._corners) - len(self._uv)))
        self._faces.append(len(self._rings) - 1)
        self._surface.append(surface)
        self._material.append(material)

    def _end_shell(self) -> None:
        if self._shells[-1] < len(self._faces) - 1:
            self._shells.append(len(self._faces) - 1)

    def meshes(self, vertices: NDArray[np.float64]) -> list[Mesh]:
        """The mesh of each shape; `vertices` float64[n, 3] are the file's, in metres of the model's frame."""
        self._end_shell()
        for number, names in self._late_names.items():
            self._surface_names[number] = tuple(names)
        corners = np.array(self._corners, np.int32)
        rings, faces, shells = (np.array(x, np.int32) for x in (self._rings, self._faces, self._shells))
        every = Polygons(vertices, corners, rings, faces, shells)
        triangles, face = triangulate(every)
        uv = np.array(self._uv, np.float32).reshape(-1, 2) if self._with_uv else None
        material, surface = np.array(self._material, np.int32), np.array(self._surface, np.int32)
        face_cuts = [*self._shape_faces, len(faces) - 1]
        shell_cuts = [*self._shape_shells, len(shells) - 1]
        cuts = np.searchsorted(face, face_cuts).tolist()
        made = []
        for i, closed in enumerate(self._closed):
            first, last = face_cuts[i], face_cuts[i + 1]
            ring_part = rings[faces[first] : faces[last] + 1]
            used = corners[ring_part[0] : ring_part[-1]]
            mine = slice(cuts[i], cuts[i + 1])
            own, local = np.unique(used, return_inverse=True)
            polygons = Polygons(
                vertices[own],
                local.reshape(-1).astype(np.int32),
                ring_part - ring_part[0],
                faces[first : last + 1] - faces[first],
                shells[shell_cuts[i] : shell_cuts[i + 1] + 1] - first,
                closed,
            )
            corner_uv = uv[ring_part[0] : ring_part[-1]] if uv is not None else None
            if corner_uv is not None and not np.isnan(corner_uv).all():
                made.append(
                    self._with_texture(i, polygons, corner_uv, material[first:last], surface[first:last])
                )
                continue
            made.append(
                Mesh(
                    polygons.vertices,
                    np.searchsorted(own, triangles[mine]).astype(np.int32),
                    _or_none(material[face[mine]]),
                    _or_none(surface[face[mine]]),
                    self._surface_names[i],
                    None,
                    polygons,
                )
            )
        return made

    def _with_texture(
        self,
        shape: int,
        polygons: Polygons,
        uv: NDArray[np.float32],
        material: NDArray[np.int32],
        surface: NDArray[np.int32],
    ) -> Mesh:
        """A mesh whose corners have places in a texture: each corner is a vertex of its own."""
        apart = Polygons(
            polygons.vertices[polygons.corners],
            np.arange(len(polygons.corners), dtype=np.int32),
            polygons.ring_starts,
            polygons.face_starts,
            polygons.shell_starts,
            polygons.closed,
        )
        triangles, face = triangulate(apart)
        return Mesh(
            apart.vertices,
            triangles,
            _or_none(material[face]),
            _or_none(surface[face]),
            self._surface_names[shape],
            np.nan_to_num(uv),
            polygons,
        )


def _or_none(numbers: NDArray[np.int32]) -> NDArray[np.int32] | None:
    return numbers if (numbers >= 0).any() else None
