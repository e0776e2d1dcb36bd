"""The work set of the sync benchmarks: 10,000 events of cases with about 300 bytes of Chinese text each, 100 more.

Invented throughout, or (where ../shared/data is) with a part of a real message wherever a case has words of its own:
no two of those are alike, so they pack worse than sentences that were put together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgpack
import openpyxl
import zstandard

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.events import EventDraft, EventKind, Record, payload_text
from gridclient.services.ports import Work
from gridclient.services.sync_port import OriginKey
from gridclient.services.withholding import salted
from tests.fakes.invented_events import invented_events

EVENTS: Final = 10_000
CHANGES: Final = 100
TOWNSHIP: Final = "371002001"
ORIGIN: Final = OriginKey(f"t:{TOWNSHIP}", "0123456789abcdef", 1)
MESSAGES: Final = Path(__file__).resolve().parents[3] / "shared" / "data" / "tipdm2020" / "附件3.xlsx"
_PART: Final = 150
_LEAST_PART: Final = 60
_TRANSACTION: Final = 500


def invented_work() -> list[Record]:
    """The work and the changes after it, invented."""
    return list(invented_events(ORIGIN, EVENTS + CHANGES, details=9))


def real_texts(length: int) -> list[str]:
    """Parts of real messages of so many characters, none of them twice."""
    book = openpyxl.load_workbook(MESSAGES, read_only=True)
    texts = [str(row[4]).strip() for row in book.worksheets[0].iter_rows(min_row=2, values_only=True) if row[4]]
    book.close()
    parts = (text[start : start + length] for text in texts for start in range(0, len(text), length))
    return list(dict.fromkeys(part for part in parts if len(part) >= _LEAST_PART))


def real_work() -> list[Record]:
    """The same lives of cases; what people said and wrote is real."""
    texts = iter(real_texts(_PART))
    return [record._replace(text=_with(record, texts)) for record in invented_work()]


def _with(record: Record, texts: Iterator[str]) -> str:
    payload = json.loads(record.text)
    if "description" in payload.get("facts", {}):
        payload["facts"]["description"] = next(texts)
    elif "text" in payload:
        payload["text"] = next(texts)
    return payload_text(payload)


def as_written(records: Sequence[Record]) -> list[Record]:
    """The events with the salts that a desk gives them as it writes them."""
    return [record._replace(text=payload_text(salted(json.loads(record.text)))) for record in records]


def floor(records: Sequence[Record]) -> int:
    """What plain columns under zstd-19 take, in one piece, without dictionary, signature or frame."""
    subjects: dict[str, int] = {}
    columns: list[Any] = [
        [r.hlc - before.hlc for before, r in zip([records[0], *records], records, strict=False)],
        [r.kind for r in records],
        [subjects.setdefault(r.subject, len(subjects)) for r in records],
        [r.base for r in records],
        [r.actor for r in records],
    ]
    ids = b"".join(bytes.fromhex(subject) for subject in subjects)
    texts = "\n".join(r.text for r in records).encode()
    return len(zstandard.ZstdCompressor(level=19).compress(msgpack.packb([*columns, ids, texts])))


def dump(records: Sequence[Record], file: Path) -> None:
    """The events as peers read them: a JSON object a line, the payload as its text."""
    rows = (
        {"seq": r.key.seq, "hlc": r.hlc, "kind": r.kind, "subject": r.subject, "base": r.base, "actor": r.actor}
        | {"payload": r.text}
        for r in records
    )
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


@dataclass(slots=True)
class EventClock:
    """Shows when the next event of the work set happened."""

    at: datetime = datetime(2026, 11, 20, tzinfo=CHINA_TIME)

    def now(self) -> datetime:
        return self.at

    def put(self, record: Record) -> None:
        self.at = datetime.fromtimestamp((record.hlc >> 16) / 1000, CHINA_TIME)


def write_events(work: Work, clock: EventClock, records: Sequence[Record]) -> None:
    """Writes the events as a desk writes its own: folded, numbered, chained. ``work`` is dated by ``clock``."""
    for start in range(0, len(records), _TRANSACTION):
        with work() as unit_of_work:
            for record in records[start : start + _TRANSACTION]:
                clock.put(record)
                payload = json.loads(record.text)
                kind = EventKind(record.kind)
                unit_of_work.record(EventDraft(kind, record.subject, record.key.stream, record.actor, payload))
