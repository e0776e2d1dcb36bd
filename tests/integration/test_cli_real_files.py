"""Real files of the field through the command line: what their coordinates are must be said, and twice adds nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.command_line import CommandLine, copied, made_demo


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "desk"), capsys)


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("divisions", "boundaries_county/cnmaps_amap_gcj02.geojson", ("--crs", "gcj02")),
        ("cases", "tipdm2020/附件3.xlsx", ()),
        ("basemap", "basemap_samples/weihai_region_admin.pmtiles", ()),
    ],
)
def test_a_real_file_goes_in_whole_and_only_once(
    desk: CommandLine, real_data: Path, kind: str, name: str, words: tuple[str, ...]
) -> None:
    if words:
        assert desk.json("import", kind, real_data / name).code == "file.crs_needed"
    first, again = (desk.json("import", kind, real_data / name, *words) for _ in range(2))
    rows = first.json["rows"]
    assert (first.status, first.json["imported"], first.json["refused"]) == (0, rows, [])
    assert (again.json["rows"], again.json["imported"], again.json["unchanged"]) == (rows, 0, rows)
    assert desk.json("verify").json["ok"]
