"""The real files of the field through the command line: what goes in, what is refused, and that twice adds nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fakes.command_line import CommandLine, copied, made_demo

GOOD = [
    ("cases", "tipdm2020/附件3.xlsx", 4326),
    ("standards", "case_standards_yuncheng/muban.xlsx", 519),
    ("standards", "case_standards_yuncheng/standards_flat.csv", 519),
    ("calendar", "holidays_cn/calendar_2023_2026.csv", 1461),
    ("divisions", "divisions_2023/towns_5cities.csv", 619),
    ("basemap", "basemap_samples/weihai_region_admin.pmtiles", 1),
]


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "desk"), capsys)


def figures(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    return answer["rows"], answer["imported"], answer["unchanged"], len(answer["refused"])


@pytest.mark.parametrize(("kind", "name", "rows"), GOOD)
def test_a_real_file_goes_in_whole_and_only_once(
    desk: CommandLine, real_data: Path, kind: str, name: str, rows: int
) -> None:
    first = desk.json("import", kind, real_data / name)
    assert first.status == 0
    assert figures(first.json) == (rows, rows, 0, 0)
    assert figures(desk.json("import", kind, real_data / name).json) == (rows, 0, rows, 0)
    assert desk.json("verify").json["ok"]


def test_the_messages_are_found_by_two_characters(desk: CommandLine, real_data: Path) -> None:
    desk.json("import", "cases", real_data / "tipdm2020/附件3.xlsx")
    assert desk.json("cases", "list", "--text", "噪音").json["total"] > 100


@pytest.mark.parametrize("name", ["assinEdge.geojson", "assinGrid.geojson", "安康社区边界.geojson"])
def test_damaged_grids_are_refused_row_by_row(desk: CommandLine, real_data: Path, name: str) -> None:
    file = real_data / "grid_samples" / name
    before = desk.json("grids", "tree").out
    assert desk.json("import", "grids", file).code == "file.crs_needed"
    ran = desk.json("import", "grids", file, "--crs", "wgs84")
    assert (ran.status, ran.json["imported"]) == (3, 0)
    assert all(row["message"] and "操作没有完成" not in row["message"] for row in ran.json["refused"])
    assert desk.json("grids", "tree").out == before


def test_a_file_of_another_system_lands_where_it_should(desk: CommandLine, real_data: Path) -> None:
    file = real_data / "boundaries_county" / "cnmaps_amap_gcj02.geojson"
    assert desk.json("import", "divisions", file).code == "file.crs_needed"
    ran = desk.json("import", "divisions", file, "--crs", "gcj02")
    assert (ran.status, ran.json["imported"]) == (0, ran.json["rows"])
    assert figures(desk.json("import", "divisions", file, "--crs", "gcj02").json)[1] == 0
