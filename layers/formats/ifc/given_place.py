"""Where a model stands by points that somebody knows in it and in the city."""

from __future__ import annotations

import math

import numpy as np

from cim.bim.building_model import ModelFault
from cim.bim.placement import GroundPlacement, from_tangent, to_tangent
from layers.formats.ifc.faults import fault
from layers.formats.model_options import ControlPoint

_TOLD_FROM_M = 0.05
_REFUSED_FROM_M = 5.0
_SCALE_REFUSED = 0.01


def fit_control_points(
    points: tuple[ControlPoint, ...], length: float
) -> tuple[GroundPlacement, np.ndarray, list[ModelFault], list[ModelFault]]:
    """The turn and shift that fit the points best (least squares): the placement of the frame whose origin is the
    second value (float64[3], metres of the model), what is told, and why it is refused.

    The model is neither stretched nor tilted, so that its lengths stay.
    """
    model = np.array([point.model for point in points], dtype=np.float64) * length
    places = np.array([point.place for point in points], dtype=np.float64)
    if len(points) < 3 or np.linalg.matrix_rank(model[:, :2] - model[:, :2].mean(axis=0), tol=1e-6) < 1:
        few = fault(
            "georef.control_points",
            f"给了 {len(points)} 个控制点；至少要三个不重合的点",
            f"{len(points)} control points are given; three that do not coincide are needed",
        )
        return GroundPlacement(0.0, 0.0), np.zeros(3), [], [few]
    lon, lat, height = places.mean(axis=0).tolist()
    ground = to_tangent(places, lon, lat, height)
    origin = model.mean(axis=0)
    centre = ground.mean(axis=0)
    a, b = (model - origin)[:, :2], (ground - centre)[:, :2]
    turn = math.atan2(float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()), float((a * b).sum()))
    cos, sin = math.cos(turn), math.sin(turn)
    turned = a @ np.array([[cos, sin], [-sin, cos]])
    left = np.column_stack([turned - b, model[:, 2] - origin[2] - (places[:, 2] - height)])
    worst = float(np.linalg.norm(left, axis=1).max())
    stretch = float((turned * b).sum() / (a * a).sum())
    told: list[ModelFault] = []
    refused: list[ModelFault] = []
    if worst >= _REFUSED_FROM_M or abs(stretch - 1.0) > _SCALE_REFUSED:
        refused.append(
            fault(
                "georef.control_points",
                f"控制点对不上：最大残差 {worst:.2f} m，比例 {stretch:.4f}（应为 1）；请核对坐标、单位和次序",
                f"the control points do not fit: they miss by up to {worst:.2f} m at a scale of {stretch:.4f} (1 is "
                "right); look at their coordinates, units and order",
            )
        )
    elif worst >= _TOLD_FROM_M:
        told.append(
            fault(
                "georef.control_points",
                f"控制点的最大残差是 {worst:.3f} m",
                f"the control points miss by up to {worst:.3f} m",
            )
        )
    where = from_tangent(np.array([[centre[0], centre[1], 0.0]]), lon, lat, height)[0]
    placement = GroundPlacement(float(where[0]), float(where[1]), height, math.degrees(turn))
    return placement, origin, told, refused
