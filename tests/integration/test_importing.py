"""Files brought into a real profile: the readers, the sinks and the store together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from gridclient.care import ProfileCare
from gridclient.composition import OpenedDesk, create_profile, open_desk
from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import Cancelled, InvalidInput, RuleViolation
from gridclient.domain.roles import AccountRole, Actor
from gridclient.exchange.xml_parts import read_texts
from gridclient.import_look import look
from gridclient.importing import import_file, import_in_worker, remove_base_map
from gridclient.mapview.basemaps import BaseMapFolder, layer_id, openers
from gridclient.services.care import BackupKind
from gridclient.services.enrolment import Enrolment, Grant
from gridclient.services.import_findings import ImportPhase
from gridclient.services.import_order import BASE_MAP, ColumnChoice, ImportOrder, LookOrder
from gridclient.services.rows import CaseFilter
from gridclient.store.enrolment_file import write_enrolment
from gridclient.store.mbtiles import MBTilesArchive
from tests.fakes.open_files import open_files_stay

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=CHINA_TIME)
CASES = "编号,标题,经度,纬度\n1,路灯不亮,122.1195,37.5212\n2,井盖缺失,122.1205,37.5222\n"


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    folder = tmp_path / "profile"
    create_profile(folder, county="371002", township="371002001", name="测试指挥室")
    return folder


@pytest.fixture
def opened(profile: Path) -> Iterator[OpenedDesk]:
    with open_desk(profile) as desk:
        yield desk


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.csv"
    path.write_text(CASES, encoding="utf-8")
    return path


def total(opened: OpenedDesk) -> int:
    return opened.desk.queries.total(CaseFilter())


def stopped(_phase: ImportPhase, _done: int, _total: int | None) -> None:
    raise Cancelled


def test_what_the_store_refuses_stands_in_a_column_of_the_file(opened: OpenedDesk, tmp_path: Path) -> None:
    square = '"POLYGON ((122.1 37.5, 122.2 37.5, 122.2 37.6, 122.1 37.6, 122.1 37.5))"'
    rows = (f"371002001001,甲社区,{square}", f"371002001002,乙社区,{square}", "371002001002,又是乙,")
    path = tmp_path / "grids.csv"
    path.write_text("\n".join(("网格编码,网格名称,网格边界", *rows)), encoding="utf-8")
    outcome = import_file(opened, ImportOrder("grids", path, crs="wgs84"))
    assert [(row.row, row.column, row.code) for row in outcome.refused] == [
        (3, "网格边界", "grid.overlap"),
        (4, "网格编码", "grid.code_twice"),
    ]


@pytest.mark.parametrize("role", [AccountRole.UNIT, AccountRole.SUPERVISOR, AccountRole.WATCHER])
def test_who_may_register_no_case_brings_in_none_that_no_hub_would_take(
    opened: OpenedDesk, cases: Path, role: AccountRole
) -> None:
    desk = replace(opened, desk=replace(opened.desk, actor=Actor("someone", role)))
    with pytest.raises(RuleViolation) as refused:
        import_file(desk, ImportOrder("cases", cases, crs="wgs84"))
    assert refused.value.code == "role.not_allowed"
    assert total(opened) == 0


@pytest.mark.parametrize("sends", [False, True])
def test_a_desk_that_sends_no_reference_data_says_that_they_stay_here(
    opened: OpenedDesk, tmp_path: Path, sends: bool
) -> None:
    path = tmp_path / "units.csv"
    path.write_text("单位编码,单位名称,单位类型\n371002001-A01,司法所,A类派驻\n", encoding="utf-8")
    order = ImportOrder("units", path)
    assert import_file(opened, replace(order, dry_run=True)).notices == (), "without a hub there are no others"
    rights = Grant("t:371002001", writes=True), Grant("ref", writes=sends)
    enrolment = Enrolment("hub", "", "", "", "A1", bytes(32), rights, {}, NOW)
    write_enrolment(opened.profile.folder, opened.profile.device.id, enrolment)
    assert [notice.code for notice in import_file(opened, order).notices] == ([] if sends else ["import.here_only"])
    assert import_file(opened, order).notices == (), "nothing new"


def test_the_coordinate_system_has_to_be_said(opened: OpenedDesk, cases: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        import_file(opened, ImportOrder("cases", cases))
    assert refused.value.code == "file.crs_needed"


def test_chosen_columns_are_taken_instead_of_the_guessed(opened: OpenedDesk, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("编号,说法,标题\n1,路灯不亮,甲\n", encoding="utf-8")
    import_file(opened, ImportOrder("cases", path, mapping=ColumnChoice({"title": "说法"})))
    assert opened.desk.queries.case(opened_rows(opened)[0]).facts.title == "路灯不亮"


def opened_rows(opened: OpenedDesk) -> list[str]:
    from gridclient.services.rows import Sort

    return [row.id for row in opened.desk.queries.page(CaseFilter(), Sort()).rows]


def test_the_worker_brings_in_beside_the_desk_that_holds_the_profile(
    opened: OpenedDesk, profile: Path, cases: Path
) -> None:
    heard: list[str] = []
    outcome = import_in_worker(
        lambda phase, _done, _total: heard.append(phase), ImportOrder("cases", cases, crs="wgs84"), profile=profile
    )
    assert outcome.summary.imported == 2
    assert total(opened) == 2
    assert heard[0] == ImportPhase.READING


def test_a_stop_is_passed_over_once_rows_are_written(opened: OpenedDesk, profile: Path, cases: Path) -> None:
    def report(phase: str, _done: int, _total: int | None) -> None:
        if phase == ImportPhase.WRITING:
            raise Cancelled

    import_in_worker(report, ImportOrder("cases", cases, crs="wgs84"), profile=profile)
    assert total(opened) == 2


def test_a_base_map_is_copied_whole_and_listed_and_deleted(
    opened: OpenedDesk, real_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = real_data / "basemap_samples" / "weihai_region_admin.pmtiles"
    outcome = import_file(opened, ImportOrder(BASE_MAP, source))
    again = import_file(opened, ImportOrder(BASE_MAP, source))
    folder = opened.profile.basemaps
    shelf = BaseMapFolder(folder, openers(MBTilesArchive))
    care = ProfileCare(opened, shelf)
    assert (outcome.summary.imported, again.summary.unchanged) == (1, 1)
    assert outcome.changes.kinds == {"basemaps"}
    assert [path.name for path in folder.iterdir()] == [source.name]
    assert [row.file for row in care.base_maps()] == [source.name]
    open_files_stay(monkeypatch)
    care.remove_base_map(layer_id(folder / source.name))
    assert not list(folder.iterdir())
    assert not remove_base_map(folder, "gone")


def test_a_cancelled_base_map_leaves_no_half_file(opened: OpenedDesk, real_data: Path) -> None:
    source = real_data / "basemap_samples" / "weihai_region_admin.pmtiles"
    with pytest.raises(Cancelled):
        import_file(opened, ImportOrder(BASE_MAP, source), progress=stopped)
    assert not list(opened.profile.basemaps.iterdir())


def test_what_is_no_base_map_is_refused_before_anything_is_copied(opened: OpenedDesk, cases: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        import_file(opened, ImportOrder(BASE_MAP, cases))
    assert refused.value.code == "basemap.not_archive"
    assert not list(opened.profile.basemaps.iterdir())


def test_backups_by_hand_are_listed(opened: OpenedDesk) -> None:
    care = ProfileCare(opened, BaseMapFolder(opened.profile.basemaps, openers(MBTilesArchive)))
    path = care.back_up()
    assert [(row.path, row.kind) for row in care.backups()] == [(path, BackupKind.BY_HAND)]
    assert len(care.recovery_key().split("-")) == 17


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("auto-20261120-1430.gridbackup", BackupKind.AUTOMATIC),
        ("replaced-20261120-143000.gridbackup", BackupKind.REPLACED),
        ("before-upgrade-20261120-143000.gridbackup", BackupKind.BEFORE_UPGRADE),
        ("damaged-20261120-143000.db", BackupKind.DAMAGED),
        ("某人放进来的.gridbackup", BackupKind.BY_HAND),
    ],
)
def test_how_a_backup_came_about_is_told(opened: OpenedDesk, name: str, kind: BackupKind) -> None:
    (opened.profile.backups / name).touch()
    care = ProfileCare(opened, BaseMapFolder(opened.profile.basemaps, openers(MBTilesArchive)))
    assert [(row.path.name, row.kind) for row in care.backups()] == [(name, kind)]


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("tipdm2020/附件3.xlsx", "cases"),
        ("boston311_2011/311_service_requests_2011.zip", "cases"),
        ("case_standards_yuncheng/muban.xlsx", "standards"),
        ("divisions_2023/villages_5cities.csv", "divisions"),
        ("boundaries_county/cnmaps_amap_gcj02.geojson", "divisions"),
        ("grid_samples/assinGrid.geojson", "grids"),
        ("holidays_cn/calendar_2023_2026.csv", "calendar"),
        ("basemap_samples/shanghai_huangpu.pmtiles", "basemap"),
    ],
)
def test_the_kind_of_a_real_file_is_guessed_from_what_is_in_it(real_data: Path, file: str, kind: str) -> None:
    assert look(LookOrder(real_data / file)).kind == kind


@pytest.mark.parametrize("kind", ["cases", "units", "standards", "grids"])
def test_a_template_is_known_for_what_it_is(kind: str) -> None:
    templates = Path(__file__).resolve().parents[2] / "resources" / "templates"
    assert look(LookOrder(templates / f"{kind}.xlsx")).kind == kind


@pytest.mark.parametrize("first", [("填表说明", "请按行填写"), ()])
def test_the_kind_of_a_workbook_is_guessed_behind_a_sheet_of_remarks_or_an_empty_one(
    tmp_path: Path, first: tuple[str, ...]
) -> None:
    book = Workbook()
    (remarks,) = book.worksheets
    remarks.append(first)
    units = book.create_sheet("单位")
    for row in (("单位编码", "单位名称", "单位类型"), ("A01", "派出所", "部门")):
        units.append(row)
    book.save(tmp_path / "units.xlsx")
    seen = look(LookOrder(tmp_path / "units.xlsx"))
    assert seen.preview is not None
    assert (seen.kind, seen.preview.sheet) == ("units", "单位")


def test_a_look_says_of_no_sheet_that_it_is_left_out_which_the_import_reads_or_nobody_chose(tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name in ("部件", "事件"):
        book.create_sheet(name).append(
            ("大类代码", "大类名称", "小类代码", "小类名称", "立案条件", "结案条件", "处置时限")
        )
        book[name].append(("01", "公用设施", "01", "路灯", "不亮", "恢复", "1天"))
    book.save(tmp_path / "standards.xlsx")
    for sheet in (None, "事件"):
        seen = look(LookOrder(tmp_path / "standards.xlsx", sheet=sheet))
        assert seen.preview is not None
        assert seen.preview.file_notices == ()


def test_places_are_shown_in_each_system_with_the_distance_between_them(cases: Path) -> None:
    seen = look(LookOrder(cases))
    assert seen.asks_crs
    assert set(seen.places) == {"wgs84", "gcj02", "bd09"}
    as_it_stands = json.loads(seen.places["wgs84"])["features"][0]["geometry"]["coordinates"]
    assert as_it_stands == [122.1195, 37.5212]
    assert 300 < seen.apart["wgs84", "gcj02"] < 700
    assert seen.apart["gcj02", "bd09"] > 700


def test_a_file_without_places_asks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("编号,标题\n1,路灯不亮\n", encoding="utf-8")
    seen = look(LookOrder(path))
    assert not seen.asks_crs
    assert not seen.places


def test_lines_instead_of_areas_are_asked_for_though_nothing_can_be_drawn(real_data: Path) -> None:
    seen = look(LookOrder(real_data / "grid_samples" / "assinEdge.geojson"))
    assert seen.asks_crs
    assert not seen.places


def test_boundaries_that_cannot_be_read_are_asked_for_all_the_same(tmp_path: Path) -> None:
    """The import wants the system before it says row by row what is wrong; a page that does not ask leads nowhere."""
    path = tmp_path / "grids.csv"
    path.write_text("网格编码,网格名称,边界坐标\n371002001001001,第一网格,看附件\n", encoding="utf-8")
    seen = look(LookOrder(path))
    assert (seen.kind, seen.asks_crs, dict(seen.places)) == ("grids", True, {})


def test_a_look_reads_the_texts_of_a_workbook_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They take longest; every sheet that is looked at needs them."""
    parts: list[str] = []

    def counted(file: str, archive: ZipFile, part: str) -> list[str]:
        parts.append(part)
        return read_texts(file, archive, part)

    monkeypatch.setattr("gridclient.exchange.tables.read_texts", counted)
    book = Workbook()
    for name, titles in (("说明", ("请填",)), ("一", ("编号", "标题", "描述")), ("二", ("编号", "标题"))):
        book.create_sheet(name).append(titles)
    del book["Sheet"]
    book.save(tmp_path / "cases.xlsx")
    assert look(LookOrder(tmp_path / "cases.xlsx")).kind == "cases"
    assert len(parts) == 1
