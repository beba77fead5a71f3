"""Arrays in one file, opened by many at once, without a descriptor for any."""

from __future__ import annotations

import errno
import gc
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cim.arrays import bundle
from cim.arrays.readonly import mapped_bytes
from cim.errors import StoreUnusable

KINDS = [np.bool_, np.uint8, np.int16, np.int32, np.int64, np.uint64, np.float32, np.float64]
ANY_ARRAY = st.sampled_from(KINDS).flatmap(
    lambda kind: arrays.arrays(kind, arrays.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5))
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ANY_ARRAY, max_size=4), st.booleans())
def test_arrays_come_back_as_they_were_in_the_order_of_their_axes(
    tmp_path_factory: pytest.TempPathFactory, some: list[np.ndarray], checksum: bool
) -> None:
    file = tmp_path_factory.mktemp("arrays") / "a.bin"
    made = {str(i): a for i, a in enumerate([*some, *map(np.asfortranarray, some)])}
    bundle.save(made, file, {"名": "值"}, checksum=checksum)
    read = bundle.open_bundle(file)
    assert read is not None and read.facts == {"名": "值"} and read.arrays.keys() == made.keys()
    for name, array in made.items():
        back = read.arrays[name]
        assert type(back) is np.ndarray and not back.flags.writeable and back.flags.aligned
        assert back.dtype == array.dtype and back.shape == array.shape
        assert back.flags.c_contiguous == array.flags.c_contiguous
        np.testing.assert_array_equal(back, array)


def test_many_threads_open_a_file_at_once(tmp_path: Path) -> None:
    bundle.save({"a": np.arange(12).reshape(3, 4)}, tmp_path / "a.bin")

    def total(_: int) -> int:
        kept = bundle.open_bundle(tmp_path / "a.bin")
        assert kept is not None
        return int(kept.arrays["a"].sum())

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(total, range(2000))) == {66}


@pytest.mark.parametrize("checksum", [False, True])
def test_a_file_that_is_cut_short_or_none_of_ours_is_not_opened(tmp_path: Path, checksum: bool) -> None:
    file = tmp_path / "a.bin"
    bundle.save({"a": np.arange(100), "b": np.zeros(3)}, file, checksum=checksum)
    whole = file.read_bytes()
    for some in (
        whole[:-1],
        whole[:400],
        whole[:60],
        whole[:4],
        b"",
        b"PK\x03\x04" + whole[4:],
        whole + b"x",
        b"[]\n",
        b"{}\n",
        b"\n",
        b"3\n",
    ):
        file.write_bytes(some)
        assert bundle.open_bundle(file) is None
    assert bundle.open_bundle(tmp_path / "gone.bin") is None


def test_with_a_checksum_one_wrong_bit_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "a.bin"
    bundle.save({"a": np.arange(100)}, file, checksum=True)
    whole = bytearray(file.read_bytes())
    whole[-100] ^= 1
    file.write_bytes(whole)
    assert bundle.open_bundle(file) is None


def test_a_bit_that_differs_in_the_first_line_of_a_bundle_is_damage(tmp_path: Path) -> None:
    """A name that is another one would be an array that is missing."""
    file = tmp_path / "a.bin"
    bundle.save({"a": np.arange(3), "bc": np.zeros(2)}, file, {"fact": "值"})
    whole = file.read_bytes()
    for at in range(whole.index(b"\n")):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert bundle.open_bundle(file) is None


def mappings(file: Path) -> int:
    return sum(str(file) in line for line in Path("/proc/self/maps").read_text().splitlines())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux lists descriptors there")
def test_a_mapped_file_takes_no_descriptor_and_one_mapping_which_ends_with_its_last_array(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.bin"
    bundle.save({str(i): np.arange(1000) + i for i in range(30)}, file)
    before = sum(1 for _ in Path("/proc/self/fd").iterdir())
    kept = bundle.open_bundle(file)
    assert kept is not None
    assert sum(1 for _ in Path("/proc/self/fd").iterdir()) == before
    assert mappings(file) == 1
    last = kept.arrays["29"][500:]
    del kept
    gc.collect()
    file.unlink()
    assert last.sum() == sum(range(529, 1029))
    del last
    gc.collect()
    assert mappings(file) == 0


def test_nobody_can_write_into_a_mapped_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    made = mapped_bytes(tmp_path / "a")
    with pytest.raises(ValueError):
        made.flags.writeable = True


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOMEM])
def test_a_process_without_a_free_descriptor_does_not_take_the_file_for_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    file = tmp_path / "a.bin"
    bundle.save({"a": np.arange(100)}, file)

    def refused(*_: Any, **__: Any) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(StoreUnusable, match=r"can't be opened: .*(ulimit -n|max_map_count)"):
        bundle.open_bundle(file)
