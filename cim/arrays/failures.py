"""What failed in the background, where nobody waits for it: logged once, and told until it goes well."""

from __future__ import annotations

import logging
import time

_log = logging.getLogger("citybase")


class Failures:
    """What could not be done, by name. `sentence` says it, of a `{name}` and a `{why}`.

    >>> failures = Failures("the index of {name} can't be built: {why}")
    >>> failures.note("roads", None)
    >>> failures.sentences
    []
    """

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence
        self._found: dict[str, tuple[float, str]] = {}

    def note(self, name: str, error: BaseException | None) -> None:
        """Keep how it ended: None where it went well. The same failure once more is not logged once more."""
        if error is None:
            self._found.pop(name, None)
            return
        why = str(error)
        before = self._found.get(name)
        self._found[name] = (time.monotonic(), why)
        if before is None or before[1] != why:
            _log.error("%s", self._sentence.format(name=name, why=why), exc_info=error)

    def is_recent(self, name: str, seconds: float) -> bool:
        """Whether it failed so short a time ago."""
        found = self._found.get(name)
        return found is not None and time.monotonic() - found[0] < seconds

    def forget(self, name: str | None = None) -> None:
        """Tell no longer of a name; of none, where no name is given."""
        if name is None:
            self._found.clear()
        else:
            self._found.pop(name, None)

    @property
    def sentences(self) -> list[str]:
        """What failed and why, for `/health`."""
        return [self._sentence.format(name=name, why=why) for name, (_, why) in list(self._found.items())]
