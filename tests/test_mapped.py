"""Arrays of files, opened by many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cim.mapped import mapped


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [np.bool_, np.uint8, np.int16, np.int32, np.int64, np.uint64, np.float32, np.float64]
    ).flatmap(
        lambda kind: arrays.arrays(kind, arrays.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5))
    )
)
def test_an_array_is_read_as_numpy_reads_it(
    tmp_path_factory: pytest.TempPathFactory, array: np.ndarray
) -> None:
    file = tmp_path_factory.mktemp("arrays") / "a.npy"
    for made in (array, np.asfortranarray(array)):
        np.save(file, made, allow_pickle=False)
        read = mapped(file)
        assert type(read) is np.ndarray and not read.flags.writeable
        assert read.dtype == made.dtype and read.flags.c_contiguous == made.flags.c_contiguous
        np.testing.assert_array_equal(read, made)


def test_many_threads_open_arrays_at_once(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(12).reshape(3, 4))
    with ThreadPoolExecutor(8) as threads:
        read = list(threads.map(lambda _: mapped(tmp_path / "a.npy").sum(), range(4000)))
    assert set(read) == {66}


def test_a_file_that_is_cut_short_or_none_of_ours_is_a_value_error(tmp_path: Path) -> None:
    file = tmp_path / "a.npy"
    np.save(file, np.arange(100))
    whole = file.read_bytes()
    for some in (whole[:400], whole[:60], whole[:4], b"", b"PK\x03\x04" + whole[4:]):
        file.write_bytes(some)
        with pytest.raises(ValueError):
            mapped(file)
    np.save(file, np.array(["text", None], object), allow_pickle=True)
    with pytest.raises(ValueError):
        mapped(file)
    with pytest.raises(OSError):
        mapped(tmp_path / "gone.npy")
