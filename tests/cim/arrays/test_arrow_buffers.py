"""Arrow arrays go into plain arrays and come back equal, whatever they hold and whatever they are a slice of."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim.arrays.arrow_buffers import array_of, buffers_of
from cim.model.layer import ARROW_TYPES

_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(2**63), 2**63 - 1),
    "real": st.floats(allow_nan=False),
    "text": st.text(max_size=5),
    "boolean": st.booleans(),
    "date": st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
    "datetime": st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)).map(
        lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=dt.UTC)
    ),
}


@pytest.mark.parametrize("kind", ARROW_TYPES)
@given(st.data())
def test_an_array_comes_back_equal(kind: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.none() | _VALUES[kind], max_size=40))
    start = data.draw(st.integers(0, len(values)))
    stop = data.draw(st.integers(start, len(values)))
    array = pa.array(values, ARROW_TYPES[kind])[start:stop]
    again = array_of("a", array.type, len(array), buffers_of("a", array))
    again.validate(full=True)
    assert again.equals(array)


def test_a_buffer_that_is_not_there_is_an_error_not_a_wrong_value() -> None:
    arrays = buffers_of("a", pa.array(["一", "二"]))
    del arrays["a-2"]
    with pytest.raises(KeyError):
        array_of("a", pa.string(), 2, arrays)
