"""Whether one hub carries 5,000 desks that ask every half minute: worked out from one round's cost, and tried.

    python -m tests.benchmarks.hub_desks [--desks 5000] [--seconds 45] [--database sqlite]

Every desk has a device, a token and an open connection of its own and comes after 30 s ± a fifth, as real ones do
(gridclient/sync/pace.py); one round in twenty brings an event. The desks run here, beside the hub, on the same cores:
how late their own clock ticks, and what the hub counted of its own time, tell whose the waiting is.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import random
import re
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
import urllib3

from gridclient.hub.access import Access
from gridclient.hub.opening import open_backend
from gridclient.hub.rights import grants_for
from gridclient.sync.pace import IDLE_S, JITTER
from gridclient.sync.wire import FeedAsk, PushStatus, decode_reply
from tests.benchmarks.hub_load import Line, quantile, tick
from tests.benchmarks.sync_place import RunningHub, running_hub
from tests.fakes.hub_databases import KINDS, database
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events

_IN_TOWNSHIP: Final = 20
_PUSHING: Final = 0.05
_MOST_EVENTS: Final = 10
_ALONE: Final = 1000
_AT_ONCE: Final = 50
_SPARE_FILES: Final = 200
_COUNTS_TOGETHER_S: Final = 2.5
_BOUNDS: Final = ("0.005", "0.025", "0.1")


@dataclass(slots=True)
class Tried:
    """What the desks saw: seconds of every round, and of those that brought something; rounds that went wrong."""

    took: list[float] = field(default_factory=list)
    pushing: list[float] = field(default_factory=list)
    pushed: int = 0
    failed: int = 0


def enrolled(database: str, count: int) -> list[HubDesk]:
    """Desks of many townships, each with some events that it may push."""
    backend = open_backend(database)
    access = Access(backend, time.time)
    desks = []
    for number in range(count):
        place = number // _IN_TOWNSHIP
        township = f"371{100 + place // 100}{1 + place % 100:03}"
        desk = HubDesk(f"desk-{number:06}", f"t:{township}")
        desk.enrol(access, grants_for(township), township)
        desk.records = list(invented_events(desk.origin, _MOST_EVENTS, seed=number))
        desks.append(desk)
    backend.close()
    return desks


class Caller:
    """One desk on its connection. It knows how far it has read."""

    def __init__(self, desk: HubDesk) -> None:
        self._desk = desk
        self._line: Line | None = None
        self._cursor = 0
        self._next = 1

    async def round(self, port: int, tried: Tried, *, pushes: bool) -> None:
        """One round-trip, and another when the first brought not everything."""
        if self._line is None:
            self._line = await Line.open(port, self._desk.token)
        given = [self._desk.push(self._next, 1)] if pushes and self._next <= _MOST_EVENTS else []
        asked = (FeedAsk(self._desk.stream, self._cursor, False), FeedAsk("ref", 0, False))
        request = self._desk.request(given, asked, 1 << 16)
        began = time.perf_counter()
        answer = await self._line.ask(request)
        tried.took.append(time.perf_counter() - began)
        if given:
            tried.pushing.append(tried.took[-1])
        reply = decode_reply(answer, self._desk.device)
        tried.failed += any(result.status is not PushStatus.APPLIED for result in reply.results)
        tried.pushed += len(given)
        self._next += len(given)
        self._cursor = max(
            (page.cursor for page in reply.pages if page.feed == self._desk.stream), default=self._cursor
        )

    def hang_up(self) -> None:
        if self._line is not None:
            self._line.close()


async def alone(port: int, callers: Sequence[Caller], rounds: int) -> Tried:
    """Rounds without news, one after the other: what one costs."""
    tried = Tried()
    for caller in itertools.islice(itertools.cycle(callers[:_AT_ONCE]), rounds):
        await caller.round(port, tried, pushes=False)
    return tried


async def together(port: int, callers: Sequence[Caller], seconds: float) -> Tried:
    """All desks at their own pace."""
    tried, chance = Tried(), random.Random(1)
    until = time.monotonic() + seconds

    async def live(caller: Caller) -> None:
        wait = chance.random() * IDLE_S
        while time.monotonic() + wait < until:
            await asyncio.sleep(wait)
            await caller.round(port, tried, pushes=chance.random() < _PUSHING)
            wait = IDLE_S * (1 + JITTER * (2 * chance.random() - 1))

    await asyncio.gather(*(live(caller) for caller in callers))
    return tried


def measure(hub: RunningHub, desks: Sequence[HubDesk], seconds: float) -> bool:
    """Prints both; gives whether all went as it should."""
    port, process = int(hub.url.rpartition(":")[2]), psutil.Process(hub.process)
    callers = [Caller(desk) for desk in desks]

    async def run() -> tuple[float, Tried, float, float, Counter[str]]:
        await alone(port, callers, _AT_ONCE)
        gc.collect()
        gc.disable()  # thousands of desks' events would be walked through while they measure
        before = _cpu(process)
        await alone(port, callers, _ALONE)
        one = (_cpu(process) - before) / _ALONE
        before = _cpu(process)
        counted, own = hub_times(hub), time.process_time()
        clock = asyncio.create_task(tick(late))
        tried = await together(port, callers, seconds)
        clock.cancel()
        spent = _cpu(process) - before
        load = time.process_time() - own
        await asyncio.sleep(_COUNTS_TOGETHER_S)
        slow = hub_times(hub) - counted
        for caller in callers:
            caller.hang_up()
        return one, tried, spent, load, slow

    late: list[float] = []
    one, tried, spent, load, slow = asyncio.run(run())
    rate = len(desks) / IDLE_S
    print(f"a round without news: {one * 1000:.2f} ms of the hub's processor")
    print(f"on paper: {len(desks)} desks every {IDLE_S:.0f} s are {rate:.0f} rounds/s, {one * rate:.0%} of one core")
    took = sorted(tried.took)
    p99 = took[int(len(took) * 0.99)] * 1000
    print(f"tried for {seconds:.0f} s: {len(took)} rounds, {len(took) / seconds:.0f}/s, {tried.pushed} with an event;")
    print(f"  p50 {statistics.median(took) * 1000:.1f} ms, p99 {p99:.1f} ms, worst {took[-1] * 1000:.0f} ms,", end=" ")
    print(f"{tried.failed} failed; the hub had {spent / seconds:.0%} of a core, the desks {load / seconds:.0%};")
    pushed = [quantile(tried.pushing, part) for part in (0.5, 0.99)]
    print(f"  rounds with an event: p50 {pushed[0]:.1f} ms, p99 {pushed[1]:.1f} ms;", end=" ")
    print(f"the desks' clock was late: p50 {quantile(late, 0.5):.1f} ms, p99 {quantile(late, 0.99):.1f} ms;", end=" ")
    shares = ", ".join(f"{slow[bound] / max(slow['+Inf'], 1):.1%} within {bound} s" for bound in _BOUNDS)
    print(f"in the hub itself: {shares}")
    return not tried.failed


def _cpu(process: psutil.Process) -> float:
    """CPU seconds of the hub, all its processes together."""
    return float(sum(sum(p.cpu_times()[:2]) for p in (process, *process.children(recursive=True))))


def hub_times(hub: RunningHub) -> Counter[str]:
    """Rounds that took the hub no longer than a bound, by the bound, as it counts them itself."""
    with urllib3.PoolManager() as pool:
        text = pool.request("GET", f"{hub.url}/metrics").data.decode()
    return Counter({bound: int(count) for bound, count in re.findall(r'seconds_bucket\{le="([^"]+)"\} (\d+)', text)})


def main() -> int:
    """Measures and tells; gives 1 when a round failed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--desks", type=int, default=5000)
    options.add_argument("--seconds", type=float, default=45.0)
    options.add_argument("--database", choices=KINDS, default="postgres")
    args = options.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    count = min(args.desks, most - _SPARE_FILES)
    with (
        tempfile.TemporaryDirectory(prefix="gridclient-hub-") as scratch,
        database(args.database, Path(scratch)) as url,
    ):
        desks = enrolled(url, count)
        with running_hub(Path(scratch), database=url) as hub:
            return 0 if measure(hub, desks, args.seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
