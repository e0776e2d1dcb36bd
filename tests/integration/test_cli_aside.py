"""``gridclient sync --aside`` at a real hub: what a desk may report no more is named, set aside and goes later."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.command_line import CommandLine, new_case
from tests.fakes.patience import eventually
from tests.integration.test_cli_sync import OTHER_TOWNSHIP, TOWNSHIP, Desks, serving, titles


def seen_by_the_county(desks: Desks, device: str, *, refused: int, aside: int) -> None:
    """What the hub tells of the device; it writes that down every other second."""

    def told() -> list[tuple[str, int, int]]:
        rows = desks.hub("status").json["held"]
        return [(row["device"], row["refused"], row["aside"]) for row in rows]

    eventually(lambda: told() == [(device, refused, aside)], told)


def marks_of_the_case(desk: CommandLine) -> tuple[bool, bool]:
    """Whether something of the only case in the list waits, and whether something was set aside."""
    (case,) = desk.json("cases", "list").json["cases"]
    return case["pending"], case["aside"]


def test_what_a_right_that_was_taken_away_left_is_named_set_aside_and_goes_when_it_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(tmp_path / "hub") as hub:
        desks = Desks(tmp_path, hub, capsys)
        one, two = desks.make("a", "--township", TOWNSHIP), desks.make("b", "--township", TOWNSHIP)
        device = desks.device("a")
        assert "没有要搁置的" in one("sync", "--aside").out
        case = new_case(one, "路灯不亮")
        desks.hub("rights", device, "--township", OTHER_TOWNSHIP)
        ran = one("sync")
        assert ran.status == 3 and f"{TOWNSHIP}：1 条（1 件案件）同步中心不会收" in ran.err and "--aside" in ran.err
        (found,) = one.json("sync").json["refused"]
        assert (found["code"], found["events"], found["cases"]) == (TOWNSHIP, 1, 1)
        assert one("sync").status == 3, "it still waits, though it was not sent again"
        seen_by_the_county(desks, device, refused=1, aside=0)
        assert marks_of_the_case(one) == (True, False)
        assert one.json("sync", "--aside").json["pending"] == 0
        told = one("sync")
        assert told.status == 0 and "另有 1 条（1 件案件：" in told.err, told
        assert one.act(case, "note", text="又来电").status == 0
        followed = one.json("sync").json
        assert (followed["pending"], followed["aside"]) == (0, 2)
        assert marks_of_the_case(one) == (False, True)
        seen_by_the_county(desks, device, refused=0, aside=2)
        assert "没有上报的权限" in one("hub", "status", "--db", hub.database).out
        assert titles(one) == {"路灯不亮"} and one.json("verify").json["ok"]
        desks.hub("rights", device, "--township", TOWNSHIP, "--add")
        again = one.json("sync").json
        assert (again["pushed"], again["pending"], again["aside"]) == (2, 0, 0)
        assert marks_of_the_case(one) == (False, False)
        two.json("sync")
        assert titles(two) == {"路灯不亮"} and one.json("verify").json["ok"]
