"""The hub's record (``hub log``): who was admitted, turned away and refused.

Deeds are written together with what they do. Refusals, which a broken desk may repeat all day, are counted in memory
and written from time to time.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from gridclient.hub.rows import Note
from gridclient.sync.wire import PushStatus

KEPT_S: Final = 400 * 86_400
CODE_ISSUED: Final = "code_issued"
ENROLLED: Final = "enrolled"
ENROL_REFUSED: Final = "enrol_refused"
REVOKED: Final = "revoked"
RIGHTS_CHANGED: Final = "rights_changed"
FILES_LEFT: Final = "files_left"
DISK_FULL: Final = "disk"
MUCH_TODAY: Final = "day"
_PUSH: Final = "push_"
_WORDS: Final[Mapping[str, str]] = {
    CODE_ISSUED: "发注册码",
    ENROLLED: "注册",
    ENROL_REFUSED: "注册被拒",
    "sync.update_due": "版本太旧，没有同步：请更新席位程序",
    "sync.hub_old": "席位的版本较新，没有同步：请更新同步中心",
    "sync.refused": "请求不合格式，没有收",
    REVOKED: "吊销",
    RIGHTS_CHANGED: "改权限",
    FILES_LEFT: "附件没有收",
    f"{_PUSH}{PushStatus.FORK.value}": "编号重复",
    f"{_PUSH}{PushStatus.FORBIDDEN.value}": "无权上报",
    f"{_PUSH}{PushStatus.REFUSED.value}": "拒收（签名或内容不符）",
}
_REASONS: Final[Mapping[str, str]] = {
    "enrol.code_mistyped": "注册码输错",
    "enrol.code_unknown": "没有这个注册码",
    "enrol.code_used": "注册码已用过",
    "enrol.code_expired": "注册码已过期",
    "enrol.device_known": "设备已注册而密钥不同",
    "enrol.device_invalid": "申请不完整",
    "enrol.too_many": "输错太多次",
    DISK_FULL: "磁盘快满了",
    MUCH_TODAY: "这台席位今天传得太多，明天再收",
}
_MOST: Final = 1000


def word_of(kind: str) -> str:
    """The Chinese word for a kind of line; an unknown kind (of a later version) unchanged."""
    return _WORDS.get(kind, kind)


def detail_of(note: Note) -> str:
    """The details of a line in Chinese: why a desk was not admitted, and from which address it came, or why its files
    were not taken."""
    code, gap, rest = note.detail.partition(" ")
    return f"{_REASONS.get(code, code)}{gap}{rest}"


class Refusals:
    """Counts refusals until they are written. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: Counter[Note] = Counter()
        self._last: dict[Note, int] = {}

    def push(self, status: PushStatus, device: str, stream: str, at: int) -> None:
        """Counts a push that was refused. Statuses ``gap`` and ``known`` are normal and not counted."""
        if f"{_PUSH}{status.value}" in _WORDS:
            self._add(Note(0, f"{_PUSH}{status.value}", device, stream), at)

    def request(self, code: str, device: str, at: int) -> None:
        """Counts a request of a desk that cannot be read, or of no protocol version that the hub speaks."""
        self._add(Note(0, code, device), at)

    def enrolment(self, code: str, address: str, at: int) -> None:
        """Counts a failed enrolment."""
        self._add(Note(0, ENROL_REFUSED, detail=f"{code} {address}"), at)

    def files(self, why: str, device: str, at: int) -> None:
        """Counts a request to take a file for which there is no room."""
        self._add(Note(0, FILES_LEFT, device, detail=why), at)

    def taken(self) -> Sequence[Note]:
        """The lines since the last call, always sorted alike, so that two processes writing them cannot deadlock."""
        with self._lock:
            times, last, self._times, self._last = self._times, self._last, Counter(), {}
        return [note._replace(at=last[note], times=times[note]) for note in sorted(times)]

    def put_back(self, notes: Sequence[Note]) -> None:
        """Counts lines again that could not be written."""
        with self._lock:
            for line in notes:
                note = line._replace(at=0, times=1)
                self._times[note] += line.times
                self._last[note] = max(line.at, self._last.get(note, 0))

    def _add(self, note: Note, at: int) -> None:
        with self._lock:
            if note in self._times or len(self._times) < _MOST:
                self._times[note] += 1
                self._last[note] = at
