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
from gridclient.hub.rights import area_of, role_word
from gridclient.hub.rows import Device, Note, StreamRow

_SHOWN: Final = 20
_STYLE: Final = (
    "body{font:15px/1.6 sans-serif;margin:2em auto;max-width:60em;padding:0 1em;color:#222;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:.5em 0 2em}"
    "th,td{border-bottom:1px solid #ccc;padding:.3em .6em;text-align:left}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}.gone{color:#888}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}th,td{border-color:#444}}"
)


NOTE_TITLES: Final = ("时间", "事情", "设备", "数据流", "说明", "次数")


@frozen
class HubStatus:
    """The state of the hub at one moment."""

    hub: str
    database: str
    streams: Sequence[StreamRow]
    devices: Sequence[Device]
    notes: Sequence[Note]

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
        }


def read_status(backend: Backend, access: Access) -> HubStatus:
    """Reads the state from the database."""
    hub = access.hub_id()
    with backend.reading() as ledger:
        return HubStatus(hub, backend.describe(), ledger.streams(), ledger.devices(), ledger.notes(_SHOWN))


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
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>网格同步中心</title>'
        f"<style>{_STYLE}</style><h1>网格同步中心</h1>"
        f"<p>正在运行 · {escape(status.database)} · 共 {status.events} 条事件 · {status.active} 台设备可用</p>"
        f"<h2>数据流</h2>{streams}<h2>设备</h2>{devices}<h2>记录</h2>{notes}</html>"
    )


def note_cells(notes: Iterable[Note]) -> Iterator[tuple[str | int, ...]]:
    """Lines of the hub's record as table cells, with the titles :data:`NOTE_TITLES`."""
    for note in notes:
        yield moment(note.at), word_of(note.kind), note.device, note.stream, detail_of(note), note.times


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in header)
    lines = ("".join(_cell(value) for value in row) for row in rows)
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _cell(value: object) -> str:
    return f"<td{' class=n' if isinstance(value, int) else ''}>{escape(str(value))}</td>"
