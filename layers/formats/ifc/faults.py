"""How a reader tells what is wrong: a fault in two languages, and the refusal that lists them."""

from __future__ import annotations

from collections.abc import Sequence

from cim.bim.building_model import ModelFault, ModelRefused
from cim.model.text import Text


def fault(code: str, zh: str, en: str, *, element: str | None = None, line: int | None = None) -> ModelFault:
    """One fault with its code and its words.

    >>> fault("file.empty", "文件是空的", "the file is empty").text.en
    'the file is empty'
    """
    return ModelFault(code, Text(zh, en), element=element, line=line)


def refusal(name: str, faults: Sequence[ModelFault]) -> ModelRefused:
    """The error that says why nothing of a file is loaded: all reasons, in English in its message.

    >>> str(refusal("a.ifc", [fault("file.empty", "文件是空的", "the file is empty")]))
    'a.ifc is not loaded: the file is empty'
    """
    reasons = "; ".join(dict.fromkeys(one.text.en for one in faults))
    return ModelRefused(f"{name} is not loaded: {reasons}", faults)
