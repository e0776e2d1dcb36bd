"""Our own desk beside the others: in a process of its own, as they are and as its worker is.

python gridclient_desk.py WORK CHANGES FOLDER URL CODE
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from steps import step

from gridclient.domain.events import EventKey, Record
from gridclient.sync.serving import collect_seldom
from tests.benchmarks.sync_place import enrolled_desk
from tests.benchmarks.sync_work import ORIGIN, EventClock, write_events


def read_events(file: Path) -> list[Record]:
    """The events of a file."""
    rows = map(json.loads, file.read_text("utf-8").splitlines())
    return [
        Record(EventKey(*ORIGIN, r["seq"]), r["hlc"], r["kind"], 1, r["subject"], r["base"], r["actor"], r["payload"])
        for r in rows
    ]


def main() -> None:
    work, changes, folder, url, code = sys.argv[1:]
    clock = EventClock()
    with enrolled_desk(Path(folder), url, code) as desk:

        def send() -> None:
            desk.round()

        write_events(desk.opened.work_with(clock), clock, read_events(Path(work)))
        collect_seldom()
        print("{}", flush=True)
        sys.stdin.readline()
        step("first", send)
        write_events(desk.opened.work_with(clock), clock, read_events(Path(changes)))
        step("changes", send)
        step("nothing", send)


main()
