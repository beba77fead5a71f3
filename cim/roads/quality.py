"""What the report of a road network says. Places are [lon, lat]."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TurnReport:
    """How many turns are forbidden, and which restrictions are not understood."""

    kept: int
    not_understood: int
    examples: list[str]


@dataclass(frozen=True)
class BarrierReport:
    """How many barriers stand on roads and on none, and which of their tags are not understood."""

    on_roads: int
    on_no_road: int
    not_understood: int
    examples: list[str]


@dataclass(frozen=True)
class UnknownSign:
    """The value of a sign that nobody knows: on how many roads, and the first of them."""

    tag: str
    roads: int
    first: int


@dataclass(frozen=True)
class SignReport:
    """How many roads have signs that are not understood, and which."""

    not_understood: int
    examples: list[UnknownSign]


@dataclass(frozen=True)
class SmallPiece:
    """A piece of the network beside the largest."""

    km: float
    at: list[float]


@dataclass(frozen=True)
class PieceReport:
    """How many pieces the network has, and which share of its length the largest is; null for no road."""

    count: int
    largest_share: float | None
    small: list[SmallPiece]


@dataclass(frozen=True)
class OnewayReport:
    """One-ways that one does not get to, or not away from."""

    count: int
    km: float
    at: list[list[float]]


@dataclass(frozen=True)
class ProfileReport:
    """The roads of a profile, and the share of them that is cut off; null for none."""

    zh: str
    en: str
    km: float
    unreachable_share: float | None


@dataclass(frozen=True)
class RoadReport:
    """Counts and lengths of a network, and what is wrong with it."""

    layer: str
    fields: dict[str, str]
    edges: int
    nodes: int
    km: float
    turn_restrictions: TurnReport
    barriers: BarrierReport
    signs: SignReport
    pieces: PieceReport
    dead_ends: int
    suspicious_oneways: OnewayReport
    profiles: dict[str, ProfileReport]
