"""How many pushes a second a hub on PostgreSQL takes, with signatures and chain checked, and how long each waits.

    python -m tests.benchmarks.hub_load [--events 150000] [--writers 8] [--database sqlite] [--feeds]

The hub runs as processes of its own; the writers run here, beside it, and a polling reader in another process. Desks
have processors of their own, so requests are made before the clock starts and answers are taken apart after it; of the
reader's, only how far they go is looked at in between. All writers write until the number of events is reached: each
has more ready than its share, so that the rate is that of so many writers from the first push to the last. The reader
must have every event in the end. How late the writers' own clock ticks tells which part of their waiting is theirs.
The floor is the same rows put into the same database by plain SQL over as many connections.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import multiprocessing
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Final

import msgpack
import psutil
import psycopg
import uvloop

from gridclient.hub.access import Access
from gridclient.hub.backend import Backend
from gridclient.hub.opening import open_backend
from gridclient.hub.rights import grants_for
from gridclient.services.sync_port import FeedPage
from gridclient.sync.frame import unseal
from gridclient.sync.wire import MOST_REPLY, FeedAsk, PushStatus, decode_reply
from tests.fakes.hub_databases import KINDS, database
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events
from tests.fakes.running_hub import hub_process

_SIZE: Final = 20
_STREAMS: Final = 4
_START_S: Final = 30
_TICK_S: Final = 0.01
_READY: Final = 1.5  # of its share, what a writer has ready: who shares a process with the reader writes less
_GOAL_RATE, _GOAL_P99_MS = 400, 100


@dataclass(frozen=True, slots=True)
class Loader:
    """One writer: its desk and its requests, ready to be sent."""

    desk: HubDesk
    requests: Sequence[bytes]


def main() -> int:
    """Measures and tells; gives 1 when events were missed or a push was not applied."""
    options = argparse.ArgumentParser()
    options.add_argument("--events", type=int, default=150_000)
    options.add_argument("--writers", type=int, default=8)
    options.add_argument("--database", choices=KINDS, default="postgres")
    options.add_argument("--feeds", action="store_true", help="every push also asks for the stream's news")
    options.add_argument("--no-reader", action="store_true")
    options.add_argument("--processes", default="", help="of the hub; by itself one for each core")
    args = options.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="gridclient-hub-") as folder,
        database(args.database, Path(folder)) as url,
    ):
        return _measure(url, Path(folder), args)


def _measure(url: str, folder: Path, args: argparse.Namespace) -> int:
    backend = open_backend(url)
    loaders, reader = _prepare(backend, args)
    several = ("--processes", args.processes) if args.processes else ()
    with hub_process(url, folder, *several) as (hub, address):
        urllib.request.urlopen(f"{address}/health", timeout=_START_S).close()  # its processes serve
        port, most = int(address.rpartition(":")[2]), args.events // _SIZE
        load = uvloop.run(_load(port, loaders, most, None if args.no_reader else reader, partial(_cpu, hub)))
        spent = [after - earlier for after, earlier in zip(_cpu(hub), load.cpu[0], strict=True)]
        spent[2] += load.reader_cpu
    pushes = len(load.latencies)
    results = [
        result.status
        for loader, given in zip(loaders, load.replies, strict=True)
        for reply in given
        for result in decode_reply(reply, loader.desk.device).results
    ]
    failed = len(results) - results.count(PushStatus.APPLIED)
    p50, p99 = (quantile(load.latencies, q) for q in (0.5, 0.99))
    took = load.took
    print(f"{backend.describe().split()[0]}: {pushes} pushes of {_SIZE} by {args.writers} writers in {took:.1f} s")
    print(f"{pushes / took:.0f} pushes/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms (goal {_GOAL_RATE}, {_GOAL_P99_MS} ms)")
    sent = sorted(len(given) for given in load.replies)
    print(f"by writer: {sent[0]} to {sent[-1]} pushes, of {len(loaders[0].requests)} that were ready")
    cpu = ", ".join(f"{who} {s / pushes * 1000:.2f}" for who, s in zip(("hub", "server", "load"), spent, strict=True))
    print(
        f"CPU milliseconds a push: {cpu}; cores in use {sum(spent) / took:.2f}, the load's {spent[2] / sum(spent):.0%}"
    )
    print(_besides(load))
    print(f"the writers' clock was late: p50 {quantile(load.late, 0.5):.1f} ms, p99 {quantile(load.late, 0.99):.1f} ms")
    missed = 0
    if not args.no_reader:
        missed = pushes * _SIZE - load.seen
        print(f"reader: {load.seen} of {pushes * _SIZE} events seen, {missed} missed")
    if args.database == "postgres":
        rows = [
            [(r.key.seq, r.hlc, r.kind, r.subject, r.actor, r.text) for r in loader.desk.records[: len(given) * _SIZE]]
            for loader, given in zip(loaders, load.replies, strict=True)
        ]
        floor = _floor(url, rows)
        print(f"floor (the same rows by plain SQL, {args.writers} connections): {pushes / floor:.0f} transactions/s")
    backend.close()
    return 1 if failed or missed else 0


def _prepare(backend: Backend, args: argparse.Namespace) -> tuple[list[Loader], HubDesk]:
    access = Access(backend, time.time)
    each = int(args.events / args.writers * _READY) // _SIZE * _SIZE
    loaders = []
    for number in range(args.writers):
        township = f"37100200{1 + number % _STREAMS}"
        desk = HubDesk(f"writer-{number:04}", f"t:{township}")
        desk.enrol(access, grants_for(township), township)
        desk.records = list(invented_events(desk.origin, each, seed=number))
        feeds = (FeedAsk(desk.stream, 0, False),) if args.feeds else ()
        loaders.append(Loader(desk, [desk.request([push], feeds, 4096) for push in desk.pushes(1, each, _SIZE)]))
    reader = HubDesk("reader-0001", "t:371002001")
    reader.enrol(access, grants_for("", supervisor=True), "")
    return loaders, reader


def _cpu(hub: subprocess.Popen[bytes]) -> tuple[float, float, float]:
    """CPU seconds so far: of the hub, of the database server, of this process."""
    own = psutil.Process(hub.pid)
    servers = [p.info for p in psutil.process_iter(["name", "cpu_times"]) if p.info["name"] == "postgres"]
    return (
        sum(sum(p.cpu_times()[:2]) for p in (own, *own.children(recursive=True))),
        sum(sum(info["cpu_times"][:2]) for info in servers),
        time.process_time(),
    )


def _besides(load: Load) -> str:
    """What the machine did while the writers wrote besides: a figure from a busy machine is none."""
    before, after = load.machine
    own = sum(load.cpu[1]) - sum(load.cpu[0]) + load.reader_cpu
    idle, stolen = (getattr(after, name, 0.0) - getattr(before, name, 0.0) for name in ("idle", "steal"))
    rest = {"idle": idle, "others'": sum(after) - sum(before) - idle - stolen - own, "stolen": stolen}
    return (
        f"of {psutil.cpu_count()} cores: {', '.join(f'{spare / load.took:.2f} {who}' for who, spare in rest.items())}"
    )


def quantile(seconds: Sequence[float], part: float) -> float:
    """In milliseconds."""
    return sorted(seconds)[int(len(seconds) * part)] * 1000


@dataclass(slots=True)
class Load:
    """What came of it: replies by writer, seconds that each push took, how late a clock beside them ticked; CPU seconds
    and the machine's times before and after the writing."""

    replies: list[list[bytes]] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    seen: int = 0
    reader_cpu: float = 0.0
    took: float = 0.0
    cpu: list[tuple[float, float, float]] = field(default_factory=list)
    machine: list[Any] = field(default_factory=list)

    def look(self, cpu: Callable[[], tuple[float, float, float]]) -> None:
        self.cpu.append(cpu())
        self.machine.append(psutil.cpu_times())


async def _load(
    port: int,
    loaders: Sequence[Loader],
    most: int,
    reader: HubDesk | None,
    cpu: Callable[[], tuple[float, float, float]],
) -> Load:
    load, context = Load(), multiprocessing.get_context("spawn")
    ready, done, found = context.Event(), context.Event(), context.Array("d", 2)
    polling = context.Process(target=_poll_alone, args=(port, reader, ready, done, found)) if reader else None
    if polling:
        polling.start()
        ready.wait(_START_S)
    gc.collect()
    gc.disable()  # what the writers hold would be walked through while they measure
    clock = asyncio.create_task(tick(load.late))
    load.look(cpu)
    turns = iter(range(most))
    began = time.perf_counter()
    load.replies = list(await asyncio.gather(*(_write(port, loader, turns, load) for loader in loaders)))
    load.took = time.perf_counter() - began
    load.look(cpu)
    clock.cancel()
    gc.enable()
    done.set()
    if polling:
        polling.join()
        load.seen, load.reader_cpu = int(found[0]), found[1]
    return load


async def tick(late: list[float]) -> None:
    """How late this loop's clock ticks, until it is cancelled."""
    while True:
        due = time.perf_counter() + _TICK_S
        await asyncio.sleep(_TICK_S)
        late.append(time.perf_counter() - due)


async def _write(port: int, loader: Loader, turns: Iterator[int], load: Load) -> list[bytes]:
    line = await Line.open(port, loader.desk.token)
    replies = []
    for request, _ in zip(loader.requests, turns, strict=False):
        began = time.perf_counter()
        replies.append(await line.ask(request))
        load.latencies.append(time.perf_counter() - began)
    line.close()
    return replies


def _poll_alone(port: int, reader: HubDesk, ready: Event, done: Event, found: Any) -> None:
    """The reader's process: events seen, and CPU seconds until it had the last answer."""
    began = time.process_time()
    replies = uvloop.run(_poll(port, reader, ready, done))
    found[1] = time.process_time() - began
    found[0] = _seen(replies, reader.device)


async def _poll(port: int, reader: HubDesk, ready: Event, done: Event) -> list[bytes]:
    """The answers to one who reads all streams while others write, until he has all of them after the last push."""
    line = await Line.open(port, reader.token)
    cursors = dict.fromkeys((f"t:37100200{1 + number}" for number in range(_STREAMS)), 0)
    replies = []
    last = False
    ready.set()
    while True:
        ending = done.is_set()
        asks = [FeedAsk(feed, cursor, False) for feed, cursor in cursors.items()]
        replies.append(await line.ask(reader.request([], asks, 1 << 20)))
        pages = msgpack.unpackb(unseal(replies[-1], most=MOST_REPLY))[3]
        cursors |= {feed: cursor for feed, cursor, *_ in pages}
        if ending and last:
            break
        last = ending and all(complete for _, _, complete, *_ in pages)
        if not ending:
            await asyncio.sleep(0.25)
    line.close()
    return replies


def _seen(replies: Sequence[bytes], device: str) -> int:
    """How many events came; a missed one shows as a count that is too small."""
    cursors: dict[str, int] = {}
    seen = 0
    for page in [page for reply in replies for page in decode_reply(reply, device).pages]:
        assert isinstance(page, FeedPage)
        before = cursors.get(page.feed, 0)
        positions = [placed.position for placed in page.foreign]
        if positions and positions != list(range(before + 1, page.cursor + 1)):
            print(f"gap in {page.feed} after {before}")
        seen += len(positions)
        cursors[page.feed] = page.cursor
    return seen


class Line:
    """One kept connection; as little Python a request as possible, for it runs beside the hub."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> None:
        self._reader, self._writer, self._token = reader, writer, token.encode()

    @classmethod
    async def open(cls, port: int, token: str) -> Line:
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 24), token)

    async def ask(self, body: bytes) -> bytes:
        head = b"POST /v1/sync HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer %b\r\nContent-Length: %d\r\n\r\n"
        self._writer.write(head % (self._token, len(body)) + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(answer.decode())
        length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        return await self._reader.readexactly(length)

    def close(self) -> None:
        self._writer.close()


def _floor(url: str, rows: Sequence[Sequence[tuple[object, ...]]]) -> float:
    """Seconds for the same rows by plain SQL: a counter held, rows inserted, the counter moved, committed."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE floor(stream int, pos bigint, seq bigint, hlc bigint, kind text, subject text, actor text, "
            "payload text, link bytea, PRIMARY KEY (stream, pos))"
        )
        connection.execute("CREATE INDEX ON floor(stream, subject, pos)")
        connection.execute("CREATE TABLE floor_heads(stream int PRIMARY KEY, head bigint)")
        connection.execute("INSERT INTO floor_heads SELECT i, 0 FROM generate_series(0, %s) i", (_STREAMS,))
    threads = [
        threading.Thread(target=_floor_writer, args=(url, number % _STREAMS, given))
        for number, given in enumerate(rows)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def _floor_writer(url: str, stream: int, rows: Sequence[tuple[object, ...]]) -> None:
    link = bytes(32)
    with psycopg.connect(url, autocommit=True) as connection:
        for start in range(0, len(rows), _SIZE):
            part = rows[start : start + _SIZE]
            with connection.pipeline(), connection.transaction():
                found = connection.execute(
                    "UPDATE floor_heads SET head = head + %s WHERE stream = %s RETURNING head", (len(part), stream)
                ).fetchone()
                head = found[0] if found else 0
                columns = [list(column) for column in zip(*part, strict=True)]
                connection.execute(
                    "INSERT INTO floor SELECT %s, * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], "
                    "%s::text[], %s::text[], %s::text[], %s::bytea[])",
                    (stream, list(range(head - len(part) + 1, head + 1)), *columns, [link] * len(part)),
                )


if __name__ == "__main__":
    sys.exit(main())
