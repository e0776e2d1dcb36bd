"""A desk that is killed while pages come in: a page is there whole or not at all, and what was said to be there is."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from pathlib import Path

from gridclient.domain.errors import RuleViolation
from gridclient.services.sync_port import FeedState
from gridclient.store.profile import open_profile
from gridclient.store.verify import verify
from tests.contract.stage import NOW, STREAM, UNITS
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import ToyDesk, desk_on, same_tables, toy_desk

_PAGE = 3


def lives(desk: ToyDesk, cases: int) -> None:
    """Cases whose events lie between each other in the stream."""
    ids = [desk.stage.register(f"案件{n}") for n in range(cases)]
    for step in (desk.stage.file, desk.stage.dispatch, lambda c: desk.stage.sign(c, UNITS[0]), desk.stage.close):
        for case_id in ids:
            try:
                step(case_id)
            except RuleViolation:  # closing takes three events; some lives end before
                continue


def killed_after(seconds: float, folder: Path, pages: Path) -> int:
    """The last cursor that a desk said it had before it was killed, so long after its first word."""
    command = [sys.executable, "-m", "tests.integration.sync_taker", str(folder), str(pages)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child, child.stdout:
        said = child.stdout.readline()
        time.sleep(seconds)
        child.kill()
        said += child.stdout.read()
    lines = said.splitlines(keepends=True)
    return int(next((line for line in reversed(lines) if line.endswith("\n")), "0"))


def test_killed_between_and_in_pages_nothing_is_half(tmp_path: Path) -> None:
    hub = FakeHub()
    with toy_desk(tmp_path / "1", 1) as one:
        one.enrol()
        lives(one, 40)
        one.round(hub)
        with toy_desk(tmp_path / "2", 2) as two:
            two.enrol()
            two.stage.register("自己的")
            device = two.device
        starts = range(0, len(hub.records(STREAM)), _PAGE)
        pages = [(at, hub.page(FeedState(STREAM, at, 0, 0), device, _PAGE)) for at in starts]
        (tmp_path / "pages").write_bytes(pickle.dumps(pages))
        for seconds in (0.0, 0.05, 0.13):
            said = killed_after(seconds, tmp_path / "2", tmp_path / "pages")
            with open_profile(tmp_path / "2", now=NOW) as profile:
                assert verify(profile.database).problems == ()
                assert desk_on(profile, 3).sync.feeds()[0].cursor >= said
        with open_profile(tmp_path / "2", now=NOW) as profile:
            again = desk_on(profile, 3)
            again.key = two.key
            again.round(hub)
            one.round(hub)
            assert same_tables([one, again])
            assert verify(profile.database).problems == ()
