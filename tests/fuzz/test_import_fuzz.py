"""A thousand broken files: whatever arrives, reading ends with records, refused rows or a foreseen error."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from gridclient.domain.errors import GridClientError
from gridclient.exchange.preview import preview
from gridclient.exchange.reading import read_kind
from gridclient.services.import_findings import ImportKind, RefusedRow
from tests.fakes.exchange_files import (
    cases_workbook,
    csv_bytes,
    grids_geojson,
    standards_workbook,
    with_shared_texts,
    zip_bytes,
)

FILES = 1_000
GROUPS = 20
_HOSTILE_TEXTS = (
    b"1048576", b"XFD1048576", b"-1", b"0", b"99999999999999999999", b"1E400", b"NaN", b"", b"\x00", b"\xff\xfe",
    b'<!DOCTYPE x [<!ENTITY a "b">]>', b"&a;", b"]]>", b"<row>", b"</c>", b't="s"', b't="d"', b"AAAA1", b"[[[[", b"{",
    b'"', b",", b"1e999", b"null", b"\xef\xbf\xbd", "．".encode(), b"_xD83D_", b'encoding="utf-16"',
)  # fmt: skip
Mutation = Callable[[random.Random, bytes], bytes]


def flipped(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 20)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def spliced(chance: random.Random, content: bytes) -> bytes:
    other = chance.choice(SEEDS)[1]
    return content[: chance.randrange(len(content))] + other[chance.randrange(len(other)) :]


def repeated(chance: random.Random, content: bytes) -> bytes:
    start = chance.randrange(len(content))
    block = content[start : start + chance.randint(1, 200)]
    return content[:start] + block * chance.randint(2, 50) + content[start:]


def planted(chance: random.Random, content: bytes) -> bytes:
    start = chance.randrange(len(content))
    return content[:start] + chance.choice(_HOSTILE_TEXTS) + content[start + chance.randint(0, 8) :]


def renumbered(chance: random.Random, content: bytes) -> bytes:
    """Numbers, which are places, counts, styles and coordinates, become other numbers."""
    found = list(re.finditer(rb"\d+", content))
    if not found:
        return planted(chance, content)
    place = chance.choice(found)
    return content[: place.start()] + chance.choice(_HOSTILE_TEXTS[:8]) + content[place.end() :]


def nested(chance: random.Random, content: bytes) -> bytes:
    return zip_bytes({chance.choice(("a.csv", "a.xlsx", "xl/workbook.xml", "[Content_Types].xml")): content})


def rebuilt(chance: random.Random, content: bytes) -> bytes:
    """Sound JSON whose values have turned into other kinds of values."""
    tree = json.loads(content)
    for _ in range(chance.randint(1, 4)):
        inner = tree
        while True:
            key = chance.choice(list(inner) if isinstance(inner, dict) else range(len(inner)))
            if not isinstance(inner[key], dict | list) or not inner[key] or chance.random() < 0.15:
                break
            inner = inner[key]
        inner[key] = chance.choice(
            (None, True, 0, -1.5, 10**40, "", "Polygon", [], {}, [[]], {"type": "Feature"}, [1, 2])
        )
        if not tree:
            break
    return json.dumps(tree).encode()


PLAIN: tuple[Mutation, ...] = (flipped, cut, spliced, repeated, planted, renumbered)


def repacked(chance: random.Random, content: bytes) -> bytes:
    """A part is changed and packed soundly: checksums do not protect the reader then."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(chance.randint(1, 3)):
        filled = [name for name in members if members[name]]
        if filled:
            part = chance.choice(filled)
            members[part] = chance.choice(PLAIN)(chance, members[part])
    if chance.random() < 0.1:
        members.pop(chance.choice(list(members)))
    return zip_bytes(members)


SEEDS: tuple[tuple[str, bytes, ImportKind], ...] = (
    ("cases.xlsx", cases_workbook(), ImportKind.CASES),
    ("cases-shared.xlsx", with_shared_texts(cases_workbook()), ImportKind.CASES),
    ("standards.xlsx", standards_workbook(), ImportKind.STANDARDS),
    ("cases.csv", csv_bytes(), ImportKind.CASES),
    ("cases-gb.csv", csv_bytes(encoding="gb18030", separator="\t"), ImportKind.CASES),
    ("cases.zip", zip_bytes({"cases.csv": csv_bytes()}), ImportKind.CASES),
    ("grids.geojson", grids_geojson(), ImportKind.GRIDS),
)


def mutated(chance: random.Random, content: bytes) -> bytes:
    if content.startswith(b"PK") and chance.random() < 0.7:
        return repacked(chance, content)
    if content.startswith(b"{") and chance.random() < 0.6:
        return rebuilt(chance, content)
    return chance.choice((*PLAIN, nested))(chance, content)


def read_everything(path: Path, kind: ImportKind) -> int:
    """Reads the file as the import and the import page do; only foreseen errors may stop it."""
    rows = 0
    with suppress(GridClientError):
        preview(path, kind)
    with suppress(GridClientError):
        for row in read_kind(kind, path, crs="gcj02"):
            assert isinstance(row, RefusedRow) or row.row >= 1
            rows += 1
    return rows


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_broken_file_ends_in_a_foreseen_error_or_in_rows(group: int, tmp_path: Path) -> None:
    for number in range(FILES // GROUPS):
        chance = random.Random(group * 1_000 + number)
        name, content, kind = chance.choice(SEEDS)
        kind = kind if chance.random() < 0.8 else chance.choice(list(ImportKind))
        path = tmp_path / name
        path.write_bytes(mutated(chance, content))
        try:
            read_everything(path, kind)
        except Exception as problem:
            problem.add_note(f"seed {group * 1_000 + number}: {name} as {kind}")
            raise


def test_the_seeds_themselves_are_read(tmp_path: Path) -> None:
    """Otherwise the test above would only prove that nothing is ever read."""
    for name, content, kind in SEEDS:
        path = tmp_path / name
        path.write_bytes(content)
        assert read_everything(path, kind) >= 2
