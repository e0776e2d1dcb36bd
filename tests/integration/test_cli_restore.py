"""What ``restore`` says of photos, which lie beside the store and are not in a backup."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gridclient.composition import open_desk
from gridclient.store.recovery import recovery_key
from tests.fakes.command_line import CommandLine, copied, made_demo


def test_photos_that_did_not_come_along_with_a_backup_are_counted_until_they_are_there(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = CommandLine(copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "desk"), capsys)
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n invented")
    with open_desk(desk.profile) as opened:
        assert opened.desk.files is not None
        opened.desk.files.keep(tmp_path / "a.png", at=opened.desk.clock.now())
        key = recovery_key(opened.profile.key)
    file = tmp_path / "kept.gridbackup"
    desk.json("backup", file)
    new = CommandLine(tmp_path / "new", capsys)
    assert new.json("restore", file, "--recovery-key", key).json["files_missing"] == 1
    assert "1 个照片或附件" in new("restore", file).out
    shutil.copytree(desk.profile / "attachments", new.profile / "attachments", dirs_exist_ok=True)
    assert new.json("restore", file).json["files_missing"] == 0
    assert "附件" not in new("restore", file).out
    assert new.json("verify").json["ok"]
