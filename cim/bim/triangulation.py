"""Flat faces as triangles.

Triangles and convex rings are cut by a compiled loop; rings with dents and holes by mapbox-earcut, which is exact
where the faces are and does something reasonable where they are not: what is wrong with a face is for
the check of solids to say.
"""

from __future__ import annotations

from typing import Any

import mapbox_earcut
import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.bim.building_model import Polygons


def triangulate(faces: Polygons) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The faces as triangles int32[m, 3] of vertex numbers, wound as the outer rings are, and the face of each
    triangle, int32[m]. A face without an area has none.

    >>> square = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    >>> starts = np.array([0, 4], np.int32), np.array([0, 1], np.int32), np.array([0, 1], np.int32)
    >>> triangulate(Polygons(square, np.arange(4, dtype=np.int32), *starts))[0].tolist()
    [[0, 1, 2], [0, 2, 3]]
    """
    normals = face_normals(faces)
    triangles, face, rest = _fan(faces.vertices, faces.corners, faces.ring_starts, faces.face_starts, normals)
    if not len(rest):
        return triangles, face
    parts, owners = [triangles], [face]
    for f in rest.tolist():
        some = _cut(faces, f, normals[f])
        parts.append(some)
        owners.append(np.full(len(some), f, np.int32))
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return np.concatenate(parts)[order], owner[order]


def face_normals(faces: Polygons) -> NDArray[np.float64]:
    """The normal of each face's outer ring, float64[f, 3]; its length is twice the face's area (Newell's method)."""
    return np.asarray(_normals(faces.vertices, faces.corners, faces.ring_starts, faces.face_starts))


def _cut(faces: Polygons, f: int, normal: NDArray[np.float64]) -> NDArray[np.int32]:
    """One face with dents or holes as triangles."""
    first, last = int(faces.face_starts[f]), int(faces.face_starts[f + 1])
    starts = faces.ring_starts[first : last + 1]
    corners = faces.corners[starts[0] : starts[-1]]
    drop = int(np.argmax(np.abs(normal)))
    u, v = ((1, 2), (2, 0), (0, 1))[drop]
    flat = faces.vertices[corners][:, (u, v)]
    ends = (starts[1:] - starts[0]).astype(np.uint32)
    cut = mapbox_earcut.triangulate_float64(np.ascontiguousarray(flat - flat[0]), ends)
    triangles = corners[cut.reshape(-1, 3).astype(np.int64)]
    a, b, c = (faces.vertices[triangles[:, i]] for i in range(3))
    backwards = np.cross(b - a, c - a)[:, drop] * normal[drop] < 0
    triangles[backwards] = triangles[backwards][:, ::-1]
    return triangles.astype(np.int32)


@njit(nogil=True, cache=True)
def _normals(vertices: Any, corners: Any, ring_starts: Any, face_starts: Any) -> Any:
    out = np.zeros((len(face_starts) - 1, 3))
    for f in range(len(face_starts) - 1):
        if face_starts[f] == face_starts[f + 1]:
            continue
        ring = face_starts[f]
        first, last = ring_starts[ring], ring_starts[ring + 1]
        if first == last:
            continue
        o = vertices[corners[first]]
        for i in range(first + 1, last - 1):
            a, b = vertices[corners[i]] - o, vertices[corners[i + 1]] - o
            out[f, 0] += a[1] * b[2] - a[2] * b[1]
            out[f, 1] += a[2] * b[0] - a[0] * b[2]
            out[f, 2] += a[0] * b[1] - a[1] * b[0]
    return out


@njit(nogil=True, cache=True)
def _fan(vertices: Any, corners: Any, ring_starts: Any, face_starts: Any, normals: Any) -> Any:
    """Convex faces without holes as fans of triangles; the numbers of all other faces that have an area."""
    triangles = np.empty((len(corners), 3), np.int32)
    face = np.empty(len(corners), np.int32)
    rest = np.empty(len(face_starts) - 1, np.int32)
    made = left = 0
    for f in range(len(face_starts) - 1):
        rings = face_starts[f + 1] - face_starts[f]
        n = normals[f]
        long = n[0] * n[0] + n[1] * n[1] + n[2] * n[2]
        if rings == 0 or long == 0.0:
            continue
        first, last = ring_starts[face_starts[f]], ring_starts[face_starts[f] + 1]
        if rings > 1 or not _is_convex(vertices, corners, first, last, n, long):
            rest[left] = f
            left += 1
            continue
        for i in range(first + 1, last - 1):
            triangles[made, 0] = corners[first]
            triangles[made, 1] = corners[i]
            triangles[made, 2] = corners[i + 1]
            face[made] = f
            made += 1
    return triangles[:made].copy(), face[:made].copy(), rest[:left].copy()


@njit(nogil=True, cache=True)
def _is_convex(vertices: Any, corners: Any, first: Any, last: Any, n: Any, long: Any) -> Any:
    """Whether each triangle of the fan, and each corner of the ring, turns the way the ring does."""
    count = last - first
    if count < 3:
        return False
    if count == 3:
        return True
    least = 1e-12 * long
    o = vertices[corners[first]]
    for i in range(count):
        p = vertices[corners[first + i]]
        q = vertices[corners[first + (i + 1) % count]]
        r = vertices[corners[first + (i + 2) % count]]
        if _turn(p, q, r, n) < -least:
            return False
        if 0 < i < count - 1 and _turn(o, p, q, n) < least:
            return False
    return True


@njit(nogil=True, cache=True)
def _turn(p: Any, q: Any, r: Any, n: Any) -> Any:
    ax, ay, az = q[0] - p[0], q[1] - p[1], q[2] - p[2]
    bx, by, bz = r[0] - q[0], r[1] - q[1], r[2] - q[2]
    return (ay * bz - az * by) * n[0] + (az * bx - ax * bz) * n[1] + (ax * by - ay * bx) * n[2]
