"""What requests about reports look like: who is responsible, and what may be the same."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cim.space.crs import Datum
from spatial_api.http.models import DATUM, Moment, Request, examples
from spatial_api.http.positions import Position


class _Reported(Request):
    """What is reported, where and when."""

    class_: str | None = Field(
        None, alias="class", min_length=1, max_length=64, description="key, code or name: M06010, 暴露垃圾"
    )
    point: Position | None = Field(None, description="[lon, lat]")
    at: Moment | None = Field(None, description="when it was reported; default: now")


class _Acted(_Reported):
    kind: Literal["component", "matter", "emergency"] | None = Field(
        None, description="for bare digits: 部件, 事项 or 突发事件"
    )
    scheme: Literal["2026", "2013", "2007", "starter"] | None = Field(
        None, description="of which standard the code is"
    )
    condition: str | None = Field(None, max_length=500, description="立案条件: key of a rule, or text")
    component: str | None = Field(None, max_length=64, description="code of the component that it is about")


class _Told(_Reported):
    text: str = Field("", max_length=2000, description="title or description; equal text raises the score")


class ResponsibleReport(_Acted):
    """One report of several."""

    class_: str = Field(alias="class", min_length=1, max_length=64)
    point: Position


class ResponsibleRequest(_Acted):
    """Who acts on this report (or on each of these), by when and why?"""

    model_config = examples(
        {"class": "暴露垃圾", "point": [112.976, 28.195], "at": "2026-06-01T09:00:00+08:00"},
        {"reports": [{"class": "C01004", "condition": "堵塞", "point": [112.976, 28.195]}]},
    )
    reports: list[ResponsibleReport] | None = Field(None, description="many; then the answer has `results`")
    datum: Datum = DATUM


class DuplicateReport(_Told):
    """One report of several."""

    class_: str = Field(alias="class", min_length=1, max_length=64)
    point: Position


class DuplicatesRequest(_Told):
    """Which incidents may be the same as this report (or as each of these)?"""

    model_config = examples({"class": "E0406", "point": [112.976, 28.195], "text": "五一大道路面积水"})
    reports: list[DuplicateReport] | None = Field(None, description="many; then the answer has `results`")
    datum: Datum = DATUM
