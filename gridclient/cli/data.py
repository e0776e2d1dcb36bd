"""Commands that make, fill, copy and check a profile: init, demo, import, verify, backup, restore."""

from __future__ import annotations

import argparse
import sys
from typing import Any, Final

from gridclient.cli.opening import open_desk
from gridclient.cli.output import Exit, answer, print_json, say
from gridclient.cli.parsing import WrongUse, add_account, coordinate_system, count_of, one_of, path_of
from gridclient.cli.verify_words import SEALED, problem_line
from gridclient.domain.errors import InvalidInput, NotFound, RuleViolation
from gridclient.services.error_text import sentence, sentence_of
from gridclient.services.import_findings import ImportOutcome, ImportPhase, Progress, RowFinding, unheard
from gridclient.services.import_order import BASE_MAP, ImportOrder
from gridclient.services.words import IMPORTS

_DEMO_CASES: Final = 3000
_LATER: Final = frozenset({"duties"})
"""Kinds of files that this version cannot import yet."""


def add_commands(commands: Any, output: argparse.ArgumentParser) -> None:
    """Adds these six commands."""
    init = commands.add_parser("init", parents=[output], help="建立席位")
    init.add_argument("--county", required=True, metavar="六位代码")
    init.add_argument("--township", required=True, metavar="九位代码")
    init.add_argument("--name", required=True, metavar="名称")
    init.set_defaults(run=make_profile)
    demo = commands.add_parser("demo", parents=[output], help="建立演示县")
    demo.add_argument("--cases", type=count_of(0), metavar="件数", help=f"默认 {_DEMO_CASES}")
    demo.add_argument("--seed", type=int, default=1, metavar="种子")
    demo.add_argument("--no-window", action="store_true", help="只建立，不打开席位")
    demo.add_argument("--second-desk", action="store_true", help="再打开第二个席位，看两个席位如何同步")
    demo.set_defaults(run=make_demo_county)
    bring = commands.add_parser("import", parents=[output], help="导入文件")
    bring.add_argument("kind", type=one_of(IMPORTS), metavar="种类", help="、".join(IMPORTS))
    bring.add_argument("file", type=path_of, metavar="文件")
    bring.add_argument("--crs", type=coordinate_system, metavar="坐标系", help="文件所用坐标系")
    bring.add_argument("--sheet", metavar="工作表")
    bring.add_argument("--mapping", type=path_of, metavar="列对应文件.toml", help="在 [columns] 下写 字段 = '列名'")
    bring.add_argument("--list", metavar="清单名称", default="", help="立案条件归入哪份清单，默认取文件名")
    bring.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    bring.set_defaults(run=bring_in)
    verify = commands.add_parser("verify", parents=[output], help="核对日志、表与计数")
    verify.add_argument("--accept", action="store_true", help="先把“内容被改动或缺失”的表照现状认下，记入操作记录")
    add_account(verify)
    verify.set_defaults(run=verify_store)
    backup = commands.add_parser("backup", parents=[output], help="备份到文件")
    backup.add_argument("file", type=path_of, metavar="文件")
    backup.set_defaults(run=back_up)
    restore = commands.add_parser("restore", parents=[output], help="从备份恢复")
    restore.add_argument("file", type=path_of, metavar="文件")
    restore.add_argument("--recovery-key", metavar="恢复码", help="备份来自别的电脑时需要")
    restore.set_defaults(run=bring_back)


def make_profile(args: argparse.Namespace) -> Exit:
    """Makes a new, empty desk and prints its recovery key."""
    from gridclient.composition import create_profile

    recovery = create_profile(args.profile, county=args.county, township=args.township, name=args.name)
    document = {"profile": str(args.profile), "township": args.township, "recovery_key": recovery}
    return answer(args, document, [f"席位已建立：{args.name}", f"恢复码（请抄下另存）：{recovery}"])


def make_demo_county(args: argparse.Namespace) -> Exit:
    """Makes the demo county, once; an old one that nobody worked in is made anew. Then opens its desk."""
    from gridclient.demo.building import make_demo

    wanted = _DEMO_CASES if args.cases is None else args.cases
    made = make_demo(
        args.profile, cases=wanted, seed=args.seed, progress=say if _is_watched(args) else lambda _text: None
    )
    if args.json:
        print_json(made)
    else:
        grids = sum(made["grids"].values())
        say(f"演示县：{made['townships']} 个镇街，{grids} 个网格，{made['units']} 个单位，{made['cases']} 件案件")
        if made["state"] == "worked_in":
            say("演示数据是早先建立的，许多时限已过；您在里面办过事，所以原样保留。要看新的情景，请换一个 --profile。")
    if args.cases not in (None, made["cases"]):
        say("这里早先已建立演示，件数不变，--cases 没有用上；要另建，请换一个 --profile。")
    if args.no_window:
        return Exit.DONE
    from gridclient.cli.windows import open_desk_window
    from gridclient.demo.running import demo_running

    with demo_running(args.profile, second_desk=args.second_desk):
        return open_desk_window(args)


def bring_in(args: argparse.Namespace) -> Exit:
    """Imports a file. Refused rows are listed, and then the status is 3."""
    from gridclient.importing import import_file

    if args.kind in _LATER:
        raise RuleViolation("import.not_available", kind=IMPORTS[args.kind])
    order = ImportOrder(
        kind=args.kind,
        file=args.file,
        crs=args.crs,
        sheet=args.sheet,
        mapping=args.mapping,
        dry_run=args.dry_run,
        list_name=args.list,
    )
    with open_desk(args.profile, read_only=args.dry_run) as opened:
        try:
            outcome = import_file(opened, order, progress=_import_progress(args))
        except InvalidInput as refused:
            if refused.code != "file.no_sheets":
                raise
            raise WrongUse(sentence_of(refused), "") from refused
    answer(args, _import_json(outcome), _import_lines(outcome))
    return Exit.PARTLY if outcome.refused else Exit.DONE


def _import_json(outcome: ImportOutcome) -> dict[str, Any]:
    summary = outcome.summary
    return {
        "kind": summary.kind,
        "rows": summary.rows,
        "imported": summary.imported,
        "unchanged": summary.unchanged,
        "refused": [_finding_json(row) for row in outcome.refused],
        "notices": [_finding_json(row) for row in outcome.notices],
        "seconds": summary.seconds,
    }


def _finding_json(row: RowFinding) -> dict[str, Any]:
    return {
        "sheet": row.sheet,
        "row": row.row,
        "column": row.column,
        "code": row.code,
        "message": sentence(row.code, **row.params),
    }


def _import_lines(outcome: ImportOutcome) -> list[str]:
    summary, dry_run = outcome.summary, outcome.dry_run
    if summary.kind == BASE_MAP:
        return ["这份底图已经在本机了。" if summary.unchanged else "可以导入。" if dry_run else "底图已导入。"]
    good, bad = ("可导入", "不能导入") if dry_run else ("导入", "未导入")
    counts = f"{good} {summary.imported}，已有 {summary.unchanged}，{bad} {summary.refused}"
    head = f"共 {summary.rows} 行：{counts}（{summary.seconds:.1f} 秒）"
    return [
        f"检查完毕，没有写入任何数据：{head}" if dry_run else head,
        *(_finding_line(row) for row in outcome.refused),
        *(f"提示：{_finding_line(row)}" for row in outcome.notices),
    ]


def _finding_line(row: RowFinding) -> str:
    place = f"第 {row.row} 行" if row.row else "整个文件"
    column = f" {row.column} 列" if row.column else ""
    return f"{row.sheet} {place}{column}：{sentence(row.code, **row.params)}".lstrip()


def verify_store(args: argparse.Namespace) -> Exit:
    """Builds the tables again from the log and compares. Status 1 if anything differs."""
    with open_desk(args.profile, account=args.account, read_only=not args.accept) as opened:
        accepted = opened.accept() if args.accept else ()
        report = opened.verify()
    document = {
        "ok": report.ok,
        "events": report.events,
        "cases": report.cases,
        "withheld": report.lacking,
        "problems": list(report.problems),
        "accepted": list(accepted),
    }
    lines = [
        *(f"已认下：{SEALED.get(table, table)}" for table in accepted),
        f"{'一致' if report.ok else '不一致'}：{report.events} 条记录，{report.cases} 件案件",
        *([f"其中 {report.lacking} 条未含来电人信息，校验值以同步中心为准"] if report.lacking else []),
        *map(problem_line, report.problems),
    ]
    answer(args, document, lines)
    return Exit.DONE if report.ok else Exit.REFUSED


def back_up(args: argparse.Namespace) -> Exit:
    """Writes an encrypted copy of the store into one file."""
    with open_desk(args.profile, read_only=True) as opened:
        opened.backup(args.file)
    return answer(args, {"file": str(args.file), "bytes": args.file.stat().st_size}, [f"已备份到 {args.file}"])


def bring_back(args: argparse.Namespace) -> Exit:
    """Replaces the store by a backup; the store that was there is kept beside it."""
    from gridclient.composition import restore_profile
    from gridclient.store.attachments import AttachmentStore
    from gridclient.store.profile_lock import profile_exists

    if not args.recovery_key and not profile_exists(args.profile):
        raise NotFound("backup.needs_key", folder=str(args.profile))
    kept = restore_profile(args.profile, args.file, key_text=args.recovery_key or "")
    with open_desk(args.profile, read_only=True) as opened:
        missing = AttachmentStore(opened.profile.attachments, opened.database).missing()
    lines = [f"已恢复 {args.file}", *([f"原数据保留在 {kept}"] if kept else [])]
    if missing:
        lines.append(f"有 {missing} 个照片或附件不在这里，备份里也没有：请把原数据目录的 attachments 复制过来。")
    return answer(
        args, {"restored": str(args.file), "kept": str(kept) if kept else None, "files_missing": missing}, lines
    )


def _is_watched(args: argparse.Namespace) -> bool:
    """Whether somebody sees progress: stderr is a terminal, and no script waits for JSON."""
    return not args.json and sys.stderr is not None and sys.stderr.isatty()


def _import_progress(args: argparse.Namespace) -> Progress:
    if not _is_watched(args):
        return unheard

    def show(phase: ImportPhase, done: int, total: int | None) -> None:
        words = {ImportPhase.READING: "读取", ImportPhase.CHECKING: "检查", ImportPhase.WRITING: "写入"}
        sys.stderr.write(f"\r{words[phase]} {done}{f'/{total}' if total else ''} 行 ")

    return show
