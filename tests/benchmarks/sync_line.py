"""How long a hundred changes take over a slow and lossy line: up from one desk, down to another.

    python -m tests.benchmarks.sync_line [--runs 21] [--kbit 64]        (Linux, as root)

A real hub with its own certificate stands in one network namespace, two real desks in another, between them a line
(tests/fakes/bad_line.py). Times are of whole rounds, from the events in the store to their places in it: packing,
TLS, the hub's work, folding. The connection is kept open between rounds, as a desk's worker does; a round that has to
open it first is told apart. Loss is random, so the goal is for the median; how many runs meet it and the worst one are
told beside it.

A round is some five packets and their answers, and one loss costs a way there and back (some 1.8 s together) wherever
it falls, because both sides send company after their last packet. Where what is sent again is lost too, there are three
ways (2.6 s), or of an answer TCP's time-out; with 5 % that befalls about one round in forty. A second
connection on which the request is repeated would not be sooner: it comes after the first silence, and its own bytes
take half a second of line. To send everything twice at once would cost every round that half second.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks.sync_place import BenchDesk, enrolled_desk, running_hub
from tests.benchmarks.sync_work import CHANGES, EventClock, invented_work, write_events
from tests.fakes.bad_line import FAR_ADDRESS, BadLine, Quality, lines_can_be_made

_CHECKOUT: Final = Path(__file__).parents[2]
_BEFORE: Final = 1000
_REST_S: Final = 1.0
_PORT: Final = 8700


@dataclass(frozen=True, slots=True)
class Line:
    """A line and what a hundred changes may take on it, in seconds. ``trip_ms`` is there and back; loss is both ways'
    chance for every packet."""

    kbit: float
    trip_ms: float
    loss: float
    up_goal: float
    down_goal: float

    @property
    def quality(self) -> Quality:
        return Quality(delay_ms=self.trip_ms / 2, loss=self.loss, kbit=self.kbit)

    def floor(self, sent: int) -> float:
        """The least that physics allows: all bytes at the line's rate and one way there and back."""
        return sent * 8 / (self.kbit * 1000) + self.trip_ms / 1000


LINES: Final = (Line(256, 300, 0.02, 1.0, 0.7), Line(64, 600, 0.05, 2.0, 2.0))


class Took(NamedTuple):
    """One round: seconds, and bytes of payload both ways."""

    seconds: float
    size: int


class Times(NamedTuple):
    """The rounds of one line: each the same number of times."""

    up: list[Took]
    down: list[Took]
    nothing: list[Took]
    connecting: list[Took]


def measure(line: Line, runs: int) -> Times:
    """Lets two desks take turns on the line."""
    with tempfile.TemporaryDirectory(prefix="gridclient-line-") as scratch:
        folder = Path(scratch)
        with (
            BadLine(folder, Quality()) as between,
            running_hub(folder, f"{FAR_ADDRESS}:{_PORT}", prefix=between.command(between.far, ())) as hub,
        ):
            told = [sys.executable, "-m", "tests.benchmarks.sync_line", "--desks", scratch, "--runs", str(runs)]
            command = between.command(between.near, [*told, "--codes", hub.code(), hub.code()])
            desks = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_CHECKOUT)
            assert desks.stdin is not None and desks.stdout is not None
            desks.stdout.readline()  # they are enrolled and have what was there before
            between.set(line.quality)
            time.sleep(0.2)
            answer, _ = desks.communicate("\n")
    if desks.returncode:
        raise SystemExit("the desks broke off")
    return Times(*([Took(*pair) for pair in column] for column in json.loads(answer)))


def take_turns(folder: Path, codes: Sequence[str], runs: int) -> None:
    """The two desks' side, within their namespace."""
    url = f"https://{FAR_ADDRESS}:{_PORT}"
    records = iter(invented_work())
    clock = EventClock()
    with enrolled_desk(folder / "one", url, codes[0]) as one, enrolled_desk(folder / "two", url, codes[1]) as two:
        work = one.opened.work_with(clock)
        write_events(work, clock, [next(records) for _ in range(_BEFORE)])
        for desk in (one, two, one, two):
            desk.round()
        print(flush=True)
        sys.stdin.readline()
        times = Times([], [], [], [])
        for _ in range(runs):
            write_events(work, clock, [next(records) for _ in range(CHANGES)])
            for column, desk in ((times.up, one), (times.down, two), (times.nothing, one)):
                column.append(_timed(desk))
            two.hang_up()
            times.connecting.append(_timed(two))
        print(json.dumps(times), flush=True)


def _timed(desk: BenchDesk) -> Took:
    time.sleep(_REST_S)
    report = desk.round()
    return Took(report.seconds, report.bytes_sent + report.bytes_received)


def tell(line: Line, times: Times) -> Iterator[str]:
    """Prints a line's figures; gives the goals that were missed."""
    name = f"{line.kbit:.0f} kbit/s, {line.trip_ms:.0f} ms there and back, {line.loss:.0%} of packets lost"
    print(f"\n{name}; {len(times.up)} runs, seconds")
    print(f"{'':28}{'median':>8}{'p90':>8}{'worst':>8}{'within':>8}{'floor':>8}{'goal':>8}{'bytes':>8}")
    rows: tuple[tuple[str, list[Took], float | None], ...] = (
        (f"{CHANGES} changes up", times.up, line.up_goal),
        (f"{CHANGES} changes down", times.down, line.down_goal),
        ("a round without news", times.nothing, None),
        ("the same, line to be opened", times.connecting, None),
    )
    for what, took, goal in rows:
        seconds = sorted(one.seconds for one in took)
        most, within = seconds[len(seconds) * 9 // 10], sum(one <= goal for one in seconds) if goal else len(seconds)
        size = round(statistics.median(one.size for one in took))
        median, shown = statistics.median(seconds), f"{goal:8.1f}" if goal else f"{'–':>8}"
        told = f"{median:8.2f}{most:8.2f}{seconds[-1]:8.2f}{within:8}{line.floor(size):8.2f}"
        print(f"{what:28}{told}{shown}{size:8,}")
        if goal and median > goal:
            yield f"{name}: {what} {median:.2f} s, goal {goal:.1f} s"


def main() -> int:
    """Measures and tells; gives 1 when a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=21)
    options.add_argument("--kbit", type=float, help="only the line of this rate")
    options.add_argument("--desks", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--codes", nargs=2, help=argparse.SUPPRESS)
    args = options.parse_args()
    if args.desks:
        take_turns(args.desks, args.codes, args.runs)
        return 0
    if not lines_can_be_made():
        print("left out: needs Linux, root, ip and /dev/net/tun")
        return 0
    lines = [line for line in LINES if args.kbit in (None, line.kbit)]
    missed = [goal for line in lines for goal in tell(line, measure(line, args.runs))]
    print("\n".join(["", *(f"MISSED {goal}" for goal in missed)]) if missed else "\nall goals met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
