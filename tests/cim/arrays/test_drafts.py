"""Files and folders appear at once and whole, or not at all; what is being written is not swept."""

from __future__ import annotations

from pathlib import Path

import pytest

from cim.arrays import drafts


def test_a_file_is_in_place_when_it_is_written_and_the_one_before_stays_until_then(tmp_path: Path) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(b"before")
    with drafts.new_file(file) as handle:
        handle.write(b"after")
        assert file.read_bytes() == b"before"
    assert file.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [file]


def test_of_a_file_whose_writing_fails_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no space"), drafts.new_file(tmp_path / "a.bin") as handle:
        handle.write(b"half")
        raise OSError("no space left on device")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_swept_while_it_is_written_and_appears_at_once(tmp_path: Path) -> None:
    draft = drafts.FolderDraft(tmp_path / "layer")
    (draft.path / "a").write_bytes(b"whole")
    drafts.remove_folders(tmp_path / "layer")
    draft.publish(tmp_path / "layer" / "v1")
    draft.discard()
    assert [p.name for p in (tmp_path / "layer").iterdir()] == ["v1"]
    assert (tmp_path / "layer" / "v1" / "a").read_bytes() == b"whole"


def test_a_folder_that_is_discarded_is_gone_and_discarding_twice_is_once(tmp_path: Path) -> None:
    draft = drafts.FolderDraft(tmp_path)
    (draft.path / "a").write_bytes(b"half")
    draft.discard()
    draft.discard()
    assert list(tmp_path.iterdir()) == []
