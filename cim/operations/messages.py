"""What place notes say, in Chinese and English."""

from __future__ import annotations

import datetime as dt

from cim.model.text import Text

HEIGHT_NOT_KEPT = Text(
    "城市底座为二维，未保存高程；高程请写入属性字段",
    "the base is flat: the height was not kept; put it into a field",
)


def at_zero(km: float) -> Text:
    """The position is 0, 0, this far from the city."""
    return Text(
        f"位置为 0, 0（距城市 {km:,.0f} 公里），应为空坐标，请补填位置",
        f"the position is 0, 0, {km:,.0f} km from the city: an empty position? Fill it in",
    )


def lat_lon_order(km: float) -> Text:
    """The position is this far from the city, and in it once lon and lat are exchanged."""
    return Text(
        f"位置距城市 {km:,.0f} 公里；经纬度对调后位于城市内，是否写成了纬度在前？应为 [经度, 纬度]",
        f"the position lies {km:,.0f} km from the city, and in it with lon and lat swapped: "
        "is it lat, lon? Give [lon, lat]",
    )


def far(km: float) -> Text:
    """The position is this far from the city."""
    return Text(
        f"位置距城市 {km:,.0f} 公里，请核对坐标及坐标系（datum）",
        f"the position lies {km:,.0f} km from the city; check the coordinates and their datum",
    )


def no_area_on(day: dt.date) -> Text:
    """No area was in force at the position on the day of the report."""
    return Text(
        f"{day} 当日该位置的管理区域尚未启用（或已停用），因此没有归属",
        f"no area was in force here on {day}, the day of the report, so nobody owns it",
    )


def outside_areas(name: str, code: str, metres: float) -> Text:
    """The position is in no area; the nearest is this one."""
    away = f"{metres / 1000:,.1f} km" if metres >= 1000 else f"{metres:.0f} m"
    away_zh = f"{metres / 1000:,.1f} 公里" if metres >= 1000 else f"{metres:.0f} 米"
    return Text(
        f"位置不在任何管理区域内，最近的是 {name}（{code}），相距 {away_zh}",
        f"the position is in no area; the nearest is {name} ({code}), {away} away",
    )


def far_measurements(count: int, row: int, km: float) -> Text:
    """So many measured lines are far from the city, the farthest of them in this row (counted from 1)."""
    return Text(
        f"{count} 条测速的位置远离城市，最远的是第 {row} 条（{km:,.0f} 公里），请核对坐标及坐标系（datum）",
        f"{count} of the measurements lie far from the city, the farthest is row {row}, {km:,.0f} "
        "km away; check the coordinates and their datum",
    )
