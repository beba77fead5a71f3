"""The texts of routing in Chinese and English."""

from __future__ import annotations

from cim.model.text import Text
from cim.roads.profiles import Profile
from cim.roads.snapping import MOST_GAP_M
from cim.roads.trace_hmm import GAP, JUMP, MOST_LINE_M, MOST_SKIPPED, MOST_WAIT_S, OFF_ROAD

#: Turns by their greatest angle in degrees; the words have a placeholder for the side.
_TURNS = (
    (20.0, "straight", Text("直行", "Continue")),
    (50.0, "slight", Text("稍向{}转", "Bear {}")),
    (120.0, "turn", Text("{}转", "Turn {}")),
    (165.0, "sharp", Text("向{}急转", "Turn sharp {}")),
    (181.0, "u_turn", Text("掉头", "Make a U-turn")),
)
_LEFT, _RIGHT = Text("左", "left"), Text("右", "right")
_COMPASS = (
    Text("北", "north"),
    Text("东北", "northeast"),
    Text("东", "east"),
    Text("东南", "southeast"),
    Text("南", "south"),
    Text("西南", "southwest"),
    Text("西", "west"),
    Text("西北", "northwest"),
)

#: Reasons for the break of a trace: the name and the words of each.
BREAKS = {
    JUMP: ("jump", Text("跳变：任何行驶都无法解释", "a jump that no drive explains")),
    GAP: (
        "gap",
        Text(
            f"间隔过大：两点相距超过 {MOST_LINE_M:g} 米或 {MOST_WAIT_S:g} 秒",
            f"too long a gap: more than {MOST_LINE_M:g} m or {MOST_WAIT_S:g} s between two points",
        ),
    ),
    OFF_ROAD: (
        "off_road",
        Text(
            f"连续超过 {MOST_SKIPPED} 个点不在道路上",
            f"more than {MOST_SKIPPED} points in a row off the road",
        ),
    ),
}
OUTLIER = Text("偏离点：与前后各点不符", "an outlier: it does not fit the points before and after")
NO_ROAD_INSIDE = Text("范围内没有道路", "there is no road in it")


# -- routes ------------------------------------------------------------------------------------------


def depart(bearing_deg: float, name: str | None, name_en: str | None) -> Text:
    """The direction and the street of a departure.

    >>> depart(91.0, "中路", None)
    Text(zh='向东出发，沿中路行驶', en='Head east on 中路')
    """
    to = _COMPASS[round(bearing_deg / 45.0) % 8]
    return Text(
        f"向{to.zh}出发" + (f"，沿{name}行驶" if name else ""),
        f"Head {to.en}" + (f" on {name_en or name}" if name or name_en else ""),
    )


def turn(angle_deg: float, name: str | None, name_en: str | None) -> tuple[str, Text]:
    """The name of a turn by this angle in degrees (positive to the right), and its text.

    >>> turn(-90.0, "横街", "Heng Street")
    ('turn_left', Text(zh='左转进入横街', en='Turn left onto Heng Street'))
    """
    _, key, words = next(t for t in _TURNS if abs(angle_deg) <= t[0])
    side = _RIGHT if angle_deg > 0 else _LEFT
    said = Text(
        words.zh.format(side.zh) + (f"进入{name}" if name else ""),
        words.en.format(side.en) + _onto(name, name_en),
    )
    return key if key in ("straight", "u_turn") else f"{key}_{side.en}", said


def roundabout(exit_number: int | None, name: str | None, name_en: str | None) -> Text:
    """The exit of a roundabout, and the street after it."""
    if exit_number is None:
        return Text("进入环岛", "Enter the roundabout")
    return Text(
        f"进入环岛，从第 {exit_number} 个出口驶出" + (f"，进入{name}" if name else ""),
        f"At the roundabout take exit {exit_number}" + _onto(name, name_en),
    )


def _onto(name: str | None, name_en: str | None) -> str:
    return f" onto {name_en or name}" if name or name_en else ""


def arrive(stop: int | None) -> Text:
    """The arrival at a point on the way, counted from 1, or at the end (None)."""
    if stop is None:
        return Text("到达目的地", "Arrive at the destination")
    return Text(f"到达途经点 {stop}", f"Arrive at stop {stop}")


def no_road_near(point: int, profile: Profile) -> Text:
    """A point of a route, counted from 1, is on no road."""
    return Text(
        f"第 {point} 点 {MOST_GAP_M:g} 米内没有{profile.zh}可通行的道路",
        f"no road for {profile.name} within {MOST_GAP_M:g} m of point {point}",
    )


def no_way(point: int, profile: Profile, *, avoiding: bool) -> Text:
    """No road leads from a point of a route, counted from 1, to the next."""
    return Text(
        f"{profile.zh}无法由道路从第 {point} 点到达第 {point + 1} 点"
        + ("（已避开指定区域）" if avoiding else ""),
        f"no road leads from point {point} to point {point + 1} ({profile.name})"
        + (" outside the areas to avoid" if avoiding else ""),
    )


def straight_line(why: Text) -> Text:
    """The answer is a straight line for this reason."""
    return Text(f"{why.zh}；给出的是直线", f"{why.en}; this is the straight line")


# -- places and traces -------------------------------------------------------------------------------


def places_off_road(count: int, profile: Profile) -> Text:
    """The number of places of a reach that are on no road."""
    return Text(
        f"{count} 个位置 {MOST_GAP_M:g} 米内没有{profile.zh}可通行的道路",
        f"{count} of the places have no road for {profile.name} within {MOST_GAP_M:g} m",
    )


def point_off_road(profile: Profile) -> Text:
    """A point of a trace has no road near it."""
    return Text(f"附近没有{profile.zh}可通行的道路", f"no road for {profile.name} near it")


# -- closures ----------------------------------------------------------------------------------------


def no_roads_loaded(error: Exception) -> Text:
    """No roads are loaded that a closure could act on."""
    return Text("没有道路图层，封闭暂不生效", str(error))


def closes_nothing(why: Text) -> Text:
    """A closure lies on no road for this reason."""
    return Text(f"{why.zh}；封闭不起作用", f"{why.en}; nothing is closed")


def cuts_off(km: float, profile: Profile) -> Text:
    """A closure cuts roads off from the rest."""
    return Text(
        f"封闭后有 {km:g} 公里道路与路网主体断开（{profile.zh}），其中的位置将无法由道路到达或离开",
        f"it cuts {km:g} km of road off from most of the network ({profile.name}): places there are not reached by "
        "road, or not left",
    )
