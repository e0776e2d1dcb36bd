"""Builds the demo county in a profile: reference data as imports, cases as commands that were given in the past."""

from __future__ import annotations

import shutil
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from gridclient.composition import OpenedDesk, create_profile, open_desk
from gridclient.demo.cases import DemoCase, demo_cases
from gridclient.demo.county import LIST, DemoCounty, demo_county, division_records, grid_records
from gridclient.demo.freshness import keep, kept_by, making_of, note_making
from gridclient.demo.line import demo_hub, join_first_desk, make_second_desk
from gridclient.demo.lives import DemoStep
from gridclient.demo.places import COUNTY_CODE
from gridclient.domain.errors import Conflict, InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import AccountRole, Action, Actor
from gridclient.services.acting import ActOnCase, act_on_case
from gridclient.services.import_findings import ImportKind
from gridclient.services.import_records import Record
from gridclient.services.importing import import_records
from gridclient.services.ports import UnitOfWork
from gridclient.services.registering import RegisterCase, register_case
from gridclient.services.rows import CaseFilter
from gridclient.services.withholding import SALT_BYTES
from gridclient.store.import_sink import ReferenceSink
from gridclient.store.profile import refuse_other_files
from gridclient.store.profile_lock import profile_exists

DEFAULT_TOWNSHIP = "371002003"
_SECOND_NAME = "{township}综合信息指挥室·席位二（演示）"
_SCENES_A_TURN = 2000
_OPERATOR = Actor("operator", AccountRole.OPERATOR)


@dataclass(slots=True)
class DemoClock:
    """A clock that shows the time of the scene that is played."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass(slots=True)
class DemoIds:
    """Keys and salts by the seed, so that the same demo has the same events."""

    random: Random

    def new_id(self) -> str:
        return f"{self.random.getrandbits(128):032x}"

    def new_salt(self) -> str:
        return urlsafe_b64encode(self.random.randbytes(SALT_BYTES)).decode()


@frozen
class _Scene:
    """A moment of a case: its registration (no step) or an action."""

    at: datetime
    case: DemoCase
    step: DemoStep | None


def make_demo(
    folder: Path,
    *,
    cases: int,
    seed: int = 1,
    now: datetime | None = None,
    progress: Callable[[str], None] = lambda _text: None,
) -> dict[str, Any]:
    """Makes the demo county in ``folder`` and returns what it holds.

    An existing profile stays as it is, unless it is an old demo in which nobody has worked: most of that is overdue, so
    it is made again. A demo is built beside the folder and moved when it is complete.

    Raises ``InvalidInput("profile.folder_not_empty")``.
    """
    beside = _beside(folder, "making")
    state = "made"
    try:
        if profile_exists(folder):
            state = _made_anew(folder, beside, now=now, progress=progress)
        else:
            refuse_other_files(folder)
            _build(beside, cases=cases, seed=seed, now=now, progress=progress)
            _move(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    with open_desk(folder, read_only=True) as opened:
        return {**_contents(opened), "state": state}


def _beside(folder: Path, purpose: str) -> Path:
    """A path next to the folder; what an interrupted run left there is deleted."""
    place = folder.resolve().with_name(f".{folder.resolve().name}.{purpose}")
    shutil.rmtree(place, ignore_errors=True)
    return place


def _made_anew(folder: Path, beside: Path, *, now: datetime | None, progress: Callable[[str], None]) -> str:
    """Replaces an old demo in which nobody has worked. Returns ``made``, ``kept`` or ``worked_in``."""
    try:
        with open_desk(folder) as opened:
            making = making_of(opened)
            moment = now or opened.desk.clock.now()
        if making is None or not making.is_old(moment):
            return "kept"
        if not making.untouched:
            return "worked_in"
        progress("演示数据已过时，正在重建")
        _build(beside, cases=making.cases, seed=making.seed, now=now, progress=progress)
        with open_desk(folder) as opened:
            again, kept = making_of(opened), kept_by(opened)
    except Conflict:  # a desk has it open
        return "kept"
    if again != making:
        return "worked_in"
    with open_desk(beside) as opened:
        keep(opened, kept)
    before = _beside(folder, "before")
    folder.resolve().rename(before)
    beside.rename(folder.resolve())
    shutil.rmtree(before, ignore_errors=True)
    return "made"


def _build(folder: Path, *, cases: int, seed: int, now: datetime | None, progress: Callable[[str], None]) -> None:
    create_profile(folder, county=COUNTY_CODE, township=DEFAULT_TOWNSHIP, name="环翠区综合信息指挥室（演示）")
    with open_desk(folder) as opened:
        county = demo_county()
        progress("正在建立网格、单位和立案条件")
        _load_reference(opened, county)
        progress(f"正在写入 {cases} 件案件")
        moment = now or opened.desk.clock.now()
        calendar = opened.desk.reference.calendar()
        story = demo_cases(cases, seed=seed, county=county, now=moment, calendar=calendar)
        _Teller(opened, seed).tell(story)
        progress("正在建立同步中心和第二个席位")
        with demo_hub(folder) as hub:
            townships = {grid.code: grid.name for grid in opened.desk.reference.grids() if grid.tier == "township"}
            join_first_desk(opened, hub, townships)
            name = _SECOND_NAME.format(township=townships[DEFAULT_TOWNSHIP])
            make_second_desk(folder, hub, county=COUNTY_CODE, township=DEFAULT_TOWNSHIP, name=name)
        note_making(opened, at=moment, cases=cases, seed=seed)


def _move(source: Path, target: Path) -> None:
    """Moves the contents; the file that makes a folder a profile comes last."""
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(0o700)
    for part in sorted(source.iterdir(), key=lambda path: path.name == "profile.json"):
        part.replace(target / part.name)
    source.rmdir()


def _load_reference(opened: OpenedDesk, county: DemoCounty) -> None:
    parts: tuple[tuple[ImportKind, Iterator[Record]], ...] = (
        (ImportKind.DIVISIONS, division_records(county)),
        (ImportKind.GRIDS, grid_records(county)),
        (ImportKind.UNITS, iter(county.units)),
        (ImportKind.STANDARDS, (standard.record for standard in county.standards)),
    )
    for kind, records in parts:
        sink = ReferenceSink(opened.database, opened.desk.clock.now(), standard_list=LIST)
        outcome = import_records(records, file="demo", kind=kind, sink=sink, clock=opened.desk.clock)
        if outcome.refused:
            raise InvalidInput(outcome.refused[0].code, **outcome.refused[0].params)


def _contents(opened: OpenedDesk) -> dict[str, Any]:
    grids = opened.desk.reference.grids()
    return {
        "profile": str(opened.profile.folder),
        "townships": sum(g.tier == "township" for g in grids),
        "grids": {tier: sum(g.tier == tier for g in grids) for tier in ("zone", "community", "basic")},
        "units": len(opened.desk.reference.units()),
        "standards": len(opened.desk.reference.standards()),
        "cases": opened.desk.queries.total(CaseFilter()),
    }


class _Teller:
    """Plays all cases in the order of time, as commands of an operator and of the units."""

    def __init__(self, opened: OpenedDesk, seed: int) -> None:
        self._clock = DemoClock(opened.desk.clock.now())
        self._ids = DemoIds(Random(seed))
        self._reference = opened.reference
        self._work = opened.work_with(self._clock, DemoIds(Random(f"{seed} salt")).new_salt)
        self._keys: dict[int, str] = {}

    def tell(self, story: Iterable[DemoCase]) -> None:
        """Plays all cases, some thousand events in each transaction."""
        scenes = sorted(_scenes(story), key=lambda scene: scene.at)
        for first in range(0, len(scenes), _SCENES_A_TURN):
            with self._work() as unit_of_work:
                for scene in scenes[first : first + _SCENES_A_TURN]:
                    self._clock.at = scene.at
                    self._play(scene, unit_of_work)

    def _play(self, scene: _Scene, unit_of_work: UnitOfWork) -> None:
        def work() -> nullcontext[UnitOfWork]:
            return nullcontext(unit_of_work)

        if scene.step is None:
            command = RegisterCase(scene.case.facts, _OPERATOR, scene.case.level)
            registered = register_case(command, work=work, reference=self._reference, clock=self._clock, ids=self._ids)
            self._keys[scene.case.key] = registered.case_id
            return
        step = scene.step
        actor = (
            Actor(str(step.args["unit"]), AccountRole.UNIT, str(step.args["unit"])) if step.by == "unit" else _OPERATOR
        )
        act = ActOnCase(Action(step.action), self._keys[scene.case.key], actor, step.args)
        act_on_case(act, work=work, reference=self._reference, clock=self._clock)


def _scenes(story: Iterable[DemoCase]) -> Iterator[_Scene]:
    for case in story:
        yield _Scene(case.reported_at, case, None)
        yield from (_Scene(step.at, case, step) for step in case.steps)
