"""What must hold in the end: all stores and the hub have the same events, places and cases; nothing shown as reported
is missing, and nothing that was done is gone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from gridclient.domain.events import CHAIN_START, EventKey, Record, link_after, place_mark
from gridclient.domain.handing import units_handed
from gridclient.hub.backend import Backend
from gridclient.store.driver import Database
from gridclient.store.places import LOGGED
from gridclient.store.refolding import folded
from gridclient.store.verify import verify
from tests.faults.county import County
from tests.faults.desk import FULL, ONLY_HERE, PHONES, READER, TOWN, Desk
from tests.faults.tally import proved


class Placed(NamedTuple):
    """An event as the hub has it."""

    record: Record
    link: bytes


def assert_all_agree(county: County) -> None:
    """Raises ``AssertionError`` where anything differs."""
    hub = hub_events(county)
    if not county.copied:
        _assert_each_once(hub)
    for desk in county.desks:
        problems = verify(desk.database).problems
        assert problems == (), (desk.name, problems)
    for desk in county.honest:
        wanted = hub if desk.grant in (FULL, READER) else part_of(hub, desk.grant.unit)
        _assert_same_events(desk, wanted)
        if desk.grant.unit:
            _assert_nobody_named(desk)
        assert desk.lamps.pending()[0] == 0, (desk.name, "still waits")
    _assert_same_cases(county, hub)
    _assert_nothing_missing(county, hub)
    proved("all stores and the hub equal")
    proved("stores proved event by event (verify)", len(county.desks))
    proved("commands found again everywhere", sum(len(desk.recorded) for desk in county.desks))
    proved("events placed", len(hub))


def hub_events(county: County) -> dict[int, Placed]:
    """The hub's events, proved."""
    return placed_by(county.hub.backend.real)


def placed_by(hub: Backend) -> dict[int, Placed]:
    """A hub's events, proved: places without a gap, every chain, count and sum."""
    with hub.reading() as ledger:
        found = ledger.streams((TOWN,))
        if not found:
            return {}
        head, total = found[0].head, found[0].total
        origins = {row.no: row for row in ledger.origins(TOWN)}
        rows = ledger.events(TOWN, 0, head, head + 1, ())
    assert [row.position for row in rows] == list(range(1, head + 1)), "places of the hub"
    links: dict[int, tuple[int, bytes]] = {}
    events: dict[int, Placed] = {}
    for row in rows:
        origin = origins[row.origin]
        seq, before = links.get(row.origin, (0, CHAIN_START))
        key = EventKey(TOWN, origin.device, origin.incarnation, row.seq)
        record = Record(key, row.hlc, row.kind, row.version, row.subject, row.base, row.actor, row.text)
        assert row.seq == seq + 1 and row.link == link_after(before, record.canonical()), ("chain at the hub", key)
        links[row.origin] = (row.seq, row.link)
        events[row.position] = Placed(record, row.link)
    assert {no: (row.seq, row.link) for no, row in origins.items()} == links, "heads of chains at the hub"
    assert sum(place_mark(p, e.link) for p, e in events.items()) % 2**64 == total, "sum at the hub"
    return events


def part_of(hub: Mapping[int, Placed], unit: str) -> dict[int, Placed]:
    """The events of the cases that were ever handed to a unit."""
    theirs = {
        placed.record.subject
        for placed in hub.values()
        if unit in units_handed(placed.record.kind, json.loads(placed.record.text))
    }
    return {position: placed for position, placed in hub.items() if placed.record.subject in theirs}


def _assert_each_once(hub: Mapping[int, Placed]) -> None:
    """What somebody did stands once at the hub, under one number. Only two machines with the same waiting work, which
    part by new numbers, bring it twice."""
    done = Counter((record.actor, record.hlc, record.kind, record.subject) for record, _ in hub.values())
    twice = [deed for deed, times in done.items() if times > 1]
    assert not twice, ("is there twice", twice)
    proved("everything once at the hub (no machine copied)")


def _assert_same_events(desk: Desk, wanted: Mapping[int, Placed]) -> None:
    assert events_of(desk.database) == {p: e.link for p, e in wanted.items()}, (desk.name, "events")


def _assert_nobody_named(desk: Desk) -> None:
    """A department knows the telephones of its own dispatches, and no other."""
    with desk.database.reader() as connection:
        texts = [text for (text,) in connection.execute("SELECT payload FROM events")]
        phones = {phone for (phone,) in connection.execute("SELECT phone FROM cases")}
    assert phones <= {""}, (desk.name, "telephones", phones)
    for text in texts:
        if any(phone in text for phone in PHONES):
            payload = json.loads(text)
            assert desk.grant.unit in units_handed("", payload), (desk.name, "telephone", text)
            assert not any(phone in json.dumps({**payload, "contact": None}) for phone in PHONES), text


def events_of(database: Database) -> dict[int, bytes]:
    """Places and links in a store, which must have nothing else of the stream."""
    with database.reader() as connection:
        rows = connection.execute(
            f"SELECT acked, e.hash, o.device, o.incarnation, e.seq, e.actor FROM {LOGGED} "
            "JOIN origins o ON o.no = e.origin WHERE o.stream = ? ORDER BY acked",
            (TOWN,),
        ).fetchall()
    unplaced = [tuple(row[2:]) for row in rows if row[0] is None]
    assert not unplaced, ("has events that the hub has not", unplaced)
    return {row[0]: bytes(row[1]) for row in rows}


def _assert_same_cases(county: County, hub: Mapping[int, Placed]) -> None:
    """Tables are the same, and are what the hub's order folds to."""
    whole = [desk for desk in county.honest if desk.grant in (FULL, READER)]
    expected = case_tables(whole[0].database)
    for desk in county.honest:
        mine = case_tables(desk.database)
        if desk in whole:
            assert mine == expected, (desk.name, "tables")
        else:
            theirs = {case: expected[case] for case in mine}
            assert _unnamed(mine) == _unnamed(theirs), (desk.name, "tables")
    subjects: dict[str, list[Record]] = {}
    for placed in hub.values():
        subjects.setdefault(placed.record.subject, []).append(placed.record)
    cases = {subject: folded(record.event() for record in records) for subject, records in subjects.items()}
    known = {subject: case for subject, case in cases.items() if case is not None}
    assert set(known) == set(expected), "cases of the hub's order"
    for subject, case in known.items():
        assert whole[0].queries.case(subject) == case, "a case is not what the hub's order folds to"


def _unnamed(tables: Mapping[str, tuple[list[object], object]]) -> dict[str, object]:
    """Without telephones, which a department does not have."""
    return {
        case: ([value for value in row if value not in ("", *PHONES)], parts) for case, (row, parts) in tables.items()
    }


def case_tables(database: Database) -> dict[str, tuple[list[object], object]]:
    """The cases as the screens read them; numbers of rows are each store's own."""
    with database.reader() as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(cases)") if row[1] not in ("no", "pending")]
        found: dict[str, tuple[list[object], object]] = {}
        for case, *row in connection.execute(f"SELECT lower(hex(id)), {', '.join(columns)} FROM cases").fetchall():
            parts = connection.execute(
                "SELECT p.unit, p.role, p.state FROM parts p JOIN cases c ON c.no = p.case_no "
                "WHERE c.id = ? ORDER BY 1",
                (bytes.fromhex(case),),
            ).fetchall()
            found[case] = (row, parts)
    return found


def _assert_nothing_missing(county: County, hub: Mapping[int, Placed]) -> None:
    there = {placed.record.actor for placed in hub.values()}
    missing = county.acknowledged - there
    assert not missing, ("was shown as reported and is gone", sorted(missing))
    for desk in county.desks:
        here = desk.accounts(ONLY_HERE) if desk.revoked else set()
        gone = desk.recorded - there - here - county.lost
        assert not gone, (desk.name, "was done and is gone", sorted(gone))
