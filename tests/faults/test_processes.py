"""Hub, desks and workers as processes that are killed while they work; then all are equal and nothing said is gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import Future
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from random import Random

import pytest

from gridclient.composition import OpenedDesk, create_profile, open_desk
from gridclient.domain.case import CaseFacts
from gridclient.hub.access import Access
from gridclient.hub.opening import open_backend
from gridclient.hub.rights import grants_for
from gridclient.services.sync_port import RoundEnd, RoundReport
from gridclient.store.verify import verify
from gridclient.sync import transport
from gridclient.sync.enrolling import line_to
from gridclient.sync.lanes import Carried, Lanes
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.transport import Pacing
from gridclient.syncing import DeskLine
from tests.faults.bad_proxy import BadProxy
from tests.faults.proof import case_tables, events_of, placed_by
from tests.faults.tally import injected, proved

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
TOWNSHIP = "371002002"
_TURN_S = 0.6
_SEND_AHEAD = Lanes.send_ahead


def _command(*words: object) -> list[str]:
    return [sys.executable, "-m", "gridclient", *map(str, words)]


class HubProcess:
    """``gridclient hub serve``, which can be killed and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self.database = f"sqlite:///{folder / 'hub.db'}"
        self._folder = folder
        self.port = 0
        self.start()

    def start(self) -> None:
        words = _command("hub", "serve", "--db", self.database, "--listen", f"127.0.0.1:{self.port}", "--json")
        self._process = subprocess.Popen(
            [*words, "--folder", str(self._folder / "hub")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._process.stdout is not None
        told = b"".join(iter(self._process.stdout.readline, b"}\n")) + b"}"
        self.url = str(json.loads(told)["url"])
        self.port = int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def code(self) -> str:
        """A one-time code, as ``gridclient hub enrol`` makes it beside the running hub."""
        backend = open_backend(self.database)
        try:
            return Access(backend, time.time).issue_code(grants_for(TOWNSHIP), township=TOWNSHIP, name="席位")
        finally:
            backend.close()


class DeskProcess:
    """A desk at work. ``said``: the commands that it said were done."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self._name = name
        self._starts = 0
        self.said: set[str] = set()
        self.start()

    def start(self) -> None:
        self._starts += 1
        words = [sys.executable, "-m", "tests.faults.desk_process", str(self.folder), f"{self._name}.{self._starts}"]
        self._told = self.folder / f"told-{self._starts}"
        with self._told.open("wb") as out:
            self._process = subprocess.Popen(words, stdout=out, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while self._told.read_bytes().count(b"\n") < 2 and time.monotonic() < until:
            time.sleep(0.02)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        lines = self._told.read_text("utf-8").splitlines(keepends=True)
        self.said |= {line.strip() for line in lines[1:] if line.endswith("\n")}

    def kill_worker(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(int(self._told.read_text("utf-8").partition("\n")[0]), signal.SIGKILL)


def _enrolled(hub: HubProcess, url: str, folder: Path) -> Path:
    create_profile(folder, county=TOWNSHIP[:6], township=TOWNSHIP, name=folder.name)
    with open_desk(folder) as opened:
        DeskLine(opened).hub.enrol(url, hub.code())
    return folder


def _heal_and_prove(hub: HubProcess, desks: list[DeskProcess]) -> None:
    with ExitStack() as stack:
        opened = [stack.enter_context(open_desk(desk.folder)) for desk in desks]
        lines = [DeskLine(one) for one in opened]
        for _ in range(3):
            for line in lines:
                report = line.sync_once()
                assert report.end is RoundEnd.DONE, report.error
        backend = open_backend(hub.database)
        try:
            placed = placed_by(backend)
        finally:
            backend.close()
        there = {event.record.actor for event in placed.values()}
        for one, desk in zip(opened, desks, strict=True):
            assert verify(one.database).problems == ()
            assert events_of(one.database) == {position: event.link for position, event in placed.items()}
            assert desk.said <= there, sorted(desk.said - there)
        assert case_tables(opened[0].database) == case_tables(opened[1].database)
        proved("processes killed, all equal")
        proved("commands found again everywhere", sum(len(desk.said) for desk in desks))


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a matter of POSIX")
def test_whoever_is_killed_at_any_moment_all_are_equal_in_the_end(tmp_path: Path, is_full: bool) -> None:
    """Two desks work and sync; hub, workers, desks are killed at random, the line is cut and falls silent."""
    random = Random(11)
    hub = HubProcess(tmp_path)
    proxy = BadProxy(hub.port)
    desks: list[DeskProcess] = []
    try:
        for folder in [_enrolled(hub, proxy.url, tmp_path / name) for name in ("one", "two")]:
            desks.append(DeskProcess(folder, folder.name))
        for turn in range(40 if is_full else 5):
            time.sleep(random.random() * _TURN_S)
            _injure(("hub", "worker", "desk", "cut", "silent")[turn % 5], hub, proxy, random.choice(desks), random)
    finally:
        proxy.silent, proxy.cut_after = False, None
        for desk in desks:
            desk.kill()
        try:
            if desks:
                _heal_and_prove(hub, desks)
        finally:
            proxy.close()
            hub.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a matter of POSIX")
def test_two_requests_under_way_when_hub_or_line_break_are_placed_once(
    tmp_path: Path, is_full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "_SHARED", 5)
    random, ahead = Random(12), Counter[str]()

    def noted(lanes: Lanes, body: bytes) -> Future[Carried] | None:
        ahead["sent"] += 1
        return _SEND_AHEAD(lanes, body)

    monkeypatch.setattr(Lanes, "send_ahead", noted)
    hub = HubProcess(tmp_path)
    proxy = BadProxy(hub.port)
    try:
        with open_desk(_enrolled(hub, proxy.url, tmp_path / "one")) as opened:
            sync, ends = DeskLine(opened), set[RoundEnd]()
            for turn in range(30 if is_full else 4):
                for number in range(120):
                    opened.desk.register(CaseFacts(title=f"案件{turn}.{number}"))
                breaking = threading.Timer(random.random() * 0.3, hub.kill)
                if turn % 2:
                    breaking.start()
                else:
                    proxy.cut_after = random.randrange(1000, 40_000)
                ends.add(_quick_round(opened, sync).end)
                proxy.cut_after = None
                if turn % 2:
                    breaking.join()
                    hub.start()
            assert _quick_round(opened, sync).end is RoundEnd.DONE
            assert RoundEnd.FAILED in ends and ahead["sent"] > turn
            backend = open_backend(hub.database)
            placed = placed_by(backend)
            backend.close()
            assert len(placed) == 120 * (turn + 1)
            assert events_of(opened.database) == {position: event.link for position, event in placed.items()}
            assert verify(opened.database).problems == ()
    finally:
        proxy.close()
        hub.kill()


def _quick_round(opened: OpenedDesk, sync: DeskLine) -> RoundReport:
    """A round on a line that is known to be quick."""
    enrolment = sync.store.enrolment()
    assert enrolment is not None
    with closing(line_to(enrolment)) as line:
        return run_round(sync.store, line, RoundPorts(now=opened.desk.clock.now), Pacing(rate=1e9))


def _injure(what: str, hub: HubProcess, proxy: BadProxy, desk: DeskProcess, random: Random) -> None:
    injected(f"process: {what}" + ("" if what in ("cut", "silent") else " killed with -9"))
    match what:
        case "hub":
            hub.kill()
            time.sleep(random.random() * _TURN_S)
            hub.start()
        case "worker":
            desk.kill_worker()
        case "desk":
            desk.kill()
            desk.start()
        case "cut":
            proxy.cut_after = random.randrange(2000)
            time.sleep(_TURN_S)
            proxy.cut_after = None
        case _:
            proxy.silent = True
            time.sleep(_TURN_S)
            proxy.silent = False
