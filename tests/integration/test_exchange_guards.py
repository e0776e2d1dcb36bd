"""Files that are not what they seem: a sentence before the first row, never a traceback and never much memory."""

from __future__ import annotations

import struct
import tracemalloc
from pathlib import Path

import pytest

from gridclient.domain.errors import InvalidInput
from gridclient.exchange import delimited, opening, sheet_rows
from gridclient.exchange.preview import preview
from gridclient.exchange.reading import read_kind
from gridclient.exchange.tables import open_table, sheets
from gridclient.services.error_text import sentence_of
from gridclient.services.import_findings import ImportKind
from tests.fakes.exchange_files import (
    cases_workbook,
    csv_bytes,
    grids_geojson,
    with_part,
    with_shared_texts,
    workbook_bytes,
    zip_bytes,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><s>&b;</s>'
)


def refusal(path: Path, content: bytes, kind: ImportKind = ImportKind.CASES) -> str:
    """The code with which the file is refused as a whole, the same on every way in; its sentence is a real one."""
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        list(read_kind(kind, path, crs="wgs84"))
    with pytest.raises(InvalidInput):
        preview(path, kind)
    assert "操作没有完成" not in sentence_of(refused.value)
    return refused.value.code


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "file.empty"),
        ("a.csv", b"\0" * 50, "file.empty"),
        ("a.xls", OLE, "file.old_xls"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "file.encrypted"),
        ("a.xls", b"\r\n<html><table><tr><td>1</td></tr></table></html>", "file.html"),
        ("a.xlsx", b"<!DOCTYPE html><html></html>", "file.html"),
        ("a.xls", b'<?xml version="1.0"?><Workbook/>', "file.xml_spreadsheet"),
        ("a.xlsx", "编号,标题\n1,井盖".encode(), "file.not_xlsx"),
        ("a.xlsx", zip_bytes({"word/document.xml": b"<d/>", "[Content_Types].xml": b"<t/>"}), "file.not_xlsx"),
        ("a.xlsx", zip_bytes({"xl/workbook.bin": b"", "[Content_Types].xml": b"<t/>"}), "file.xlsb"),
        ("a.zip", zip_bytes({"a.csv": b"a,b\n1,2", "b.csv": b"a,b\n1,2"}), "file.zip_many"),
        ("a.zip", zip_bytes({"a.zip": zip_bytes({"a.csv": b"a,b\n1,2"})}), "file.nested"),
        ("a.zip", zip_bytes({"a.csv": b""}), "file.empty"),
        ("a.xlsx", b"PK\3\4 and then nothing of the kind", "file.damaged"),
        ("a.xlsx", cases_workbook()[:-40], "file.damaged"),
        ("a.csv", "编号,标题\n1,井\0盖".encode(), "file.binary"),
        ("a.csv", b"\x81\xff\xfe\xff,\xff\xff", "file.encoding"),
        ("a.csv", '编号,标题\n1,"井盖\n2,路灯'.encode(), "file.quotes"),
        ("a.csv", f"编号,标题\n1,{'长' * 140_000}\n".encode(), "file.cell_too_long"),
        ("a.csv", "编号,标题\n1,路灯\n".encode() + "2,井盖\n".encode("gb18030"), "file.encoding_mixed"),
        ("a.csv", "编号,反对数\n1,2".encode(), "file.columns_missing"),
        ("a.geojson", grids_geojson(), "file.not_a_table"),
        ("a.geojson", '\n{"type": "FeatureCollection"}'.encode("utf-16"), "file.geojson_encoding"),
        ("a.json", b"\xfe\xff" + "{}".encode("utf-16-be"), "file.geojson_encoding"),
        ("a.pmtiles", b"PMTiles\3" + bytes(200), "file.basemap"),
        ("a.mbtiles", b"SQLite format 3\0" + bytes(200), "file.basemap"),
        ("a.xlsx", workbook_bytes([]), "file.no_rows"),
    ],
)
def test_a_file_that_is_no_table_is_named_for_what_it_is(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        list(read_kind(ImportKind.CASES, path))
    assert refused.value.code == code
    assert refused.value.params["file"] == name
    assert "操作没有完成" not in sentence_of(refused.value)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.xlsx", "file.missing"), (tmp_path, "file.folder")):
        with pytest.raises(InvalidInput) as refused:
            open_table(path)
        assert refused.value.code == code


def test_a_workbook_under_a_wrong_name_is_read_for_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "案件.csv"
    path.write_bytes(cases_workbook())
    assert sheets(path) == ("Sheet1",)
    assert len(list(read_kind(ImportKind.CASES, path, crs="wgs84"))) == 4


def test_a_bomb_is_refused_by_what_its_directory_announces(tmp_path: Path) -> None:
    bomb = with_part(
        cases_workbook(), SHEET, lambda part: part.replace(b"</sheetData>", b" " * (8 << 20) + b"</sheetData>")
    )
    assert len(bomb) < 1 << 17
    assert refusal(tmp_path / "a.xlsx", bomb) == "file.zip_bomb"
    assert refusal(tmp_path / "a.zip", zip_bytes({"a.csv": b"0" * (8 << 20)})) == "file.zip_bomb"


def test_a_bomb_that_lies_about_its_size_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    content = bytearray(zip_bytes({"a.csv": b"a,b\n" + b"1,2\n" * (6 << 20)}))
    for mark, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", content, content.rfind(mark) + offset, 100)
    path.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(InvalidInput) as refused:
        list(open_table(path).rows())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.code in {"file.damaged", "file.zip_bomb"}
    assert peak < 8 << 20


def test_a_directory_of_countless_entries_is_refused_before_it_is_read(tmp_path: Path) -> None:
    members = {f"xl/{number}": b"" for number in range(opening.MAX_ENTRIES + 1)}
    assert refusal(tmp_path / "a.xlsx", zip_bytes({"[Content_Types].xml": b"<t/>"} | members)) == "file.zip_bomb"


def test_a_container_with_a_password_is_refused(tmp_path: Path) -> None:
    content = bytearray(cases_workbook())
    place = content.find(b"PK\1\2")
    content[place + 8] |= 1
    assert refusal(tmp_path / "a.xlsx", bytes(content)) == "file.encrypted"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", SHEET])
def test_entities_are_refused_in_every_part(tmp_path: Path, part: str) -> None:
    workbook = with_shared_texts(cases_workbook())
    assert refusal(tmp_path / "a.xlsx", with_part(workbook, part, lambda _: ENTITIES)) == "file.zip_bomb"


def test_a_sheet_of_a_million_rows_is_refused_before_its_first_row(tmp_path: Path) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n) for n in range(2, 1_048_577))
    path = tmp_path / "a.xlsx"
    whole = with_part(
        cases_workbook(), SHEET, lambda part: part[: part.index(b'<row r="2"')] + rows + b"</sheetData></worksheet>"
    )
    path.write_bytes(whole)
    with pytest.raises(InvalidInput) as refused:
        read_kind(ImportKind.CASES, path, crs="wgs84")
    assert refused.value.code == "file.too_many_rows"
    assert refused.value.params["rows"] == 1_048_576
    assert "1,048,576" in sentence_of(refused.value)


def test_blank_rows_that_were_only_formatted_do_not_count(tmp_path: Path) -> None:
    blank = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(6, 250_000))
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        with_part(cases_workbook(), SHEET, lambda part: part.replace(b"</sheetData>", blank + b"</sheetData>"))
    )
    assert len(list(read_kind(ImportKind.CASES, path, crs="wgs84"))) == 4


def test_a_long_csv_is_refused_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_ROWS", 1_000)
    path = tmp_path / "a.csv"
    path.write_bytes("标题\n".encode() + b"a\n" * 1_000)
    assert len(list(read_kind(ImportKind.CASES, path))) == 1_000
    path.write_bytes("标题\n".encode() + b"a\n" * 1_001)
    with pytest.raises(InvalidInput) as refused:
        list(read_kind(ImportKind.CASES, path))
    assert refused.value.code == "file.too_many_rows"
    assert refused.value.params == {"file": "a.csv", "sheet": "", "rows": 1_002, "most": 1_000}


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    titles = [f"列{number}" for number in range(sheet_rows.MAX_COLUMNS)] + ["标题"]
    for name, content in (("a.csv", csv_bytes([titles])), ("a.xlsx", workbook_bytes([titles]))):
        assert refusal(tmp_path / name, content) == "file.too_many_columns"


def test_rows_out_of_order_are_a_damaged_sheet(tmp_path: Path) -> None:
    broken = with_part(cases_workbook(), SHEET, lambda part: part.replace(b'<row r="3"', b'<row r="1"'))
    assert refusal(tmp_path / "a.xlsx", broken) == "file.damaged"


def test_a_cell_that_names_a_text_which_is_not_there_costs_its_row_only(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = with_shared_texts(cases_workbook())
    path.write_bytes(with_part(workbook, "xl/sharedStrings.xml", lambda part: part[: part.rindex(b"<si>")] + b"</sst>"))
    rows = list(read_kind(ImportKind.CASES, path, crs="wgs84"))
    assert [getattr(row, "code", "good") for row in rows].count("cell.error_value") == 1
