"""``gridclient hub log`` and ``hub move``: the hub's records, and moving it to a database server."""

from __future__ import annotations

import argparse
import time
from typing import Any, Final

from gridclient.cli.hub_database import add_database, opened_database
from gridclient.cli.output import Exit, answer, say, table
from gridclient.cli.parsing import count_of

_LINES: Final = 50


def add_commands(actions: Any, output: argparse.ArgumentParser) -> None:
    """Adds ``log`` and ``move`` to ``hub``."""
    log = actions.add_parser("log", parents=[output], help="同步中心的记录：发码、注册、吊销、拒收")
    log.add_argument("--last", type=count_of(1), default=_LINES, metavar="条数", help=f"最近多少条，默认 {_LINES}")
    add_database(log, show_log)
    move = actions.add_parser("move", parents=[output], help="把同步中心从 SQLite 搬到 PostgreSQL")
    move.add_argument("--from", dest="source", required=True, metavar="数据库", help="sqlite:///文件")
    move.add_argument("--to", dest="target", required=True, metavar="数据库", help="postgresql://…，空库")
    move.set_defaults(run=move_hub)


def show_log(args: argparse.Namespace) -> Exit:
    """Prints the last lines of the hub's own records, the newest first."""
    from gridclient.hub.access import Access
    from gridclient.hub.status import NOTE_TITLES, instant, note_cells

    with opened_database(args) as backend:
        notes = Access(backend, time.time).notes(args.last)
    document = [note._asdict() | {"at": instant(note.at)} for note in notes]
    return answer(args, document, table(NOTE_TITLES, note_cells(notes)))


def move_hub(args: argparse.Namespace) -> Exit:
    """Copies everything, reads it back, compares it, and prints how much it was."""
    from gridclient.hub.moving import move

    moved = move(args.source, args.target)
    found = "目标库里已经有同样的内容" if moved.again else "已经搬完"
    lines = [*table(("数据流", "事件数"), moved.streams.items()), f"{found}，逐流核对一致，共 {moved.rows} 行。"]
    answer(args, {"streams": moved.streams, "rows": moved.rows, "again": moved.again}, lines)
    if not args.json:
        say("以后用 --db 写新的地址运行；附件、证书和口令仍在原来的文件夹。原数据库不再使用，留作备份。")
    return Exit.DONE
