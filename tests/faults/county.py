"""A township's desks, their hub and their sticks; what befalls them; and how all is brought in order in the end."""

from __future__ import annotations

import hashlib
import resource
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest.mock import patch

from gridclient.domain.errors import GridClientError, StoreUnavailable, SyncFault
from gridclient.hub import feeds
from gridclient.hub.access import Applicant
from gridclient.services.enrolment import Grant
from gridclient.services.rows import Changes
from gridclient.services.sync_port import FeedPage, RoundEnd, RoundReport, SyncStore, Taken
from gridclient.sync.bundle import SUFFIX
from gridclient.sync.restart import start_anew
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.signing import new_key, public_key
from gridclient.sync.stick import export_bundle, import_bundle
from gridclient.sync.transport import Measure, Pacing
from gridclient.sync.wire import PushStatus, decode_reply, decode_request, encode_request
from tests.faults.desk import DEEDS, FULL, Desk
from tests.faults.line import Fault, HubHost, Killed, Line
from tests.faults.tally import injected
from tests.ui.fakes.invented_desk import NOW, TOWNSHIP

MOST_DESKS: Final = 5
_MOST_LAPS: Final = 12
_PAGE: Final = 200
_REFUSED: Final = frozenset({PushStatus.REFUSED, PushStatus.FORK, PushStatus.GAP, PushStatus.KNOWN})
Plan = Sequence[tuple[Fault, int]]


class County:
    """Everything of one run. ``lost`` are commands that a restore put aside before anybody else had them."""

    def __init__(self, folder: Path, grants: Sequence[Grant], *, hub_url: str = "", page: int = _PAGE) -> None:
        self.folder = folder
        self._small_pages = patch.object(feeds, "_LEAST_BYTES", page)  # a few events, so that a round has several
        self._small_pages.start()
        self._page = page
        self.hub = HubHost(hub_url or f"sqlite:///{folder / 'hub.db'}")
        self.lines: dict[str, Line] = {}
        self.desks: list[Desk] = []
        self.cases: list[str] = []
        self.sticks: list[Path] = []
        self.acknowledged: set[str] = set()
        self.lost: set[str] = set()
        self.copied = False  # two machines, or a machine and its backup, had the same waiting work
        self._numbers = iter(range(1, 10_000))
        for number, grant in enumerate(grants, 1):
            self._enrol(Desk(folder / f"desk{number}", f"d{number}", number, grant))

    def close(self) -> None:
        for desk in self.desks:
            desk.close()
        self.hub.stop()
        self._small_pages.stop()

    def _enrol(self, desk: Desk) -> None:
        key, access = new_key(), self.hub.service.access
        code = access.issue_code((desk.grant,), township=TOWNSHIP, name=desk.name)
        got = access.enrol(code, Applicant(desk.sync.device, desk.name, public_key(key)))
        desk.sync.keep_enrolment(got.enrolment(key, NOW, url="http://hub"))
        self._join(desk)

    def _join(self, desk: Desk) -> None:
        self.desks.append(desk)
        self.lines[desk.name] = Line(self.hub, desk.token, desk.sync.device)

    # -- work

    def register(self, place: int) -> None:
        desk = self.desks[place]
        if desk.grant == FULL:
            desk.tick(timedelta(minutes=1))
            self.cases.append(desk.register(f"案件{len(self.cases)}"))

    def act(self, place: int, case: int, deed: int) -> None:
        desk = self.desks[place]
        known = desk.cases()
        if known and desk.grant.writes:
            desk.tick(timedelta(minutes=1))
            desk.act(DEEDS[deed % len(DEEDS)], known[case % len(known)])

    def act_unknown(self, place: int, case: int) -> None:
        desk = self.desks[place]
        known = desk.cases()
        if known and desk.grant == FULL:
            desk.act_unknown(known[case % len(known)], "case_beamed_up")
            injected("version: event of an unknown kind")

    # -- line

    def round(self, place: int, plan: Plan = (), *, full_from: int | None = None) -> RoundReport | None:
        """One round of a desk with these faults; ``None`` when it was killed or waits for somebody to look."""
        desk = self.desks[place]
        if desk.sync.in_doubt():
            return None
        line = self.lines[desk.name]
        line.faults = deque(plan)
        store: SyncStore = desk.sync if full_from is None else _FullDisk(desk.sync, full_from)
        try:
            pacing = Pacing(up=Measure(self._page), down=Measure(self._page))
            report = run_round(store, line, RoundPorts(now=desk.clock.now), pacing)
        except Killed:
            desk.reopen()
            report = None
        line.faults.clear()
        self.note(desk)
        return report

    def note(self, desk: Desk) -> None:
        """What the desk shows as reported from now on must never be missing."""
        self.acknowledged |= desk.accounts("acked IS NOT NULL AND o.own = 1")

    def confirm(self, place: int) -> None:
        """Somebody looked at the desk: the restored one goes on, the forked one under new numbers."""
        desk = self.desks[place]
        desk.sync.end_doubt()
        report = self.round(place)
        if report is not None and report.error == "sync.fork":
            start_anew(desk.sync)

    # -- sticks

    def export(self, place: int, stick: int) -> None:
        """Adds to one of three sticks; what stood on it before stays about as an older copy."""
        file = self.folder / f"stick{stick % 3}{SUFFIX}"
        before = file.read_bytes() if file.exists() else b""
        desk = self.desks[place]
        try:
            export_bundle(desk.sync, file, now=desk.clock.now)
        except SyncFault:
            assert (file.read_bytes() if file.exists() else b"") == before, "a stick that was refused was changed"
            return
        injected("stick: exported")
        copy = self.folder / f"copy{next(self._numbers)}{SUFFIX}"
        copy.write_bytes(file.read_bytes())
        self.sticks.append(copy)

    def carry(self, place: int, stick: int) -> None:
        if not self.sticks:
            return
        desk = self.desks[place]
        try:
            import_bundle(desk.sync, self.sticks[stick % len(self.sticks)], now=desk.clock.now)
        except SyncFault as fault:
            injected(f"stick: refused ({fault.code})")
            return
        injected("stick: imported (any copy, any order, again)")

    def carry_broken(self, place: int, stick: int, how: int) -> None:
        """A stick that was cut off or changed in one bit is refused whole and left as it is."""
        if not self.sticks:
            return
        desk, data = self.desks[place], self.sticks[stick % len(self.sticks)].read_bytes()
        at = how % len(data)
        broken = data[:at] if how % 2 else data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
        file = self.folder / f"broken{SUFFIX}"
        file.write_bytes(broken)
        before = desk.accounts("1")
        with suppress(SyncFault):
            import_bundle(desk.sync, file, now=desk.clock.now)
            assert how % 2, "a changed stick was taken"
        assert file.read_bytes() == broken and (how % 2 or desk.accounts("1") == before)
        injected("stick: cut off or changed")

    # -- machines

    def back_up(self, place: int) -> None:
        self.desks[place].back_up(self.folder / f"backup{next(self._numbers)}.gridbackup")

    def restore(self, place: int) -> None:
        desk = self.desks[place]
        if desk.backup is not None:
            self.copied = True
            self.lost |= desk.restore(NOW + timedelta(seconds=next(self._numbers)))
            injected("machine: old backup restored")

    def twin(self, place: int) -> None:
        """The profile's folder is copied to another machine; both go on."""
        desk = self.desks[place]
        if len(self.desks) < MOST_DESKS and not desk.revoked:
            name = f"{desk.name}t{len(self.desks)}"
            twin = desk.copied(self.folder / name, name)
            twin.commands = 1000 * len(self.desks)
            self._join(twin)
            self.copied = True
            injected("machine: profile copied, both go on")

    def revoke(self, place: int) -> None:
        """With its twins, of course: they have the same name."""
        desk = self.desks[place]
        others = [d for d in self.desks if d.sync.device != desk.sync.device and d.grant == FULL and not d.revoked]
        if others and not desk.revoked:
            self.hub.service.access.revoke(desk.sync.device)
            for same in self.desks:
                same.revoked = same.revoked or same.sync.device == desk.sync.device
            injected("rights: device revoked in the middle")

    def deprive(self, place: int) -> None:
        """The right to the township is taken away, whatever waits."""
        desk = self.desks[place]
        if not desk.revoked:
            self._grant(desk, (Grant("ref"),))
            injected("rights: township taken away with work unsent")

    def give_back(self, place: int) -> None:
        desk = self.desks[place]
        if desk.deprived and not desk.revoked:
            self._grant(desk, (desk.grant,))
            injected("rights: township given back")

    def set_aside(self, at: int) -> None:
        """What the hub takes from the desk no more is set aside; it has to come when the right does."""
        if self.desks[at].sync.set_aside():
            injected("rights: unsent work set aside")

    def _grant(self, desk: Desk, grants: tuple[Grant, ...]) -> None:
        with self.hub.backend.writing() as ledger:
            known = ledger.device(desk.sync.device)
            assert known is not None
            ledger.keep_device(replace(known, grants=grants), hashlib.sha256(desk.token.encode()).digest())
        for same in self.desks:
            if same.sync.device == desk.sync.device:
                same.deprived = grants != (same.grant,)

    # -- attacks

    def forge(self, place: int, how: int) -> None:
        """Somebody who has the token, but not the key, sends the desk's last batch changed."""
        desk, line = self.desks[place], self.lines[self.desks[place].name]
        for body in reversed(line.requests):
            request = decode_request(body, desk.sync.device)
            if not request.pushes:
                continue
            push = request.pushes[0]
            record = push.records[-1]
            forged = (
                push._replace(records=(*push.records[:-1], record._replace(text='{"text":"假"}'))),
                push._replace(records=push.records[:-1])
                if len(push.records) > 1
                else push._replace(first=push.first + 1),
                push._replace(first=push.first + 1),
                push._replace(signature=bytes(64)),
                push._replace(link_after=bytes(32)),
                push._replace(origin=push.origin._replace(incarnation=push.origin.incarnation + 1)),
                push._replace(records=tuple(Random(how).sample(push.records, len(push.records)))),
            )[how % 7]
            given = encode_request(replace(request, pushes=(forged,), feeds=()))
            with suppress(GridClientError):
                reply = decode_reply(self.hub.sync(desk.token, given), desk.sync.device)
                same = forged == push
                taken = [result.status for result in reply.results]
                assert same or taken == [PushStatus.FORBIDDEN] or set(taken) <= _REFUSED, f"forged batch: {taken}"
            injected("forged: batch with the token, without the key")
            return

    def replay(self, place: int, how: int) -> None:
        """Somebody sends an old request of the desk again, byte for byte."""
        desk, line = self.desks[place], self.lines[self.desks[place].name]
        if line.requests:
            with suppress(GridClientError):
                self.hub.sync(desk.token, line.requests[how % len(line.requests)])
            injected("forged: old request replayed")

    # -- the end

    @property
    def honest(self) -> list[Desk]:
        return [desk for desk in self.desks if not desk.revoked]

    def heal(self) -> None:
        """All is repaired, everybody syncs until nothing moves any more."""
        self.hub.restart()
        for place, desk in enumerate(self.desks):
            desk.sync.end_doubt()
            self.give_back(place)
        for _ in range(_MOST_LAPS):
            if not self._lap():
                return
        raise AssertionError("the desks never come to rest")

    def _lap(self) -> bool:
        """One round of everybody; whether anything moved."""
        moved = False
        for place, desk in enumerate(self.desks):
            if desk.revoked:
                continue
            report = self.round(place)
            assert report is not None
            if report.error == "sync.fork":
                start_anew(desk.sync)
                moved = True
                continue
            settled = report.end is RoundEnd.DONE or report.error == "sync.unplaced"
            moved = moved or not settled or bool(report.pushed or report.pulled or desk.lamps.pending()[0])
            moved = moved or any(feed.repairing for feed in desk.sync.feeds())
        return moved


class _FullDisk:
    """A store whose disk is full from its so-manieth page of a round on, or from the beginning (0)."""

    def __init__(self, store: SyncStore, page: int) -> None:
        self._store = store
        self._page = page

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def begin_round(self) -> Changes:
        with _full_disk(self._page == 0):
            return self._store.begin_round()

    def take(self, page: FeedPage) -> Taken:
        self._page -= 1
        with _full_disk(self._page <= 0):
            return self._store.take(page)

    def keep_round(self, report: RoundReport) -> None:
        with _full_disk(self._page <= 0):
            self._store.keep_round(report)


@contextmanager
def _full_disk(full: bool) -> Iterator[None]:
    """Nothing can be written behind the first 4 KiB of any file of this process."""
    soft, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    if full:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, most))
    try:
        yield
    except StoreUnavailable:
        injected("disk: full in the middle of a desk's transaction")
        raise
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, most))
