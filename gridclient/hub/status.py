"""The state of the hub for its administrator: as numbers, and as a plain page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from typing import Any, Final

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.frozen import frozen
from gridclient.hub.access import Access
from gridclient.hub.audit import detail_of, word_of
from gridclient.hub.backend import Backend
from gridclient.hub.ordering import grant_to_write
from gridclient.hub.rights import area_of, concrete, role_word
from gridclient.hub.rows import Device, Note, StreamRow
from gridclient.sync.terms import read_held

_SHOWN: Final = 20
_STYLE: Final = (
    "body{font:15px/1.6 sans-serif;margin:2em auto;max-width:60em;padding:0 1em;color:#222;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:.5em 0 2em}"
    "th,td{border-bottom:1px solid #ccc;padding:.3em .6em;text-align:left}"
    "th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}.gone{color:#888}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}th,td{border-color:#444}}"
)
_HELD_SAID: Final = (
    "<p>这些操作只在席位的电脑上：要收的，用 gridclient hub rights 加上权限，席位下次同步时自动上报；"
    "不用收的，席位可以搁置。</p>"
)
NOTE_TITLES: Final = ("时间", "事情", "设备", "数据流", "说明", "次数")
HELD_TITLES: Final = ("设备", "名称", "数据流", "原因", "未上报", "已搁置", "截至")


@frozen
class HeldRow:
    """Events of one stream that a device has and that the hub does not take from it, as it told last."""

    device: Device
    stream: str
    refused: int
    aside: int

    @property
    def why(self) -> str:
        """The reason, by the rights that the device has now."""
        grant = grant_to_write(concrete(self.device.grants, [self.stream]), self.stream)
        if grant is None:
            return "没有上报的权限"
        return "不是它的步骤，或案件没有派给它" if grant.unit else "已有权限，下次同步时上报"


@frozen
class HubStatus:
    """The state of the hub at one moment."""

    hub: str
    database: str
    streams: Sequence[StreamRow]
    devices: Sequence[Device]
    notes: Sequence[Note]
    held: Sequence[HeldRow] = ()

    @property
    def events(self) -> int:
        return sum(row.head for row in self.streams)

    @property
    def active(self) -> int:
        return sum(device.revoked_at is None for device in self.devices)

    def as_json(self) -> dict[str, Any]:
        """As ``hub status --json`` prints it."""
        return {
            "hub": self.hub,
            "database": self.database,
            "events": self.events,
            "devices": len(self.devices),
            "active": self.active,
            "streams": [{"stream": row.stream, "events": row.head} for row in self.streams],
            "held": [
                {
                    "device": row.device.device,
                    "stream": row.stream,
                    "refused": row.refused,
                    "aside": row.aside,
                    "why": row.why,
                    "seen_at": instant(row.device.seen_at),
                }
                for row in self.held
            ],
        }


def read_status(backend: Backend, access: Access) -> HubStatus:
    """Reads the state from the database."""
    hub = access.hub_id()
    with backend.reading() as ledger:
        devices, told = ledger.devices(), ledger.held()
        held = [
            HeldRow(device, *each)
            for device in devices
            if device.revoked_at is None
            for each in read_held(told[device.device].text if device.device in told else "")
        ]
        return HubStatus(hub, backend.describe(), ledger.streams(), devices, ledger.notes(_SHOWN), held)


def instant(seconds: int | None) -> str | None:
    """An instant in ISO form: ``2026-11-21T09:00:00+08:00``."""
    return None if seconds is None else datetime.fromtimestamp(seconds, CHINA_TIME).isoformat(timespec="seconds")


def moment(seconds: int | None) -> str:
    """An instant as text for people."""
    return "—" if seconds is None else f"{datetime.fromtimestamp(seconds, CHINA_TIME):%Y-%m-%d %H:%M}"


def status_page(status: HubStatus) -> str:
    """The HTML page: streams, devices, the newest lines of the record."""
    streams = _table(("数据流", "事件数"), ((row.stream, row.head) for row in status.streams))
    devices = _table(
        ("设备", "名称", "角色", "镇街", "注册", "最近联系", "状态"),
        (
            (
                device.device,
                device.name,
                role_word(device.grants),
                area_of(device.grants),
                moment(device.enrolled_at),
                moment(device.seen_at),
                "已吊销" if device.revoked_at else "正常",
            )
            for device in status.devices
        ),
    )
    notes = _table(NOTE_TITLES, note_cells(status.notes))
    held = f"<h2>席位上没有收的</h2>{_HELD_SAID}{_table(HELD_TITLES, held_cells(status.held))}" if status.held else ""
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>网格同步中心</title>'
        f"<style>{_STYLE}</style><h1>网格同步中心</h1>"
        f"<p>正在运行 · {escape(status.database)} · 共 {status.events} 条事件 · {status.active} 台设备可用</p>"
        f"{held}<h2>数据流</h2>{streams}<h2>设备</h2>{devices}<h2>记录</h2>{notes}</html>"
    )


def held_cells(held: Iterable[HeldRow]) -> Iterator[tuple[str | int, ...]]:
    """What devices have that the hub does not take, as table cells, with the titles :data:`HELD_TITLES`."""
    for row in held:
        named = row.device.device, row.device.name, row.stream
        yield *named, row.why, row.refused, row.aside, moment(row.device.seen_at)


def note_cells(notes: Iterable[Note]) -> Iterator[tuple[str | int, ...]]:
    """Lines of the hub's record as table cells, with the titles :data:`NOTE_TITLES`."""
    for note in notes:
        yield moment(note.at), word_of(note.kind), note.device, note.stream, detail_of(note), note.times


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    given = [tuple(row) for row in rows]
    signs = [_sign(value) for value in given[0]] if given else [""] * len(header)
    head = "".join(f"<th{sign}>{escape(title)}</th>" for title, sign in zip(header, signs, strict=True))
    lines = ("".join(f"<td{_sign(value)}>{escape(str(value))}</td>" for value in row) for row in given)
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _sign(value: object) -> str:
    """The mark of a cell with a number, and of its column's title: both stand on the right."""
    return " class=n" if isinstance(value, int) else ""
