"""`Idempotency-Key`: a client that does not know whether its change was made asks again, and it is made only once.

After draft-ietf-httpapi-idempotency-key-header: the same key and the same request give the same answer for a day; the
same key with another request is a 422.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel

from cim.access.caller import Caller
from cim.city import City
from cim.errors import CityError, StoreBusy, StoreUnusable
from cim.store import Transaction, answers
from cim.store.answers import AlreadyAnswered, ChangeKey, KeptAnswer
from spatial_api.http.dependencies import json_of

_log = logging.getLogger("citybase")

#: Seconds that a request waits for another with the same key, which is being answered.
_WAIT_S = 5.0

GivenKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="A key of your own for this change, such as a UUID. Sent again with the same body within 24 hours "
        "it gives the same answer, and the change is made once; with another body it is a 422.",
    ),
]

#: Keeps an answer in the transaction of the change.
Keep = Callable[[Transaction, Any], None]


def answered_once(
    city: City,
    caller: Caller,
    key: str | None,
    path: str,
    given: BaseModel,
    change: Callable[[Keep | None], Any],
    *,
    besides: dict[str, Any] | None = None,
) -> bytes:
    """The JSON body of the answer to a change.

    `change(keep)` makes it, calls `keep` in its transaction with what was made, and gives the whole answer; `besides`
    are the members of the answer that are worked out only after the change is committed, as they are until then.
    """
    caller.require_write()
    if key is None:
        return json_of(change(None))
    asked = ChangeKey(key, caller.name, _digest(path, given))
    known = city.store.answer_kept(asked)
    if known is not None:
        return _whole(city, asked, known).body
    kept = b""

    def keep(tx: Transaction, made: Any) -> None:
        nonlocal kept
        kept = json_of({**made, **(besides or {})})
        answers.keep(tx.connection, asked, kept, complete=not besides)

    try:
        body = json_of(change(keep))
    except AlreadyAnswered:
        known = city.store.answer_kept(asked)
        if known is None:
            raise
        return _whole(city, asked, known).body
    if body == kept:
        return body
    try:
        city.store.complete_answer(asked, body)
    except (StoreBusy, StoreUnusable) as error:
        _log.warning("an answer is given without what belongs beside it: %s", error)
        return kept  # what is kept is what is answered, now and the next time
    return body


def _digest(path: str, given: BaseModel) -> str:
    # The standard library's writer takes integers of any size, as a body may have them.
    said = json.dumps(given.model_dump(mode="json", by_alias=True, exclude_unset=True), sort_keys=True)
    return hashlib.sha256(f"{path}\n{said}".encode()).hexdigest()


def _whole(city: City, asked: ChangeKey, known: KeptAnswer) -> KeptAnswer:
    """The answer, once all of it is kept; one that its process did not live to complete, as it was committed."""
    until = time.monotonic() + max(_WAIT_S - known.kept_s, 0.0)
    while not known.complete and time.monotonic() < until:
        time.sleep(0.05)
        known = city.store.answer_kept(asked) or known
    return known


def worked_out(what: str, work: Callable[[], Any]) -> Any:
    """What belongs to an answer beside the change that is committed; None where it can't be worked out now."""
    try:
        return work()
    except CityError as error:
        _log.warning("%s could not be worked out: %s", what, error)
    except Exception:  # noqa: BLE001 - whatever it is, the change was made
        _log.exception("%s could not be worked out", what)
    return None
