"""The hub's shelf of files: no name leads out of its folder, nothing grows beyond what it may be."""

from __future__ import annotations

import errno
import os
from hashlib import sha256
from pathlib import Path

import pytest

from gridclient.domain.errors import InvalidInput, StoreUnavailable
from gridclient.hub.files import LARGEST, FileShelf
from gridclient.sync.terms import FilePlace

CONTENT = b"photo " * 100
NAME = sha256(CONTENT).hexdigest()


@pytest.fixture
def shelf(tmp_path: Path) -> FileShelf:
    return FileShelf(tmp_path / "files")


def lying(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "name", ["", "..", "../../desk", NAME[:-1], f"{NAME}0", NAME.upper(), f"{NAME}\n", "/etc/passwd"]
)
def test_what_is_no_digest_names_no_file(shelf: FileShelf, tmp_path: Path, name: str) -> None:
    for ask in (lambda: shelf.state(name), lambda: shelf.path(name), lambda: shelf.put(name, 0, CONTENT, 600)):
        with pytest.raises(InvalidInput, match=r"sync\.file_name"):
            ask()
    assert lying(tmp_path) == []


def test_a_file_that_is_as_long_as_any_may_be_is_begun_and_one_of_no_length_is_none(shelf: FileShelf) -> None:
    assert shelf.put(NAME, 0, CONTENT, LARGEST) == FilePlace(600, False)
    with pytest.raises(InvalidInput, match=r"sync\.file_too_large"):
        shelf.put(sha256(b"").hexdigest(), 0, b"", 0)


@pytest.mark.parametrize(("offset", "length"), [(0, LARGEST + 1), (0, 0), (0, -1), (0, 599), (1, 600)])
def test_nothing_is_longer_than_it_said_or_than_any_file_may_be(
    shelf: FileShelf, tmp_path: Path, offset: int, length: int
) -> None:
    with pytest.raises(InvalidInput, match=r"sync\.file_too_large"):
        shelf.put(NAME, offset, CONTENT, length)
    assert lying(tmp_path) == []


def test_a_piece_for_another_place_changes_nothing_and_what_came_is_whole_only_as_what_it_is(shelf: FileShelf) -> None:
    assert shelf.put(NAME, 0, CONTENT[:400], 600) == FilePlace(400, False)
    assert shelf.put(NAME, 0, CONTENT[:100], 600) == FilePlace(400, False)
    assert shelf.put(NAME, 500, CONTENT[500:], 600) == FilePlace(400, False)
    assert shelf.put(NAME, 400, b"x" * 200, 600) == FilePlace(0, False)
    assert shelf.put(NAME, 0, CONTENT, 600) == FilePlace(600, True)
    assert shelf.put(NAME, 0, b"x" * 600, 600) == FilePlace(600, True)
    assert shelf.put(NAME, 600, b"", 600) == FilePlace(600, True)
    assert shelf.path(NAME).read_bytes() == CONTENT


def test_who_still_writes_at_a_beginning_writes_nothing_into_the_whole_file(shelf: FileShelf, tmp_path: Path) -> None:
    """Two desks, or one that means harm, bring the same last piece at once; one of them is slower."""
    shelf.put(NAME, 0, CONTENT[:400], 600)
    with (tmp_path / "files" / "parts" / NAME).open("r+b") as slower:
        assert shelf.put(NAME, 400, CONTENT[400:], 600) == FilePlace(600, True)
        slower.seek(400)
        slower.write(b"x" * 200)
    assert shelf.path(NAME).read_bytes() == CONTENT
    assert lying(tmp_path) == [NAME]


def test_on_a_full_disk_a_desk_sends_no_more_than_the_last_piece_again(
    shelf: FileShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no room")

    shelf.put(NAME, 0, CONTENT[:400], 600)
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(StoreUnavailable, match=r"hub\.store_failed"):
            shelf.put(NAME, 400, CONTENT[400:], 600)
    assert shelf.state(NAME) == FilePlace(400, False)
    assert shelf.put(NAME, 400, CONTENT[400:], 600) == FilePlace(600, True)
    assert lying(tmp_path) == [NAME]


def test_a_folder_that_is_gone_when_old_beginnings_are_looked_for_is_the_stores_fault(
    shelf: FileShelf, tmp_path: Path
) -> None:
    """A disk that was taken out: the hub's upkeep goes on with the rest of its work."""
    (tmp_path / "files" / "parts").rmdir()
    with pytest.raises(StoreUnavailable, match=r"hub\.store_failed"):
        shelf.drop_stale()


def test_a_folder_that_cannot_be_made_is_the_stores_fault(tmp_path: Path) -> None:
    (tmp_path / "files").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match=r"hub\.store_failed"):
        FileShelf(tmp_path / "files")
