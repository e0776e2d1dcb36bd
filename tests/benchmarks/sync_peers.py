"""Bytes on the line and seconds, ours and of others that synchronise, on the same work set in one run.

    python -m tests.benchmarks.sync_peers [--texts invented|real|both] [--without NAME …]

10,000 events of cases, then 100 more, then nothing. Ours is a real hub process and a real desk store on loopback, with
plain HTTP; whatever has a server goes through the same counting proxy, to which both ways count. What has none
(geodiff, SQLite's sessions) counts with the size of its changeset alone. Ours and anki take turns seven times; bytes
and seconds are medians. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median
from typing import Final

from gridclient.domain.events import Record
from tests.benchmarks.counting_proxy import CountingProxy
from tests.benchmarks.peer_programs import PeerMissing, PeerScript, free_port, node_peer, python_peer, server
from tests.benchmarks.sync_place import running_hub
from tests.benchmarks.sync_work import (
    EVENTS,
    MESSAGES,
    as_written,
    dump,
    floor,
    invented_work,
    real_work,
)

OURS: Final = "gridclient"
GOALS: Final = (700_000, 8_000, 300)
"""Bytes of payload of the three steps; for invented texts. Real ones have a floor above the first."""
_STEPS: Final = ("first", "changes", "nothing")
_SETTLE_S: Final = 0.2
_TIMES: Final = 7
_SLOW: Final = ("pouchdb", "pygeodiff", "apsw")
"""Peers that are no rivals in seconds: they are measured once."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one step took. ``wire``: with HTTP heads, 0 where there is no line; ``requests`` likewise."""

    body: int
    wire: int
    requests: int
    seconds: float


Costs = dict[str, Cost]


@dataclass(frozen=True, slots=True)
class Work:
    """The work set in a file for peers, and the folder that a measurement may fill."""

    folder: Path

    def file(self, name: str) -> Path:
        return self.folder / name

    def place(self, name: str) -> Path:
        made = self.folder / name
        made.mkdir()
        return made


def ours(work: Work) -> Costs:
    """A desk's rounds: all that was written goes up, its places come back."""
    folder = work.place(OURS)
    with running_hub(folder) as hub, CountingProxy(int(hub.url.rpartition(":")[2])) as proxy:
        files = (str(work.file("work")), str(work.file("changes")))
        desk = (str(folder / "desk"), f"http://127.0.0.1:{proxy.port}", hub.code())
        with PeerScript([sys.executable], "gridclient_desk.py", *files, *desk) as script:
            return _steps(script, proxy)


def _counted(proxy: CountingProxy, doing: Callable[[], float]) -> Cost:
    before = proxy.counted
    seconds = doing()
    time.sleep(_SETTLE_S)
    passed = proxy.counted.since(before)
    return Cost(passed.body, passed.wire, passed.requests, seconds)


def anki(work: Work, way: str) -> Costs:
    """Anki's desktop library and its own server."""
    python = python_peer("anki")
    port, folder = free_port(), work.place(f"anki-{way}")
    settings = {"SYNC_USER1": "u:p", "SYNC_HOST": "127.0.0.1", "SYNC_PORT": str(port), "SYNC_BASE": str(folder / "hub")}
    with server([str(python), "-m", "anki.syncserver"], port, settings), CountingProxy(port) as proxy:
        url = f"http://127.0.0.1:{proxy.port}/"
        files = (str(work.file("work")), str(work.file("changes")))
        with PeerScript([str(python)], "anki_desk.py", *files, str(folder), url, way) as script:
            return _steps(script, proxy)


def pouchdb(work: Work) -> Costs:
    """PouchDB with express-pouchdb."""
    modules = str(node_peer())
    port, folder = free_port(), work.place("pouchdb")
    hub = ["node", str(Path(__file__).parent / "peers" / "pouchdb_server.js"), modules, str(folder), str(port)]
    with server(hub, port), CountingProxy(port) as proxy:
        url = f"http://127.0.0.1:{proxy.port}/events"
        files = (str(work.file("work")), str(work.file("changes")))
        with PeerScript(["node"], "pouchdb_desk.js", modules, *files, str(folder), url) as script:
            return _steps(script, proxy)


def _steps(script: PeerScript, proxy: CountingProxy) -> Costs:
    def let_go() -> float:
        told = script.step()
        if told is None:
            raise PeerMissing("a peer's script ended early")
        return float(told["seconds"])

    return {step: _counted(proxy, let_go) for step in _STEPS}


def changesets(work: Work, package: str, file: str) -> dict[str, Costs]:
    """Raw and packed changesets of a library without a line."""
    python, folder = python_peer(package), work.place(package)
    found: dict[str, Costs] = {"raw": {}, "zlib": {}}
    files = (str(work.file("work")), str(work.file("changes")))
    with PeerScript([str(python)], file, *files, str(folder)) as script:
        while told := script.step():
            for way, size in told["sizes"].items():
                found[way][told["step"]] = Cost(size, 0, 0, told["seconds"])
    return found


def everybody(work: Work, without: Sequence[str]) -> Iterator[tuple[str, Costs]]:
    """The costs of all that can be run here."""
    yield OURS, ours(work)
    peers: dict[str, Callable[[], dict[str, Costs]]] = {
        "anki": lambda: {f"anki, {way}": anki(work, way) for way in ("collection", "notes")},
        "pouchdb": lambda: {"pouchdb": pouchdb(work)},
        "pygeodiff": lambda: _named("geodiff", changesets(work, "pygeodiff", "geodiff_desk.py")),
        "apsw": lambda: _named("SQLite session", changesets(work, "apsw", "apsw_desk.py")),
    }
    for name, measure in peers.items():
        if name in without:
            continue
        try:
            yield from measure().items()
        except PeerMissing as missing:
            print(f"left out: {missing}")


def _named(name: str, found: dict[str, Costs]) -> dict[str, Costs]:
    return {f"{name}, {way}": costs for way, costs in found.items()}


def measure(name: str, records: Sequence[Record], without: Sequence[str], goals: Sequence[int]) -> list[str]:
    """Prints the table; gives what was missed: ``goals`` in bytes for each step, and being better than the others."""
    work_set, changes = records[:EVENTS], records[EVENTS:]
    size = sum(len(record.text.encode()) for record in work_set)
    print(f"\n{name}: {len(work_set)} events of {size / len(work_set):.0f} bytes, then {len(changes)}, then none")
    runs: list[dict[str, Costs]] = []
    for left_out in (without, *[(*without, *_SLOW)] * (_TIMES - 1)):
        with tempfile.TemporaryDirectory(prefix="gridclient-peers-") as scratch:
            work = Work(Path(scratch))
            dump(work_set, work.file("work"))
            dump(changes, work.file("changes"))
            runs.append(dict(everybody(work, left_out)))
    found = {peer: _in_the_middle([run[peer] for run in runs if peer in run]) for peer in runs[0]}
    heads = "".join(f"{step + ': payload':>18}{'with heads':>12}{'requests':>10}{'seconds':>9}" for step in _STEPS)
    print(f"{'':22}{heads}")
    for peer, costs in found.items():
        print(f"{peer:22}{''.join(_shown(costs.get(step)) for step in _STEPS)}")
    print(f"{'floor, zstd-19 columns':22}{floor(work_set):18,}{'':31}{floor(changes):18,}")
    return _missed(found, goals)


def _in_the_middle(runs: Sequence[Costs]) -> Costs:
    return {step: _median(run[step] for run in runs) for step in runs[0]}


def _median(costs: Iterable[Cost]) -> Cost:
    body, wire, requests, seconds = zip(*map(astuple, costs), strict=True)
    return Cost(int(median(body)), int(median(wire)), int(median(requests)), median(seconds))


def _shown(cost: Cost | None) -> str:
    if cost is None:
        return f"{'–':>18}{'':31}"
    line = f"{cost.wire:12,}{cost.requests:10}" if cost.wire else f"{'':22}"
    return f"{cost.body:18,}{line}{cost.seconds:9.3f}"


def _missed(found: dict[str, Costs], goals: Sequence[int]) -> list[str]:
    own = found[OURS]
    of_steps = zip(_STEPS, goals, strict=False)
    missed = [f"{step}: {own[step].body} bytes, goal {goal}" for step, goal in of_steps if own[step].body > goal]
    for peer, costs in found.items():
        for step, cost in costs.items():
            if peer != OURS and cost.body < own[step].body:
                missed.append(f"{step}: {peer} has fewer bytes ({cost.body} to {own[step].body})")
        if peer.startswith("anki") and costs["first"].seconds < own["first"].seconds:
            missed.append(f"first: {peer} is faster ({costs['first'].seconds:.3f} s to {own['first'].seconds:.3f} s)")
    return missed


def main() -> int:
    """Measures and tells; gives 1 when a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--texts", choices=("invented", "real", "both"), default="both")
    options.add_argument("--without", nargs="*", default=(), metavar="NAME")
    args = options.parse_args()
    missed = []
    if args.texts != "real":
        missed += measure("invented texts", as_written(invented_work()), args.without, GOALS)
    if args.texts != "invented" and MESSAGES.is_file():
        missed += measure("parts of real messages", as_written(real_work()), args.without, ())
    print("\n".join(["", *(f"MISSED {goal}" for goal in missed)]) if missed else "\nall goals met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
