"""A name given by mistake: what lies there and is no file of that kind stays as it was, and the sentence names it."""

from __future__ import annotations

import socket
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.fakes.command_line import new_case
from tests.integration.test_cli_stick_only import TOWNSHIP, County, county, export

__all__ = ["county"]
AREAS = b'{"type": "FeatureCollection", "features": []}'


@pytest.fixture
def areas(tmp_path: Path) -> Path:
    file = tmp_path / "areas.geojson"
    file.write_bytes(AREAS)
    return file


def test_a_request_goes_over_an_earlier_one_and_over_nothing_else(county: County, areas: Path, tmp_path: Path) -> None:
    one = county.desk("a")
    told = one.json("enrol", "--request", areas)
    assert (told.status, told.code, areas.read_bytes()) == (1, "file.other_kind", AREAS)
    assert "areas.geojson" in told.err and "换一个文件名" in told.err
    for _ in range(2):
        assert one.json("enrol", "--request", tmp_path / "a.gridrequest").status == 0


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="only there a name may stand for what is no file")
def test_a_name_that_stands_for_no_file_keeps_what_it_stands_for(county: County) -> None:
    with TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as other:
        there = Path(folder) / "s"
        other.bind(str(there))
        told = county.desk("a").json("enrol", "--request", there)
        assert (told.status, told.code, there.is_socket()) == (1, "file.other_kind", True)


def test_an_admission_that_cannot_be_written_there_admits_nobody(county: County, areas: Path, tmp_path: Path) -> None:
    request = tmp_path / "a.gridrequest"
    asked = county.desk("a").json("enrol", "--request", request)
    said = request.read_bytes()
    beside = tmp_path / "a.admission.part"
    beside.write_bytes(AREAS)
    for out in (areas, request, beside.with_suffix("")):
        told = county.hub("admit", request, "--township", TOWNSHIP, "--out", out)
        assert (told.status, told.code) == (1, "file.other_kind")
    assert (areas.read_bytes(), request.read_bytes()) == (AREAS, said)
    assert county.hub("admit", request, "--township", TOWNSHIP).json["check"] == asked.json["check"]
    assert county.hub("admit", request, "--township", TOWNSHIP).status == 0, "over the earlier admission"
    assert [device["name"] for device in county.hub("devices").json] == ["a"]


def test_a_stick_is_written_over_a_sync_file_or_an_empty_one_only(county: County, areas: Path, tmp_path: Path) -> None:
    one, empty = county.admitted("a"), tmp_path / "u.gridbundle"
    new_case(one, "路灯不亮")
    told = one.json("bundle", "export", areas)
    assert (told.status, told.code, areas.read_bytes()) == (1, "file.other_kind", AREAS)
    assert "areas.geojson" in told.err
    empty.touch()
    for _ in range(2):
        export(one, empty)


def test_what_lies_beside_under_the_name_of_a_file_in_the_making_stays(county: County, areas: Path) -> None:
    one, stick = county.admitted("a"), areas.parent / "u.gridbundle"
    beside = areas.rename(areas.parent / f"{stick.name}.part")
    told = one.json("bundle", "export", stick)
    assert (told.status, beside.read_bytes(), stick.exists()) == (1, AREAS, False)
    assert beside.name in told.err and "换一个文件名" in told.err
    beside.unlink()
    export(one, stick)
    beside.write_bytes(stick.read_bytes()[:5])  # the power went
    new_case(one, "路灯不亮")
    export(one, stick)


def test_a_backup_goes_over_nothing(county: County, areas: Path) -> None:
    told = county.desk("a").json("backup", areas)
    assert (told.status, told.code, areas.read_bytes()) == (1, "backup.exists", AREAS)
    assert "areas.geojson" in told.err and "换一个文件名" in told.err
