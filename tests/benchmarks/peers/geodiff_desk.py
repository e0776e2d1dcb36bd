"""Geodiff: the changeset between two states of a file is what would go on a line. Runs in the peers' own environment.

python geodiff_desk.py WORK CHANGES FOLDER
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import zlib
from pathlib import Path

from pygeodiff import GeoDiff
from steps import step

TABLE = (
    "CREATE TABLE events(seq INTEGER PRIMARY KEY, hlc INT, kind TEXT, subject BLOB, base INT, actor TEXT, payload TEXT)"
)


def add(store: Path, file: str) -> None:
    """The events of a file as rows."""
    events = map(json.loads, Path(file).read_text("utf-8").splitlines())
    rows = [
        (e["seq"], e["hlc"], e["kind"], bytes.fromhex(e["subject"]), e["base"], e["actor"], e["payload"])
        for e in events
    ]
    database = sqlite3.connect(store)
    with database:
        database.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    database.close()


def main() -> None:
    work, changes, folder = sys.argv[1:4]
    before, after, found = (Path(folder) / name for name in ("before.db", "after.db", "changeset"))
    database = sqlite3.connect(before)
    database.execute(TABLE)
    database.close()
    shutil.copy(before, after)
    add(after, work)
    differ = GeoDiff()

    def changeset() -> dict[str, int]:
        differ.create_changeset(str(before), str(after), str(found))
        raw = found.read_bytes()
        return {"raw": len(raw), "zlib": len(zlib.compress(raw, 9))}

    print("{}", flush=True)
    sys.stdin.readline()
    step("first", changeset)
    shutil.copy(after, before)
    add(after, changes)
    step("changes", changeset)
    differ.shutdown()


main()
