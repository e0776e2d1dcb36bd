"""``gridclient enrol``, ``sync`` and ``bundle``: exchange with the county's hub, over the line or by USB stick."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, Final

from gridclient.cli.opening import open_desk
from gridclient.cli.output import Exit, answer, say
from gridclient.cli.parsing import path_of
from gridclient.cli.shapes import iso
from gridclient.domain.roles import Action, may
from gridclient.services.deadline_text import off_text
from gridclient.services.enrolment import REFERENCE
from gridclient.services.error_text import sentence
from gridclient.services.rows import PutAside
from gridclient.services.sync_port import Refused, RoundEnd, RoundReport

_SYSTEM: Final = "system"


def add_commands(commands: Any, output: argparse.ArgumentParser) -> None:
    """Adds ``enrol``, ``sync`` and ``bundle export|import``."""
    enrol = commands.add_parser("enrol", parents=[output], help="用一次性注册码接入同步中心；没有网络时用U盘")
    enrol.add_argument("url", metavar="网址", nargs="?", default="")
    enrol.add_argument("code", metavar="注册码", nargs="?", default="")
    by_file = enrol.add_mutually_exclusive_group()
    by_file.add_argument("--request", type=path_of, metavar="文件.gridrequest", help="没有网络：写出注册申请，带到县里")
    by_file.add_argument("--admission", type=path_of, metavar="文件.gridadmission", help="没有网络：取县里带回的批复")
    enrol.set_defaults(run=enrol_desk, wrong=enrol.error)
    sync = commands.add_parser("sync", parents=[output], help="与同步中心同步一轮")
    sync.add_argument("--confirm", action="store_true", help="编号被另一台机器或旧备份用过：确认以新的编号继续")
    sync.add_argument("--url", default="", metavar="网址", help="同步中心换了网址：核对是原来的同步中心后改用")
    sync.add_argument("--proxy", metavar="代理", help="经哪个代理连接：网址、direct（不用代理）或 system（随系统）")
    sync.add_argument("--aside", action="store_true", help="搁置同步中心不会收的操作（不同步）：留在本机，不再算未上报")
    sync.set_defaults(run=sync_once)
    bundle = commands.add_parser("bundle", parents=[output], help="用U盘文件代替网络")
    actions = bundle.add_subparsers(metavar="操作", required=True)
    for name, words in (("export", "导出未上报的操作"), ("import", "导入别处的操作")):
        action = actions.add_parser(name, parents=[output], help=words)
        action.add_argument("file", type=path_of, metavar="文件.gridbundle")
        action.set_defaults(run=exchange_bundle, out=name == "export")


def enrol_desk(args: argparse.Namespace) -> Exit:
    """Enrols the desk of this profile: over the line, or by one of the two steps without a line."""
    by_file = args.request or args.admission
    if bool(args.code) == bool(by_file) or (by_file and args.url):
        args.wrong("请给出网址和注册码，或者只用 --request 或 --admission")
    if args.request:
        return _ask_by_file(args)
    from gridclient.syncing import DeskLine

    with open_desk(args.profile) as opened:
        hub = DeskLine(opened).hub
        enrolment = hub.take_admission(args.admission) if by_file else hub.enrol(args.url, args.code)
    feeds = [grant.feed for grant in enrolment.grants]
    line = f"已接入同步中心 {enrolment.url}，案件编号用 {enrolment.short}。"
    if by_file:
        line = f"已注册，案件编号用 {enrolment.short}；本席位不连网络，用 bundle export/import 交换。"
    document = {"hub": enrolment.hub, "url": enrolment.url, "short": enrolment.short, "feeds": feeds}
    return answer(args, document, [line])


def _ask_by_file(args: argparse.Namespace) -> Exit:
    """Writes the desk's request to be admitted; nothing in it is secret."""
    from gridclient.syncing import DeskLine

    with open_desk(args.profile) as opened:
        line = DeskLine(opened)
        check = line.hub.ask_by_file(args.request)
        device = line.store.device
    lines = [f"注册申请已写到 {args.request}，核对码 {check}。", "请带到县里，由管理员用 hub admit 批准后带回批复。"]
    return answer(args, {"file": str(args.request), "device": device, "check": check}, lines)


def sync_once(args: argparse.Namespace) -> Exit:
    """Runs one round. Status 3 if conflicts wait for people or the hub refuses something.

    After a restore it says so and goes on: the command itself is the confirmation for which the window asks. A fork
    needs ``--confirm``. What ``--proxy`` and ``--url`` say is kept.
    """
    from gridclient.syncing import DeskLine, fault_of

    if args.aside:
        return _set_aside(args)
    with open_desk(args.profile) as opened:
        line = DeskLine(opened)
        if args.proxy is not None:
            line.hub.choose_proxy("" if args.proxy == _SYSTEM else args.proxy)
        if args.url:
            say(f"已核对，改用网址 {line.hub.move(args.url).url}。")
        if line.store.in_doubt():
            say("本席位恢复过备份：备份之后已上报的会取回；没有上报的在被替换的旧数据里，另存在 backups 文件夹。")
        report = line.sync_once(confirmed=args.confirm)
        (pending, _, files), waiting = line.queries.pending(), line.conflicts()
        chooses = may(opened.desk.actor.role, Action.RESOLVE)
        refused, aside = line.queries.refused(), line.queries.set_aside()
    if report.end is not RoundEnd.DONE:
        raise fault_of(report)
    words = f"上报 {report.pushed} 条，收到 {report.pulled} 条，待上报 {pending} 条，用时 {report.seconds:.1f} 秒"
    document = _round_json(report, pending, waiting) | {"refused": _refused_json(refused), "aside": aside.events}
    answer(args, document, [words])
    if not args.json:
        _say_rest(report, files, waiting, chooses=chooses)
        _say_refused(refused, aside)
    return Exit.PARTLY if waiting or report.rejected or report.withdrawn or refused else Exit.DONE


def _say_rest(report: RoundReport, files: int, waiting: int, *, chooses: bool) -> None:
    """What a round that went through left behind. ``chooses``: who acts here may choose in a conflict."""
    if report.rejected:
        say(f"同步中心没有收下 {report.rejected} 条，仍保存在本机，请联系县级管理员。")
    if report.withdrawn:
        say(
            f"U盘带来的内容里，有 {report.withdrawn} 件案件同步中心没有收下，已从本机撤下；"
            "U盘和原席位上仍有，请联系县级管理员。"
        )
    if report.clock_off:
        say(f"本机时钟比同步中心{off_text(report.clock_off)}，请校准；同步不受影响。")
    if files:
        say(f"还有 {files} 个附件没有传完，只在本机；再次同步会接着传。")
    if report.error:
        say(sentence(report.error, **(report.params or {})))
    if waiting:
        say(f"有 {waiting} 件案件被两个席位同时处理，{'请在“冲突”中选择' if chooses else '等镇街席位选择'}。")


def _set_aside(args: argparse.Namespace) -> Exit:
    """Sets aside what the hub takes from this desk no more, by the rights that its last round told."""
    from gridclient.syncing import DeskLine

    with open_desk(args.profile) as opened:
        line = DeskLine(opened)
        refused = line.queries.refused()
        line.store.set_aside()
        pending, aside = line.queries.pending()[0], line.queries.set_aside()
    count = sum(found.events for found in refused)
    words = f"已搁置 {count} 条，待上报 {pending} 条。" if count else f"没有要搁置的，待上报 {pending} 条。"
    answer(args, {"set_aside": _refused_json(refused), "aside": aside.events, "pending": pending}, [words])
    if not args.json:
        _say_refused((), aside)
    return Exit.DONE


def _say_refused(refused: Sequence[Refused], aside: PutAside) -> None:
    """What can never be sent, with the reason and what to do; and what was set aside."""
    for found in refused:
        name = "基础数据" if found.code == REFERENCE else found.name
        why = "不是本单位的步骤，或案件没有派给本单位" if found.unit else "本席位没有上报它的权限"
        say(f"{name}：{found.events} 条（{found.cases} 件案件）同步中心不会收，{why}。")
    if refused:
        say("要上报的，请县级管理员加上权限（hub rights）；不用上报的，用 gridclient sync --aside 搁置，留在本机。")
    if aside.events:
        more = " 等" if aside.cases > len(aside.numbers) else ""
        which = f"{aside.cases} 件案件：{'、'.join(aside.numbers)}{more}" if aside.cases else "基础数据"
        say(f"另有 {aside.events} 条（{which}）已搁置，只在这台电脑上，请按时备份。")


def _refused_json(refused: Sequence[Refused]) -> list[dict[str, Any]]:
    return [
        {"code": found.code, "name": found.name, "unit": found.unit, "events": found.events, "cases": found.cases}
        for found in refused
    ]


def _round_json(report: RoundReport, pending: int, conflicts: int) -> dict[str, Any]:
    return {
        "pushed": report.pushed,
        "pulled": report.pulled,
        "pending": pending,
        "conflicts": conflicts,
        "rejected": report.rejected,
        "withdrawn": report.withdrawn,
        "bytes_sent": report.bytes_sent,
        "bytes_received": report.bytes_received,
        "seconds": round(report.seconds, 3),
        "hub_time": iso(report.hub_time),
    }


def exchange_bundle(args: argparse.Namespace) -> Exit:
    """Exports to or imports from a file. Status 3 if that made conflicts.

    An export adds the events that the hub does not have. An import takes the file in, wholly or not at all, and does
    not change it.
    """
    from gridclient.syncing import DeskLine

    with open_desk(args.profile) as opened:
        line = DeskLine(opened)
        report = line.export_bundle(args.file) if args.out else line.import_bundle(args.file)
    document = {
        "file": str(report.file),
        "events": report.events,
        "known": report.known,
        "acknowledged": report.acknowledged,
        "conflicts": report.conflicts,
        "cases": len(report.changes.cases),
    }
    arrived = f"，同步中心已收下本机 {report.acknowledged} 条" if report.acknowledged else ""
    word = "写入" if args.out else "导入"
    answer(args, document, [f"{word} {report.events} 条，已有 {report.known} 条{arrived}：{report.file}"])
    return Exit.PARTLY if report.conflicts else Exit.DONE
