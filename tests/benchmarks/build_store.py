"""Builds a profile with the demo county and very many cases, through the store's own way of writing.

    python -m tests.benchmarks.build_store FOLDER CASES

The rows are the real service requests of ../shared/data replicated with shifted dates onto the demo's grids, every
fifth with the text of a real message; without that folder invented ones. A tenth is open, in all states.
"""

from __future__ import annotations

import csv
import io
import random
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import openpyxl

from gridclient.composition import FIRST_ACCOUNTS
from gridclient.demo.county import DemoCounty, demo_county, division_records, grid_records
from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.import_findings import ImportKind
from gridclient.services.importing import import_records
from gridclient.store.accounts import keep_accounts, keep_settings
from gridclient.store.import_sink import ReferenceSink
from gridclient.store.profile import Profile, create_profile, open_profile
from gridclient.store.profile_lock import profile_exists
from gridclient.store.unit_of_work import SqliteWork
from tests.fakes.set_clock import SetClock

REAL_DATA: Final = Path(__file__).resolve().parents[3] / "shared" / "data"
NOW: Final = datetime(2026, 11, 20, 10, 0, tzinfo=CHINA_TIME)
BATCH: Final = 4000
OPEN_SHARE: Final = 10
_CHANNELS: Final = ("grid_worker", "12345", "110", "digital_city", "smart_community", "patrol", "video", "visit")
_DAY: Final = 86_400
_YEARS: Final = 8


@dataclass(frozen=True, slots=True)
class Text:
    """What a case says."""

    title: str
    description: str
    address: str
    kind: str


def read_texts() -> list[Text]:
    """Real texts, or invented ones where there are no real data."""
    folder = REAL_DATA / "boston311_2011"
    if not folder.is_dir():
        return [
            Text(
                f"第{n}号路灯不亮，影响夜间出行",
                "居民反映路灯损坏多日，夜间出行不便，望尽快修复。",
                f"幸福路{n}号",
                "路灯",
            )
            for n in range(5000)
        ]
    with zipfile.ZipFile(next(folder.glob("*.zip"))) as archive:
        raw = io.TextIOWrapper(archive.open(archive.namelist()[0]), "utf-8", newline="")
        texts = [
            Text(row["case_title"], row["closure_reason"].strip(), row["location"].strip(), row["type"])
            for row in csv.DictReader(raw)
        ]
    return _with_messages(texts)


def _with_messages(texts: list[Text]) -> list[Text]:
    book = openpyxl.load_workbook(REAL_DATA / "tipdm2020" / "附件3.xlsx", read_only=True)
    messages = [row for row in book.worksheets[0].iter_rows(min_row=2, values_only=True) if row[2] and row[4]]
    book.close()
    for place in range(0, len(texts), 5):
        row = messages[place // 5 % len(messages)]
        texts[place] = Text(str(row[2]).strip(), str(row[4]).strip()[:200], texts[place].address, "来信")
    return texts


class CaseMaker:
    """Makes the events of one case after the other; the same seed gives the same cases."""

    def __init__(self, county: DemoCounty, cases: int, seed: int) -> None:
        self._random = random.Random(seed)
        self._texts = read_texts()
        self._grids = [grid for grid in county.grids if grid.tier == "basic"]
        self._places = [grid.geometry.representative_point() for grid in self._grids]
        self._units = [unit.code for unit in county.units]
        self._standards = [standard.code for standard in county.standards]
        self._cases = cases
        self._first_open = cases - cases // OPEN_SHARE

    def at(self, place: int) -> datetime:
        """When the case came in: evenly over the years, the open ones within the last sixty days."""
        if place >= self._first_open:
            share = (place - self._first_open) / max(1, self._cases - self._first_open)
            return NOW - timedelta(days=60 * (1 - share), minutes=30)
        return NOW - timedelta(days=61 + (_YEARS * 365 - 61) * (1 - place / self._first_open))

    def drafts(self, place: int, number: str, at: datetime) -> Iterator[EventDraft]:
        """All events of one case."""
        case_id = f"{self._random.getrandbits(128):032x}"
        grid = self._random.randrange(len(self._grids))
        stream = f"t:{self._grids[grid].code[:9]}"
        opening = self._opening(place, number, grid, int(at.timestamp()))
        yield EventDraft(EventKind.IMPORTED, case_id, stream, "bench", opening)
        if place >= self._first_open:
            for kind, payload in self._life():
                yield EventDraft(kind, case_id, stream, "bench", payload)

    def township(self, place: int) -> str:
        """Whose numbers the case gets."""
        return self._grids[place % len(self._grids)].code[:9]

    def _opening(self, place: int, number: str, grid: int, at: int) -> dict[str, Any]:
        chance, text, point = self._random, self._texts[place % len(self._texts)], self._places[grid]
        facts = {
            "title": text.title,
            "description": text.description,
            "channel": chance.choice(_CHANNELS),
            "case_class": text.kind,
            "grid": self._grids[grid].code,
            "address": text.address,
            "lon": round(point.x + chance.gauss(0, 0.002), 6),
            "lat": round(point.y + chance.gauss(0, 0.002), 6),
            "happened_at": at,
            "upper_number": str(101_000_000_000 + place),
        }
        if place % 4 == 0:
            facts["reporter_phone"] = f"138{chance.randrange(10**8):08d}"
        opening = {
            "facts": facts,
            "level": chance.choice((1, 2, 2, 3, 3, 3, 3, 4)),
            "registered_at": at,
            "number": number,
        }
        if place < self._first_open:
            opening["closed_at"] = at + chance.randrange(3600, 20 * _DAY)
        return opening

    def _life(self) -> Iterator[tuple[EventKind, dict[str, Any]]]:
        """What befell an open case; its deadline lies within three days of now."""
        chance, now = self._random, int(NOW.timestamp())
        due = now + chance.randrange(-3 * _DAY, 3 * _DAY)
        steps = chance.choice((0, 1, 2, 2, 3, 3, 3, 4, 5))
        if not steps:
            return
        yield (
            EventKind.FILED,
            {
                "facts": {"standard": chance.choice(self._standards)},
                "clocks": [{"stage": "dispatch", "limit": "15 minute", "due": due}],
            },
        )
        if steps == 1:
            return
        units = chance.sample(self._units, 1 + (chance.random() < 0.3))
        yield EventKind.DISPATCHED, self._dispatch(units, due, now)
        if steps == 5:
            yield EventKind.RETURNED, {"unit": units[0], "reason_code": "not_ours", "reason": "不属本单位职责"}
        elif steps > 2:
            yield EventKind.SIGNED, {"unit": units[0]}
        if steps == 4:
            yield (
                EventKind.FED_BACK,
                {
                    "unit": units[0],
                    "result": "已处理",
                    "clocks": [{"stage": "verify", "limit": "30 minute", "due": due}],
                },
            )

    @staticmethod
    def _dispatch(units: Sequence[str], due: int, now: int) -> dict[str, Any]:
        roles = ("lead", *["cooperating"] * (len(units) - 1))
        return {
            "assignments": [
                {"unit": unit, "role": role, "due": due, "limit": "3 work_day", "return_until": now + 2 * _DAY}
                for unit, role in zip(units, roles, strict=True)
            ],
            "clocks": [{"stage": "handle", "limit": "3 work_day", "due": due, "unit": units[0]}],
        }


def build(folder: Path, cases: int, *, seed: int = 1) -> Path:
    """A profile of its own for this number of cases below ``folder``; one that is there already is used again."""
    target = folder / f"cases-{cases}"
    if profile_exists(target) and (target / "complete").is_file():
        return target
    county = demo_county()
    with create_profile(target, now=NOW) as profile:
        _fill_reference(profile, county)
        started = time.perf_counter()
        _fill_cases(profile, CaseMaker(county, cases, seed), cases)
        seconds = time.perf_counter() - started
    print(f"{cases} cases in {seconds:.1f} s: {cases / seconds:,.0f} a second", flush=True)
    (target / "complete").touch()
    return target


def _fill_reference(profile: Profile, county: DemoCounty) -> None:
    for kind, records in (
        (ImportKind.DIVISIONS, division_records(county)),
        (ImportKind.GRIDS, grid_records(county)),
        (ImportKind.UNITS, iter(county.units)),
        (ImportKind.STANDARDS, (standard.record for standard in county.standards)),
    ):
        sink = ReferenceSink(profile.database, NOW)
        import_records(records, file="bench", kind=kind, sink=sink, clock=SetClock(NOW))
    with profile.database.writer() as connection:
        keep_accounts(connection, FIRST_ACCOUNTS)
        keep_settings(connection, {"township": "371002003", "name": "环翠区"})


def _fill_cases(profile: Profile, maker: CaseMaker, cases: int) -> None:
    clock = SetClock(NOW)
    work = SqliteWork(profile.database, profile.device, clock)
    places = iter(range(cases))
    while batch := list(islice(places, BATCH)):
        with work() as unit_of_work:
            for place in batch:
                at = maker.at(place)
                number = unit_of_work.next_number(maker.township(place), at.date())
                for draft in maker.drafts(place, number, at):
                    unit_of_work.record(draft)


def open_built(folder: Path) -> Profile:
    """A built profile, opened to be measured."""
    return open_profile(folder, now=NOW, lock=False)


if __name__ == "__main__":
    build(Path(sys.argv[1]), int(sys.argv[2]))
