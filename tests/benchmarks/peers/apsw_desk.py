"""SQLite's session extension: the changeset is what would go on a line. Runs in the peers' own environment.

python apsw_desk.py WORK CHANGES
"""

from __future__ import annotations

import json
import sys
import zlib
from pathlib import Path

import apsw
from steps import step

TABLE = (
    "CREATE TABLE events(seq INTEGER PRIMARY KEY, hlc INT, kind TEXT, subject BLOB, base INT, actor TEXT, payload TEXT)"
)


def rows(file: str) -> list[tuple[object, ...]]:
    """The events of a file; the subject as bytes, as one would keep it."""
    events = map(json.loads, Path(file).read_text("utf-8").splitlines())
    return [
        (e["seq"], e["hlc"], e["kind"], bytes.fromhex(e["subject"]), e["base"], e["actor"], e["payload"])
        for e in events
    ]


def main() -> None:
    work, changes = sys.argv[1:3]
    database = apsw.Connection(":memory:")
    database.execute(TABLE)

    def changeset(events: list[tuple[object, ...]]) -> dict[str, int]:
        session = apsw.Session(database, "main")
        session.attach()
        with database:
            database.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", events)
        found = session.changeset()
        return {"raw": len(found), "zlib": len(zlib.compress(found, 9)) if found else 0}

    first, later = rows(work), rows(changes)
    print("{}", flush=True)
    sys.stdin.readline()
    step("first", lambda: changeset(first))
    step("changes", lambda: changeset(later))


main()
