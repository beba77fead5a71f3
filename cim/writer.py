"""What a verb needs that writes to the city."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cim.state import CityState
from cim.store import Store


@dataclass(frozen=True, slots=True)
class CityWriter:
    """The store, and the state of the city around a write."""

    store: Store
    #: Gives the state of the city as it is now; what is written is checked against it.
    state: Callable[[], CityState]
    #: Brings the city up to date after a commit, so that its answers contain what was written; whether it could.
    catch_up: Callable[[], bool]
