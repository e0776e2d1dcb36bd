"""A legal calendar that comes later: open deadlines move, their cases say so, and every desk agrees."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gridclient.composition import OpenedDesk, open_desk
from gridclient.domain.calendar import CHINA_TIME, WorkCalendar
from gridclient.domain.errors import Cancelled, StoreUnavailable
from gridclient.recomputing import is_due, recompute, recompute_in_worker
from gridclient.services import recomputing
from gridclient.services.rows import Changes
from gridclient.store import legal_calendar
from gridclient.syncing import open_for_worker
from tests.fakes.command_line import CommandLine, copied, made_demo
from tests.integration.test_cli_sync import Desks, serving

TOMORROW = datetime.now(CHINA_TIME).date() + timedelta(days=1)


def days_off(folder: Path, first: date = TOMORROW) -> Path:
    """A calendar in which nobody works for two months from ``first``."""
    file = folder / "calendar.csv"
    days = [first + timedelta(days=number) for number in range(60)]
    file.write_text("\n".join(["日期,类型", *(f"{day},休" for day in days if day.weekday() < 5)]), "utf-8")
    return file


def shown(desk: CommandLine, case: str) -> dict[str, Any]:
    document: dict[str, Any] = desk.json("cases", "show", case).json
    return document


def assert_explained(document: dict[str, Any]) -> None:
    """What is told of how each running limit came about ends with its date."""
    for clock in document["clocks"]:
        if clock["stage"] == "handle" and clock["ended"] is None:
            assert clock["due"][:10] in clock["steps"][-1]


def kinds(document: dict[str, Any]) -> list[str]:
    return [entry["kind"] for entry in document["timeline"]]


@pytest.fixture
def demo_desk(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return CommandLine(copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "desk"), capsys)


def in_hand(desk: CommandLine) -> str:
    """A case of the demo that a unit has by working days, whose limit ends later than today."""
    for case in desk.json("cases", "list", "--state", "handling", "--limit", "200").json["cases"]:
        document = shown(desk, case["id"])
        running = [c for c in document["clocks"] if c["stage"] == "handle" and c["ended"] is None]
        if [c for c in running if "工作日" in c["steps"][0] and c["due"][:10] > TOMORROW.isoformat()]:
            return str(case["id"])
    pytest.fail("the demo has no such case")


def test_a_calendar_that_is_imported_moves_open_deadlines_and_says_so(demo_desk: CommandLine, tmp_path: Path) -> None:
    case = in_hand(demo_desk)
    before = shown(demo_desk, case)
    foreseen = demo_desk.json("import", "calendar", days_off(tmp_path), "--dry-run").json
    assert not foreseen["notices"] and shown(demo_desk, case) == before
    imported = demo_desk.json("import", "calendar", days_off(tmp_path)).json
    (notice,) = imported["notices"]
    assert notice["code"] == "import.deadlines_moved" and "时限已按新的放假安排重算" in notice["message"]
    after = shown(demo_desk, case)
    assert after["due"] > before["due"]
    assert_explained(after)
    assert kinds(after) == [*kinds(before), "deadline_recomputed"]
    assert after["timeline"][-1]["text"].startswith("时限重算 · ") and "时限至 " in after["timeline"][-1]["text"]
    assert demo_desk.act(case, "undo").code == "case.not_undoable"
    assert demo_desk.json("verify").json["ok"]


def test_a_calendar_that_moves_nothing_leaves_no_entry(demo_desk: CommandLine, tmp_path: Path) -> None:
    case = in_hand(demo_desk)
    before = shown(demo_desk, case)
    assert not demo_desk.json("import", "calendar", days_off(tmp_path, TOMORROW + timedelta(days=700))).json["notices"]
    assert shown(demo_desk, case) == before


def today(opened: OpenedDesk) -> tuple[WorkCalendar, date]:
    return opened.reference.calendar(), opened.desk.clock.now().date()


@pytest.fixture
def failed_import(demo_desk: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A calendar came in, and the store failed when its deadlines were worked out."""

    def failing(*_: object, **__: object) -> Changes:
        raise StoreUnavailable("store.locked")

    with monkeypatch.context() as patched:
        patched.setattr("gridclient.recomputing.recompute_deadlines", failing)
        answer: dict[str, Any] = demo_desk.json("import", "calendar", days_off(tmp_path)).json
    return answer


def test_what_was_cut_off_is_done_by_the_worker_after_its_next_round(
    demo_desk: CommandLine, failed_import: dict[str, Any]
) -> None:
    assert failed_import["rows"] and not failed_import["notices"], "the import itself was carried out"
    case = in_hand(demo_desk)
    before = shown(demo_desk, case)
    with open_for_worker(demo_desk.profile) as parts:
        assert case in parts.recompute(lambda _done, _all: None).cases
        assert not parts.recompute(lambda _done, _all: None), "once is enough"
    after = shown(demo_desk, case)
    assert after["due"] > before["due"]
    assert after["timeline"][-1]["actor"] == "system", "nobody did it"


@pytest.mark.usefixtures("failed_import")
def test_who_may_not_write_cases_leaves_it_to_who_may(demo_desk: CommandLine) -> None:
    with open_desk(demo_desk.profile, account="auditor") as opened:
        assert not recompute(opened)
    with open_desk(demo_desk.profile) as opened:
        assert is_due(opened.profile, *today(opened)) and recompute(opened)
        assert not is_due(opened.profile, *today(opened))


@pytest.mark.usefixtures("failed_import")
def test_what_is_ended_between_two_portions_goes_on_where_it_was(
    demo_desk: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recomputing, "AT_ONCE", 1)
    steps: list[tuple[int, int]] = []

    def advance(done: int, of_all: int) -> None:
        steps.append((done, of_all))
        if len(steps) == 3:
            raise Cancelled

    with open_desk(demo_desk.profile) as opened:
        recompute(opened, advance)
        assert is_due(opened.profile, *today(opened))
        recompute(opened, advance)
        assert steps[3] == (1, steps[0][1] - 3)
        assert not is_due(opened.profile, *today(opened))


def test_a_year_that_comes_with_an_update_moves_deadlines_of_a_desk_without_own_days(
    demo_desk: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = in_hand(demo_desk)
    before = shown(demo_desk, case)
    assert not recompute_in_worker(lambda *_: None, profile=demo_desk.profile)
    days = [TOMORROW + timedelta(days=number) for number in range(60)]
    announced = {**legal_calendar.announced_days(), **{day: False for day in days if day.weekday() < 5}}
    monkeypatch.setattr(legal_calendar, "announced_days", lambda: announced)
    assert case in recompute_in_worker(lambda *_: None, profile=demo_desk.profile).cases
    assert shown(demo_desk, case)["due"] > before["due"]


def test_every_desk_of_a_township_moves_them_when_the_calendar_comes_and_all_agree(
    demo_desk: CommandLine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(demo_desk.profile / "hub") as hub:
        case = in_hand(demo_desk)
        township = f"371002{shown(demo_desk, case)['grid'][6:9]}"
        desks = Desks(tmp_path, hub, capsys)
        one, two = (desks.make(name, "--township", township, township=township) for name in ("one", "two"))
        county = desks.make("county", "--county", township=township)
        for desk in (one, two, county):
            desk.json("sync")
        before = shown(one, case)
        file = days_off(tmp_path)
        assert not county.json("import", "calendar", file).json["notices"], "the county writes no case"
        assert two.json("import", "calendar", file).json["notices"]
        county.json("sync")
        assert one.json("sync").json["pending"] > 0
        assert kinds(shown(one, case)) == [*kinds(before), "deadline_recomputed"]
        for desk in (two, one, two, one):
            assert desk.json("sync").status == 0
        assert one.json("sync").json["pending"] == 0
        mine, theirs = shown(one, case), shown(two, case)
        assert mine["due"] == theirs["due"] > before["due"] and kinds(mine) == kinds(theirs)
        assert_explained(mine)
        assert all(desk.json("verify").json["ok"] for desk in (one, two, county))
