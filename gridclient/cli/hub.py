"""Commands of the county's hub: serve, enrol a device, list devices, revoke one or change its rights, tell how it
stands. Those for sticks are in :mod:`.hub_stick`, those for its records in :mod:`.hub_upkeep`."""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gridclient.cli import hub_stick, hub_upkeep
from gridclient.cli.hub_database import add_database, database_url, opened_database
from gridclient.cli.output import Exit, answer, print_json, say, table
from gridclient.cli.parsing import count_of, path_of

if TYPE_CHECKING:
    import socket
    from multiprocessing.synchronize import Event

    from gridclient.hub.access import Access
    from gridclient.hub.backend import Backend
    from gridclient.hub.serve import Part

_LISTEN: Final = "127.0.0.1:8700"


def add_commands(commands: Any, output: argparse.ArgumentParser) -> None:
    """Adds ``hub …``."""
    hub = commands.add_parser("hub", parents=[output], help="同步中心")
    actions = hub.add_subparsers(metavar="操作", required=True)
    serve = _action(actions, output, "serve", "运行同步中心", run_hub)
    serve.add_argument("--listen", default=_LISTEN, metavar="地址:端口", help=f"监听地址，默认 {_LISTEN}")
    serve.add_argument("--cert", type=path_of, metavar="证书.pem", help="TLS 证书；不给时自制一份")
    serve.add_argument("--key", type=path_of, metavar="私钥.pem", help="证书的私钥；不给时在证书文件里找")
    serve.add_argument("--plain", action="store_true", help="不用 TLS，只在反向代理之后使用")
    serve.add_argument("--behind", action="append", default=[], metavar="地址", help="反向代理的地址，可以写几次")
    serve.add_argument("--url", default="", metavar="网址", help="席位连接用的网址")
    serve.add_argument("--processes", type=count_of(1), metavar="个数", help="进程数，默认按数据库和处理器选定")
    serve.add_argument("--folder", type=path_of, metavar="目录", help="附件、证书和日志所在目录")
    enrol = _action(actions, output, "enrol", "发一次性注册码", issue_code)
    hub_stick.add_role(enrol)
    enrol.add_argument("--url", default="", metavar="网址", help="席位连接用的网址，默认用同步中心记下的")
    _action(actions, output, "devices", "列出设备", list_devices)
    revoke = _action(actions, output, "revoke", "吊销设备", revoke_device)
    revoke.add_argument("device", metavar="设备")
    rights = _action(actions, output, "rights", "改连网席位的权限，不用重新注册", change_rights)
    rights.add_argument("device", metavar="设备")
    rights.add_argument("--add", action="store_true", help="在原有权限之外再加，不替换")
    hub_stick.add_role(rights)
    _action(actions, output, "status", "同步中心的情况", show_status)
    hub_stick.add_commands(actions, output)
    hub_upkeep.add_commands(actions, output)


def _action(actions: Any, output: argparse.ArgumentParser, name: str, words: str, run: Any) -> Any:
    parser = actions.add_parser(name, parents=[output], help=words)
    add_database(parser, run)
    return parser


def run_hub(args: argparse.Namespace) -> Exit:
    """Serves until a signal comes."""
    from gridclient.hub.serve import Listening, read_address, read_proxy, read_url, sensible_processes, serve
    from gridclient.logs import kept_log

    host, port = read_address(args.listen)
    folder = _folder(args)
    behind = tuple(read_proxy(text) for text in args.behind)
    listening = Listening(host, port, args.cert, args.key, args.plain, read_url(args.url), behind)

    def ready(url: str) -> None:
        if args.json:
            print_json({"url": url, "folder": str(folder)})
        say(f"同步中心运行在 {url}，按 Ctrl+C 停止。管理口令在 {folder / 'admin-token'}。")

    _quieten_uvicorn()
    database = database_url(args)
    processes = args.processes or sensible_processes(database)
    with kept_log(folder / "logs"):
        serve(database, listening, folder, processes=processes, member=serve_member, ready=ready)
    return Exit.DONE


def serve_member(number: int, listens: Event, channel: socket.socket, part: Part) -> None:
    """Serves as one of several processes of a hub until a signal comes, with a log of its own."""
    from gridclient.hub.serve import serve_part
    from gridclient.logs import kept_log

    _quieten_uvicorn()
    with kept_log(part.settings.files.parent / "logs" / f"process-{number + 1}"):
        serve_part(number, listens, channel, part)


def _quieten_uvicorn() -> None:
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # it warns of every request that is none


def issue_code(args: argparse.Namespace) -> Exit:
    """Makes a one-time code and prints it with the hub's address."""
    from gridclient.hub.access import URL_FACT
    from gridclient.hub.rights import area_of, grants_for, role_word
    from gridclient.hub.serve import FINGERPRINT_FACT, read_url

    grants = grants_for(args.township, unit=args.unit, supervisor=args.supervisor, county=args.county)
    given = read_url(args.url)
    with opened_database(args, makes=True) as backend:
        hub_stick.look_for_unit(backend, args.unit)
        with backend.reading() as ledger:
            url, fingerprint = ledger.fact(URL_FACT), ledger.fact(FINGERPRINT_FACT)
        told = given or url or f"http://{_LISTEN}"
        code = _access(backend).issue_code(
            grants, township=args.township, name=args.name, fingerprint=bytes.fromhex(fingerprint or "")
        )
    lines = [f"身份：{role_word(grants)}，{area_of(grants)}", f"网址：{told}", f"注册码：{code}"]
    answer(args, {"url": told, "code": code}, [*lines, "七天内有效，只能使用一次。"])
    if url is None and not given:
        say("同步中心还没有运行过，网址按默认填写；如果监听其他地址，请先运行再发码。")
    return Exit.DONE


def list_devices(args: argparse.Namespace) -> Exit:
    """Prints all devices that ever enrolled."""
    from gridclient.hub.rights import area_of, role_of, role_word
    from gridclient.hub.status import instant, moment

    with opened_database(args) as backend:
        devices = _access(backend).devices()
    document = [
        {
            "device": d.device,
            "name": d.name,
            "township": d.township,
            "short": d.short,
            "role": role_of(d.grants),
            "grants": d.grants,
            "enrolled_at": instant(d.enrolled_at),
            "seen_at": instant(d.seen_at),
            "revoked_at": instant(d.revoked_at),
        }
        for d in devices
    ]
    rows = (
        (
            d.device,
            d.name,
            role_word(d.grants),
            area_of(d.grants),
            moment(d.seen_at),
            "已吊销" if d.revoked_at else "正常",
        )
        for d in devices
    )
    return answer(args, document, table(("设备", "名称", "角色", "镇街", "最近联系", "状态"), rows))


def revoke_device(args: argparse.Namespace) -> Exit:
    """Turns a device away from now on."""
    with opened_database(args) as backend:
        _access(backend).revoke(args.device)
    return answer(args, {"revoked": args.device}, [f"设备 {args.device} 已吊销。"])


def change_rights(args: argparse.Namespace) -> Exit:
    """Replaces the rights of an enrolled device, or adds to them. A desk on the line learns of it with its next round,
    one without a line with another admission."""
    from gridclient.hub.rights import grants_for

    grants = grants_for(args.township, unit=args.unit, supervisor=args.supervisor, county=args.county)
    with opened_database(args) as backend:
        hub_stick.look_for_unit(backend, args.unit)
        access = _access(backend)
        after = access.change_rights(args.device, grants, township=args.township, more=args.add)
        feeds = [grant.feed for grant in access.grants_of(after)]
    lines = [
        f"设备 {after.device} 现在的数据流：{'、'.join(feeds)}。",
        "连网的席位下一轮同步时生效，不用重新注册。",
        "只用U盘的席位没有同步：请它再写一份申请，用 hub admit 按新的权限批准，取回批复后生效。",
    ]
    return answer(args, {"device": after.device, "short": after.short, "feeds": feeds}, lines)


def show_status(args: argparse.Namespace) -> Exit:
    """Prints the numbers of events and devices."""
    from gridclient.hub.status import HELD_TITLES, held_cells, read_status

    with opened_database(args) as backend:
        status = read_status(backend, _access(backend))
    streams = table(("数据流", "事件数"), ((row.stream, row.head) for row in status.streams))
    head = f"{status.database}：{status.events} 条事件，{status.active} 台设备可用"
    held = ["", "席位上没有收的操作：", *table(HELD_TITLES, held_cells(status.held))] if status.held else []
    return answer(args, status.as_json(), [head, *streams, *held])


def _access(backend: Backend) -> Access:
    from gridclient.hub.access import Access

    return Access(backend, time.time)


def _folder(args: argparse.Namespace) -> Path:
    """The folder for the hub's files (attachments, certificate, logs): beside an SQLite database, else ``hub`` in the
    profile."""
    from gridclient.hub.opening import sqlite_file

    given: Path | None = args.folder
    file = sqlite_file(database_url(args))
    return given or (file.resolve().parent if file else args.profile / "hub")
