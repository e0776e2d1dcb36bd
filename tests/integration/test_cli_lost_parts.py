"""Parts of a desk's folder that are lost or damaged: what is told to do about it brings the desk back."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridclient.composition import open_desk
from tests.fakes.command_line import CommandLine


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path / "desk", capsys)


@pytest.fixture
def recovery(desk: CommandLine) -> str:
    """The recovery key of the desk, which has one case."""
    made = desk.json("init", "--county", "371002", "--township", "371002001", "--name", "某街道")
    assert desk.json("cases", "new", "--json-args", '{"title": "路灯不亮"}').status == 0
    return str(made.json["recovery_key"])


@pytest.mark.parametrize("content", [None, b"", b"nonsense\n", b"00" * 32])
def test_the_recovery_key_brings_back_a_lost_key_where_the_desk_stands(
    desk: CommandLine, recovery: str, content: bytes | None
) -> None:
    backup, key = desk.profile.parent / "a.gridbackup", desk.profile / "keys" / "store.key"
    assert desk.json("backup", backup).status == 0
    number = desk.json("cases", "list").json["cases"][0]["number"]
    key.unlink()
    if content is not None:
        key.write_bytes(content)
    told = desk.json("cases", "list")
    assert told.status == 4 and "restore" in told.err and "恢复码" in told.err
    stranger = "-".join(["0000"] * 16)
    assert desk.json("restore", backup, "--recovery-key", stranger).code == "recovery.key"
    assert desk.json("cases", "list").code == told.code, "nothing was changed"
    assert desk.json("restore", backup, "--recovery-key", recovery).status == 0
    assert [case["number"] for case in desk.json("cases", "list").json["cases"]] == [number]
    again = desk.json("cases", "new", "--json-args", '{"title": "井盖缺失"}').json["number"]
    assert again[:-4] == number[:-4], "it is the desk that it was"


def test_a_damaged_identity_is_told_and_the_store_goes_to_a_new_folder(
    desk: CommandLine, recovery: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk.profile / "profile.json").write_text("")
    told = desk.json("cases", "list")
    assert (told.status, told.code) == (4, "profile.damaged")
    assert "profile.json" in told.err and "空文件夹" in told.err
    fresh = CommandLine(desk.profile.parent / "fresh", capsys)
    assert fresh.json("restore", desk.profile / "store.db", "--recovery-key", recovery).status == 0
    assert fresh.json("cases", "list").json["total"] == 1


@pytest.mark.parametrize("name", ["enrolment.json", "device.json"])
def test_a_damaged_enrolment_is_no_damaged_store(desk: CommandLine, recovery: str, name: str, tmp_path: Path) -> None:
    assert recovery
    file = desk.profile / "keys" / name
    file.write_text("{")
    asked = tmp_path / "a.gridrequest"
    told = desk.json("enrol", "--request", asked)
    assert (told.status, told.code) == (4, "enrolment.damaged")
    assert name in told.err and "重新注册" in told.err
    file.unlink()
    assert desk.json("enrol", "--request", asked).status == 0


@pytest.mark.parametrize(("table", "status"), [("parts", 1), ("counters", 1), ("accounts", 4)])
def test_a_store_that_lost_a_table_is_told_and_a_backup_brings_it_back(
    desk: CommandLine, recovery: str, table: str, status: int
) -> None:
    """Also a table without which no desk opens."""
    assert recovery
    backup = desk.profile.parent / "a.gridbackup"
    assert desk.json("backup", backup).status == 0
    with open_desk(desk.profile) as opened, opened.database.writer() as connection:
        connection.execute(f"DROP TABLE {table}")
    told = desk("verify")
    assert told.status == status and table in told.out + told.err
    assert desk.json("restore", backup).status == 0
    assert desk.json("verify").json["ok"]
