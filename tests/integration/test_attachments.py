"""Photos in the profile's folder: once by content, whole or not at all, known by what they are."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from pathlib import Path

import pytest

from gridclient.domain.errors import InvalidInput, NotFound, StoreUnavailable
from gridclient.store import attachments
from gridclient.store.attachments import AttachmentStore
from gridclient.store.driver import Database
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_areas import NOW

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 10


@pytest.fixture
def kept(store: ImportStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AttachmentStore:
    monkeypatch.setattr(attachments, "LARGEST_BYTES", 1024 * 1024)
    return AttachmentStore(tmp_path / "attachments", store.database)


def photo(folder: Path, content: bytes = JPEG, name: str = "近景 1.jpg") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def in_folder(folder: Path, sha256: str) -> Path:
    return folder / "attachments" / sha256[:2] / sha256


def test_nobody_reads_a_photo_without_the_stores_key(
    kept: AttachmentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = kept.keep(photo(tmp_path), at=NOW)
    on_disk = in_folder(tmp_path, file.sha256).read_bytes()
    assert len(on_disk) > file.size
    assert not any(JPEG[at : at + 8] in on_disk for at in range(0, len(JPEG), 8))
    monkeypatch.setattr(Database, "key_for", lambda *_: bytes(32))
    assert kept.content(file.sha256) != JPEG


def test_a_photo_is_kept_by_its_content_with_its_name(kept: AttachmentStore, tmp_path: Path) -> None:
    file = kept.keep(photo(tmp_path), at=NOW)
    assert (file.name, file.size, file.media_type) == ("近景 1.jpg", len(JPEG), "image/jpeg")
    assert file.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert kept.content(file.sha256) == JPEG
    assert kept.piece(file.sha256, 37, 100) == JPEG[37:137]
    assert kept.damaged() == []


def test_a_photo_for_which_the_disk_has_no_room_is_said_to_have_none(
    kept: AttachmentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnavailable, match=r"store\.disk_full"):
        kept.keep(photo(tmp_path), at=NOW)
    assert [path for path in (tmp_path / "attachments").rglob("*") if path.is_file()] == []


@pytest.mark.skipif(os.name != "posix", reason="no such files there")
def test_a_pipe_that_lies_in_a_folder_is_no_photo_and_nobody_waits_for_its_end(
    kept: AttachmentStore, tmp_path: Path
) -> None:
    pipe = tmp_path / "近景.jpg"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(JPEG,))
    writer.start()
    with pytest.raises(InvalidInput, match=r"attachment\.unreadable"):
        kept.keep(pipe, at=NOW)
    assert pipe.read_bytes() == JPEG
    writer.join()


def test_the_same_photo_twice_is_one_file(kept: AttachmentStore, store: ImportStore, tmp_path: Path) -> None:
    first = kept.keep(photo(tmp_path), at=NOW)
    second = kept.keep(photo(tmp_path, name="远景.jpg"), at=NOW)
    assert first.sha256 == second.sha256
    assert store.count("attachment_files") == 1
    assert len([path for path in (tmp_path / "attachments").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"%PDF-1.7", "application/pdf"),
    ],
)
def test_the_kind_is_read_from_the_content_and_not_from_the_name(
    kept: AttachmentStore, tmp_path: Path, head: bytes, media_type: str
) -> None:
    assert kept.keep(photo(tmp_path, head + b"..."), at=NOW).media_type == media_type


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "attachment.empty"),
        (b"MZ\x90\x00 a program", "attachment.wrong_type"),
        (b"<svg onload='alert(1)'/>", "attachment.wrong_type"),
        (JPEG + bytes(1024 * 1024), "attachment.too_big"),
    ],
)
def test_what_is_no_photo_is_refused_and_leaves_nothing(
    kept: AttachmentStore, tmp_path: Path, content: bytes, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        kept.keep(photo(tmp_path, content), at=NOW)
    assert refused.value.code == code
    assert [path for path in (tmp_path / "attachments").rglob("*") if path.is_file()] == []


def test_no_name_leads_out_of_the_folder(kept: AttachmentStore, tmp_path: Path) -> None:
    """What an event of another desk calls a photo is asked for as it stands there."""
    photo(tmp_path, bytes(100), "secret")
    for name in ("./../secret", str(tmp_path / "secret")):
        with pytest.raises(NotFound, match=r"attachment\.missing"):
            kept.content(name)


def test_a_file_that_is_not_there_is_a_sentence(kept: AttachmentStore, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        kept.keep(tmp_path / "gone.jpg", at=NOW)
    assert refused.value.code == "attachment.unreadable"


def test_a_disk_that_fails_is_the_environments_fault(
    kept: AttachmentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(StoreUnavailable):
        kept.keep(photo(tmp_path), at=NOW)
    assert [path for path in (tmp_path / "attachments").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "g" * 64, "0" * 64])
def test_an_unknown_or_invented_name_is_not_found(kept: AttachmentStore, name: str) -> None:
    with pytest.raises(NotFound):
        kept.content(name)


def test_a_photo_that_changed_on_the_disk_is_noticed(kept: AttachmentStore, tmp_path: Path) -> None:
    file = kept.keep(photo(tmp_path), at=NOW)
    in_folder(tmp_path, file.sha256).write_bytes(b"other")
    assert kept.damaged() == [file.sha256]
