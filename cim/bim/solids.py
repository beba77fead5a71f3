"""What is wrong with a solid, in the words and numbers of val3dity.

Rings are looked at first, then faces, then shells: what is wrong on one floor hides the next, as in val3dity, whose
list of errors (https://val3dity.readthedocs.io, version 2) gives the numbers. Tolerances are its defaults: corners
within 1 mm are one, a face may be 1 cm out of its plane.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from cim.arrays.types import Mask
from cim.bim.building_model import Mesh, Polygons
from cim.bim.measure import volume_m3
from cim.bim.triangulation import face_normals, triangulate

SNAP_M = 0.001
PLANAR_M = 0.01
#: Less than this is no volume: a cube of a centimetre.
LEAST_M3 = 1e-6
#: The number that stands for a solid without volume, for which val3dity has none.
ZERO_VOLUME = 0

#: The errors that are told, with their names in val3dity.
NAMES = {
    ZERO_VOLUME: "ZERO_VOLUME",
    101: "TOO_FEW_POINTS",
    102: "CONSECUTIVE_POINTS_SAME",
    104: "RING_SELF_INTERSECTION",
    201: "INTERSECTION_RINGS",
    202: "DUPLICATED_RINGS",
    203: "NON_PLANAR_POLYGON_DISTANCE_PLANE",
    205: "POLYGON_INTERIOR_DISCONNECTED",
    206: "INNER_RING_OUTSIDE",
    207: "INNER_RINGS_NESTED",
    208: "ORIENTATION_RINGS_SAME",
    301: "TOO_FEW_POLYGONS",
    302: "SHELL_NOT_CLOSED",
    303: "NON_MANIFOLD_CASE",
    305: "MULTIPLE_CONNECTED_COMPONENTS",
    307: "POLYGON_WRONG_ORIENTATION",
    405: "WRONG_ORIENTATION_SHELL",
}
_OF_REASON = {
    "Hole lies outside shell": 206,
    "Nested holes": 207,
    "Duplicate Rings": 202,
    "Interior is disconnected": 205,
}


@dataclass(frozen=True, slots=True)
class SolidFault:
    """One error of val3dity's list and a vertex of the mesh that is part of it."""

    number: int
    vertex: int

    @property
    def name(self) -> str:
        """What val3dity calls it."""
        return NAMES[self.number]


def solid_faults(mesh: Mesh) -> list[SolidFault]:
    """What is wrong with a mesh that should be a solid: each error once. None of a mesh of mere surfaces but what is
    wrong with its rings and faces; a mesh without faces of its own (`polygons`) is judged by its triangles."""
    if mesh.polygons is None:
        # What a program has made triangles of may be several bodies: a door with its frame and handle.
        bodies = [mesh.triangles] if mesh.body is None else _bodies(mesh.triangles, mesh.body)
        shells = [_as_faces(mesh.vertices, triangles) for triangles in bodies]
        return _once([fault for shell in shells for fault in _shell_faults(shell, pieces=True)])
    faces = mesh.polygons
    if faces.closed and _is_flat(faces.vertices):
        return [SolidFault(ZERO_VOLUME, 0)]
    vertices = _merge(faces.vertices)
    found = _ring_faults(faces, vertices) or _face_faults(faces)
    if not found and faces.closed:
        for s in range(len(faces.shell_starts) - 1):
            found += _shell_faults(_shell(faces, s), inner=s > 0)
    return _once(found)


def _is_flat(vertices: NDArray[np.float64]) -> bool:
    """Whether all corners lie in one plane, as those of a slab without thickness do."""
    if len(vertices) < 4:
        return len(vertices) > 0
    thinnest = np.linalg.svd(vertices - vertices.mean(axis=0), compute_uv=False)[-1]
    return bool(thinnest / np.sqrt(len(vertices)) < SNAP_M / 2)


def _once(found: list[SolidFault]) -> list[SolidFault]:
    return list({fault.number: fault for fault in reversed(found)}.values())[::-1]


def _merge(vertices: NDArray[np.float64]) -> NDArray[np.int64]:
    """The number of the place of each vertex; those within the tolerance share one."""
    if not len(vertices):
        return np.empty(0, np.int64)
    grid = np.round((vertices - vertices[0]) / SNAP_M).astype(np.int64)
    _, number = np.unique(grid, axis=0, return_inverse=True)
    return number.reshape(-1)


def _bodies(triangles: NDArray[np.int32], body: NDArray[np.int32]) -> list[NDArray[np.int32]]:
    """The triangles of each body, without surfaces."""
    return [triangles[body == one] for one in np.unique(body[body >= 0])]


def _as_faces(vertices: NDArray[np.float64], triangles: NDArray[np.int32]) -> Polygons:
    """The triangles of a mesh as faces of one shell, without those that have no area."""
    place = _merge(vertices)
    a, b, c = place[triangles].T
    kept = triangles[(a != b) & (b != c) & (c != a)]
    count = len(kept)
    return Polygons(
        vertices,
        kept.ravel(),
        np.arange(0, 3 * count + 1, 3, dtype=np.int32),
        np.arange(count + 1, dtype=np.int32),
        np.array([0, count], np.int32),
    )


def _shell(faces: Polygons, s: int) -> Polygons:
    first, last = int(faces.shell_starts[s]), int(faces.shell_starts[s + 1])
    rings = faces.ring_starts[faces.face_starts[first] : faces.face_starts[last] + 1]
    return Polygons(
        faces.vertices,
        faces.corners[rings[0] : rings[-1]],
        rings - rings[0],
        faces.face_starts[first : last + 1] - faces.face_starts[first],
        np.array([0, last - first], np.int32),
    )


# -- rings and faces ---------------------------------------------------------------------------------


def _ring_faults(faces: Polygons, place: NDArray[np.int64]) -> list[SolidFault]:
    normals = face_normals(faces)
    few, same, crossing = _check_rings(
        faces.vertices, place, faces.corners, faces.ring_starts, faces.face_starts, normals
    )
    numbers = ((101, few), (102, same), (104, crossing))
    return [SolidFault(number, int(vertex)) for number, vertex in numbers if vertex >= 0]


def _face_faults(faces: Polygons) -> list[SolidFault]:
    normals = face_normals(faces)
    bent = _bent_face(faces.vertices, faces.corners, faces.ring_starts, faces.face_starts, normals, PLANAR_M)
    found = [SolidFault(203, int(bent))] if bent >= 0 else []
    for f in np.flatnonzero(np.diff(faces.face_starts) > 1).tolist():
        found += _hole_faults(faces, f, normals[f])
    return found


def _hole_faults(faces: Polygons, f: int, normal: NDArray[np.float64]) -> list[SolidFault]:
    drop = int(np.argmax(np.abs(normal)))
    flat: list[Any] = []
    firsts = []
    for r in range(int(faces.face_starts[f]), int(faces.face_starts[f + 1])):
        corners = faces.corners[faces.ring_starts[r] : faces.ring_starts[r + 1]]
        firsts.append(int(corners[0]))
        flat.append(np.delete(faces.vertices[corners], drop, axis=1))
    found = []
    outer = shapely.is_ccw(shapely.linearrings(flat[0]))
    for ring, first in zip(flat[1:], firsts[1:], strict=True):
        if bool(shapely.is_ccw(shapely.linearrings(ring))) == bool(outer):
            found.append(SolidFault(208, first))
    whole = shapely.Polygon(flat[0], flat[1:])
    if not whole.is_valid:
        reason = shapely.is_valid_reason(whole).split("[")[0]
        found.append(SolidFault(_OF_REASON.get(reason, 201), firsts[-1]))
    return found


@njit(nogil=True, cache=True)
def _check_rings(
    vertices: Any, place: Any, corners: Any, ring_starts: Any, face_starts: Any, normals: Any
) -> Any:
    """A vertex of a ring of less than three places, of two corners at one place, and of sides that cross (-1: none)."""
    few = same = crossing = -1
    for f in range(len(face_starts) - 1):
        u, v = _seen_plane(
            vertices, corners, ring_starts[face_starts[f]], ring_starts[face_starts[f + 1]], normals[f]
        )
        for r in range(face_starts[f], face_starts[f + 1]):
            first, last = ring_starts[r], ring_starts[r + 1]
            count = last - first
            if count < 3:
                if count > 0:
                    few = corners[first]
                continue
            for i in range(count):
                if place[corners[first + i]] == place[corners[first + (i + 1) % count]]:
                    same = corners[first + i]
            if crossing < 0 and count > 3 and _crosses_itself(vertices, corners, first, count, u, v):
                crossing = corners[first]
    return few, same, crossing


@njit(nogil=True, cache=True)
def _seen_plane(vertices: Any, corners: Any, first: Any, last: Any, normal: Any) -> Any:
    """The two axes on whose plane a face is best seen: across its normal, or where that says nothing (the halves of a
    crossing ring cancel each other) without the axis along which it is thinnest."""
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for i in range(first, last):
        for axis in range(3):
            low[axis] = min(low[axis], vertices[corners[i], axis])
            high[axis] = max(high[axis], vertices[corners[i], axis])
    size = high - low
    drop = 0
    if np.abs(normal).max() > 1e-9 * (size * size).sum():
        for axis in range(1, 3):
            if abs(normal[axis]) > abs(normal[drop]):
                drop = axis
    else:
        for axis in range(1, 3):
            if size[axis] < size[drop]:
                drop = axis
    return (drop + 1) % 3, (drop + 2) % 3


@njit(nogil=True, cache=True)
def _crosses_itself(vertices: Any, corners: Any, first: Any, count: Any, u: Any, v: Any) -> Any:
    """Whether two sides of a ring that do not follow each other cross within both of them."""
    for i in range(count):
        a, b = vertices[corners[first + i]], vertices[corners[first + (i + 1) % count]]
        for j in range(i + 2, count):
            if i == 0 and j == count - 1:
                continue
            c, d = vertices[corners[first + j]], vertices[corners[first + (j + 1) % count]]
            side_a = (d[u] - c[u]) * (a[v] - c[v]) - (d[v] - c[v]) * (a[u] - c[u])
            side_b = (d[u] - c[u]) * (b[v] - c[v]) - (d[v] - c[v]) * (b[u] - c[u])
            side_c = (b[u] - a[u]) * (c[v] - a[v]) - (b[v] - a[v]) * (c[u] - a[u])
            side_d = (b[u] - a[u]) * (d[v] - a[v]) - (b[v] - a[v]) * (d[u] - a[u])
            if side_a * side_b < 0.0 and side_c * side_d < 0.0:
                return True
    return False


@njit(nogil=True, cache=True)
def _bent_face(
    vertices: Any, corners: Any, ring_starts: Any, face_starts: Any, normals: Any, most_m: Any
) -> Any:
    """A vertex farther than `most_m` from the plane through the middle of its face, -1 where there is none."""
    for f in range(len(face_starts) - 1):
        n = normals[f]
        long = np.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2])
        if long == 0.0 or face_starts[f] == face_starts[f + 1]:
            continue
        first, last = ring_starts[face_starts[f]], ring_starts[face_starts[f + 1]]
        if last - first <= 3:
            continue
        x = y = z = 0.0
        for i in range(first, last):
            p = vertices[corners[i]]
            x += p[0] / (last - first)
            y += p[1] / (last - first)
            z += p[2] / (last - first)
        for i in range(first, last):
            p = vertices[corners[i]]
            off = ((p[0] - x) * n[0] + (p[1] - y) * n[1] + (p[2] - z) * n[2]) / long
            if abs(off) > most_m:
                return corners[i]
    return -1


# -- shells ------------------------------------------------------------------------------------------


def _shell_faults(shell: Polygons, *, inner: bool = False, pieces: bool = False) -> list[SolidFault]:
    """What is wrong with a shell. `inner`: it is the hollow of a solid; `pieces`: it may be in several."""
    count = len(shell.face_starts) - 1
    some = int(shell.corners[0]) if len(shell.corners) else 0
    if count < 4:
        return [SolidFault(301, some)]
    place = _merge(shell.vertices)[shell.corners]
    follow = np.arange(1, len(place) + 1)
    follow[shell.ring_starts[1:] - 1] = shell.ring_starts[:-1]
    start, end = place, place[follow]
    ring_face = np.repeat(np.arange(count), np.diff(shell.face_starts))
    face = np.repeat(ring_face, np.diff(shell.ring_starts))
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((high, low))
    first = np.flatnonzero(np.r_[True, np.diff(low[order]) != 0] | np.r_[True, np.diff(high[order]) != 0])
    uses = np.diff(np.r_[first, len(order)])
    forward = np.add.reduceat((start < end)[order].astype(np.int64), first)

    def fault(number: int, edges: Mask) -> SolidFault:
        return SolidFault(number, int(shell.corners[order[first[np.argmax(edges)]]]))

    odd = uses % 2 == 1
    if odd.any():
        return [fault(302, odd)]
    unbalanced = 2 * forward != uses
    many = uses > 2
    if unbalanced.any():
        return [fault(303 if (many & unbalanced).any() else 307, unbalanced)]
    if not pieces and _pieces(face[order], first, uses, count) > 1:
        return [SolidFault(305, some)]
    if not pieces and many.any():
        return [fault(303, many)]
    triangles, _ = triangulate(shell)
    volume = volume_m3(shell.vertices, triangles)
    if abs(volume) < LEAST_M3:
        return [SolidFault(ZERO_VOLUME, some)]
    if (volume < 0) != inner:
        return [SolidFault(405, some)]
    return []


def _pieces(face: NDArray[np.int64], first: NDArray[np.int64], uses: NDArray[np.int64], count: int) -> int:
    """How many pieces the faces of a shell make that share no edge. Where more than two faces meet in an edge, they
    hold together only two by two, so that edge joins none."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = first[uses == 2]
    graph = coo_array((np.ones(len(pairs)), (face[pairs], face[pairs + 1])), (count, count))
    return int(connected_components(graph, directed=False, return_labels=False))
