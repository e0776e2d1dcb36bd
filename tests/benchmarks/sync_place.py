"""A real hub in a process of its own and real desks that are enrolled with it, for the sync benchmarks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gridclient.composition import OpenedDesk, create_profile, open_desk
from gridclient.services.sync_port import RoundEnd, RoundReport
from gridclient.sync.enrolling import line_to
from gridclient.sync.http import HttpTransport
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.transport import Pacing
from gridclient.syncing import DeskLine
from tests.benchmarks.sync_work import TOWNSHIP
from tests.fakes.running_hub import hub_process

_CHECKOUT: Final = Path(__file__).parents[2]
_COMMAND: Final = (sys.executable, "-m", "gridclient", "hub")
_END_S: Final = 20


@dataclass(frozen=True, slots=True)
class RunningHub:
    """A hub that serves at ``url``."""

    url: str
    database: str
    process: int

    def code(self, *kind: str) -> str:
        """A one-time code for a device; for a desk of the work set's township unless said otherwise."""
        given = kind or ("--township", TOWNSHIP)
        command = [*_COMMAND, "enrol", "--db", self.database, "--json", *given]
        done = subprocess.run(command, check=True, capture_output=True, cwd=_CHECKOUT, timeout=_END_S)
        return str(json.loads(done.stdout)["code"])


@contextmanager
def running_hub(
    folder: Path, listen: str = "127.0.0.1:0", *, prefix: Sequence[str] = (), database: str = ""
) -> Iterator[RunningHub]:
    """A hub until the block ends, on a new SQLite file unless a database is named.

    ``prefix`` stands before its command (another network namespace).
    """
    database = database or f"sqlite:///{folder / 'hub.db'}"
    with hub_process(database, folder, listen=listen, prefix=prefix) as (process, url):
        yield RunningHub(url, database, process.pid)


@dataclass(slots=True)
class BenchDesk:
    """A desk with the line that its worker would keep: one connection, and what was learnt of it."""

    opened: OpenedDesk
    sync: DeskLine
    pacing: Pacing = field(default_factory=Pacing)
    _line: HttpTransport | None = None

    @property
    def line(self) -> HttpTransport:
        if self._line is None:
            enrolment = self.sync.store.enrolment()
            assert enrolment is not None
            self._line = line_to(enrolment)
        return self._line

    def round(self) -> RoundReport:
        """One round; it has to go through."""
        around = RoundPorts(now=self.opened.desk.clock.now, waiting=self.sync.pending_events)
        report = run_round(self.sync.store, self.line, around, self.pacing)
        if report.end is not RoundEnd.DONE:
            raise SystemExit(f"round failed: {report.error} {report.params}")
        return report

    def hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


@contextmanager
def enrolled_desk(folder: Path, url: str, code: str) -> Iterator[BenchDesk]:
    """A new desk of the work set's township, enrolled with the hub at ``url``."""
    create_profile(folder, county=TOWNSHIP[:6], township=TOWNSHIP, name="指挥室")
    with open_desk(folder) as opened:
        desk = BenchDesk(opened, DeskLine(opened))
        desk.sync.hub.enrol(url, code)
        try:
            yield desk
        finally:
            desk.hang_up()
