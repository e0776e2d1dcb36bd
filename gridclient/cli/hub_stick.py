"""``gridclient hub carry`` and ``hub admit``: for townships without a line, whose desks exchange by USB stick."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridclient.cli.hub_database import add_database, opened_database
from gridclient.cli.output import Exit, answer, say
from gridclient.cli.parsing import path_of
from gridclient.domain.errors import GridClientError
from gridclient.services.error_text import sentence_of

if TYPE_CHECKING:
    from gridclient.hub.backend import Backend


def add_commands(actions: Any, output: argparse.ArgumentParser) -> None:
    """Adds ``carry`` and ``admit`` to ``hub``."""
    carry = actions.add_parser("carry", parents=[output], help="收下U盘文件里的操作，并把次序和新内容写回文件")
    carry.add_argument("file", type=path_of, metavar="文件.gridbundle")
    carry.add_argument("--township", default="", metavar="九位代码", help="文件是空的或新的时，为哪个镇街写")
    add_database(carry, carry_stick)
    admit = actions.add_parser("admit", parents=[output], help="批准没有网络的席位的注册申请文件")
    admit.add_argument("file", type=path_of, metavar="文件.gridrequest")
    admit.add_argument("--out", type=path_of, metavar="文件.gridadmission", help="批复写到哪里，默认在申请文件旁边")
    admit.add_argument("--add", action="store_true", help="席位已批准过：在原有权限之外再加，不替换")
    add_role(admit)
    add_database(admit, admit_desk)


def add_role(parser: Any) -> None:
    """Adds the options that say what a device may do and whose it is."""
    parser.add_argument("--township", default="", metavar="代码", help="镇街的九位代码；督导和县级也可写县的六位")
    parser.add_argument("--unit", default="", metavar="单位", help="单位的席位，只看派给本单位的案件")
    parser.add_argument("--supervisor", action="store_true", help="督导席位，只查看 --township 的案件，不写是全部")
    parser.add_argument("--county", action="store_true", help="县级席位，查看全县案件并维护基础数据")
    parser.add_argument("--name", default="", metavar="名称")


def look_for_unit(backend: Backend, unit: str) -> None:
    """Raises ``NotFound`` for a unit that the reference data lacks. Prints a remark if the hub has no units yet."""
    from gridclient.hub.known_units import check_unit, known_units

    if unit:
        with backend.reading() as ledger:
            known = known_units(ledger)
        check_unit(unit, known)
        if not known:
            say("同步中心还没有单位表，单位编码没有核对；县级席位导入单位并同步以后，就会核对。")


def carry_stick(args: argparse.Namespace) -> Exit:
    """Takes in the events of a file and writes their order and the hub's news into it. Status 3 if something was
    refused."""
    from gridclient.hub.carrying import carry
    from gridclient.sync.bundle import MAGIC
    from gridclient.sync.stick_file import read_file, write_file

    file: Path = args.file
    before = b"" if args.township and not file.exists() else read_file(file)
    with opened_database(args) as backend:
        carried = carry(backend, before, township=args.township, at=int(time.time()))
    if carried.file != before:
        write_file(file, carried.file, MAGIC)
    document = {
        "file": str(file),
        "events": carried.events,
        "known": carried.known,
        "refused": carried.refused,
        "pages": carried.pages,
        "added": carried.added,
        "problems": [_problem(problem) for problem in carried.problems],
    }
    taken = f"收下 {carried.events} 条，已有 {carried.known} 条，没收 {carried.refused} 条；"
    answer(args, document, [f"{taken}写回 {carried.added} 条的次序：{file}"])
    if not args.json:
        for problem in carried.problems:
            say(sentence_of(problem))
    return Exit.PARTLY if carried.refused else Exit.DONE


def _problem(problem: GridClientError) -> dict[str, Any]:
    return {"code": problem.code, "message": sentence_of(problem), "count": problem.params["count"]}


def admit_desk(args: argparse.Namespace) -> Exit:
    """Admits the desk of a request and writes the answer, which only this desk can open."""
    from gridclient.hub.access import Access
    from gridclient.hub.admitting import admit
    from gridclient.hub.rights import grants_for
    from gridclient.sync.enrol_file import ADMISSION_HEAD, ADMISSION_SUFFIX
    from gridclient.sync.stick_file import leave_others, read_file, write_file

    grants = grants_for(args.township, unit=args.unit, supervisor=args.supervisor, county=args.county)
    out: Path = args.out or args.file.with_suffix(ADMISSION_SUFFIX)
    leave_others(out, ADMISSION_HEAD)  # before anybody is admitted
    request = read_file(args.file)
    with opened_database(args, makes=True) as backend:
        look_for_unit(backend, args.unit)
        access = Access(backend, time.time)
        admitted = admit(access, request, grants, township=args.township, name=args.name, more=args.add)
    write_file(out, admitted.file, ADMISSION_HEAD)
    document = {
        "file": str(out),
        "device": admitted.device,
        "name": admitted.name,
        "short": admitted.short,
        "check": admitted.digits,
    }
    lines = [
        f"已批准“{admitted.name or admitted.device}”，案件编号用 {admitted.short}，核对码 {admitted.digits}。",
        f"请把 {out} 带回席位，在“同步”页点“② 取回批复…”。",
    ]
    return answer(args, document, lines)
