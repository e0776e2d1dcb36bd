"""Everything that the panel shows of a case, as one value that is read on a pool thread."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from gridclient.domain.calendar import WorkCalendar, WorkingHours
from gridclient.domain.case import Case, CaseClock
from gridclient.domain.codes import split_standard_key, township_of
from gridclient.domain.events import EventKind
from gridclient.domain.frozen import frozen
from gridclient.services.clocks import working_hours
from gridclient.services.deadline_text import clock_lines
from gridclient.services.desk import Desk
from gridclient.services.ports import FileState, Reference
from gridclient.services.rows import Likeness, NewCase, StandardRow, TimelineEntry
from gridclient.services.timeline_text import files_in_one, lines_of, unit_name, who
from gridclient.ui.matching import grid_title
from gridclient.ui.present import counting_clock


@frozen
class TimelineLine:
    """An event in words. ``unsent``: it has not reached the hub. ``aside``: nor does it wait for that any more, as it
    was set aside. ``refused``: it has no effect, because a rule forbade it."""

    at: datetime
    text: str
    actor: str
    unsent: bool
    refused: bool
    aside: bool


@frozen
class AttachedFile:
    """A photo or paper of the case; ``size`` is in bytes."""

    sha256: str
    name: str
    kind: str
    size: int
    state: FileState = FileState.SHARED


@frozen
class CaseView:
    """A case with the names of everything that it refers to.

    ``lines`` are the timeline, ``plain_lines`` the same with the numbers of people unmasked. ``explanation`` tells line
    by line how the deadline of ``clock`` is computed. ``kept`` has the forms that were begun. ``still`` is the time
    since which the desk may not read the case any more. ``own`` says whether this desk took the last step.
    """

    case: Case
    grid_name: str
    township_name: str
    standard: StandardRow | None
    lines: tuple[TimelineLine, ...]
    plain_lines: tuple[TimelineLine, ...]
    files: tuple[AttachedFile, ...]
    clock: CaseClock | None
    explanation: tuple[str, ...]
    calendar: WorkCalendar
    hours: WorkingHours
    unit_names: Mapping[str, str]
    kept: str
    still: datetime | None
    own: bool

    def unit_name(self, code: str) -> str:
        """The name of a unit of this case."""
        return self.unit_names.get(code, code)


def draft_name(case_id: str) -> str:
    """The name under which the forms of a case are kept."""
    return f"case.{case_id}"


def load_view(desk: Desk, case_id: str) -> CaseView:
    """Reads a case for its panel.

    Raises:
        NotFound: there is none (``case.unknown``).
    """
    reference, case = desk.reference, desk.queries.case(case_id)
    clock, timeline = counting_clock(case), desk.queries.timeline(case.id)
    township = reference.grid(township_of(case.facts.grid)) if case.facts.grid else None
    return CaseView(
        case=case,
        grid_name=grid_name(case.facts.grid, reference),
        township_name=township.name if township is not None else "",
        standard=_standard(case.facts.standard, timeline, reference),
        lines=timeline_lines(timeline, reference),
        plain_lines=timeline_lines(timeline, reference, plain=True),
        files=_files(desk, case.id),
        clock=clock,
        explanation=clock_lines(clock, reference, case.clocks) if clock is not None else (),
        calendar=reference.calendar(),
        hours=working_hours(reference),
        unit_names={part.unit: unit_name(part.unit, reference) for part in case.assignments},
        kept=desk.queries.draft(draft_name(case.id)),
        still=desk.queries.stands_since(case.id),
        own=case.last is not None and desk.queries.is_own(case.last),
    )


def _standard(code: str, timeline: Sequence[TimelineEntry], reference: Reference) -> StandardRow | None:
    """The filing condition, in the version that justified the last filing or dispatch; without one, the version in
    force."""
    bases = (entry.payload.get("basis", {}) for entry in reversed(timeline))
    same = (basis for basis in bases if _is_same(str(basis.get("standard", "")), code))
    basis = next(same, {"standard": code, "version": ""})
    return reference.standard_of(basis["standard"], str(basis["version"])) if code else None


def _is_same(basis: str, code: str) -> bool:
    """Whether a basis names the case's condition. Bases from before there were lists hold the bare code."""
    return basis == code or split_standard_key(basis)[0] == code


def load_likenesses(desk: Desk, case: Case) -> tuple[Likeness, ...]:
    """Other cases that may be the same."""
    facts = case.facts
    known = NewCase(
        title=facts.title,
        description=facts.description,
        phone=facts.reporter_phone,
        lon=facts.lon,
        lat=facts.lat,
        at=case.registered_at,
        upper_number=facts.upper_number,
    )
    found = desk.queries.likely_duplicates(known)
    return tuple(likeness for likeness in found if likeness.row.id != case.id)


def grid_name(code: str, reference: Reference) -> str:
    """A grid behind the community in which it lies: ``古陌社区 第三网格(基础)``."""
    row = reference.grid(code) if code else None
    if row is None:
        return code
    above = reference.grid(row.parent) if row.tier == "basic" else None
    return grid_title(row, above.name if above is not None else "")


def timeline_lines(
    timeline: Sequence[TimelineEntry], reference: Reference, *, plain: bool = False
) -> tuple[TimelineLine, ...]:
    """The timeline in words, the newest line first. Files that somebody added in one minute stand in one line."""
    told = zip(timeline, lines_of(timeline, reference, plain=plain), strict=True)
    lines = [
        TimelineLine(e.at, line, who(e.actor, reference), e.pending or e.aside, e.refused, e.aside) for e, line in told
    ]
    places = groupby(range(len(lines)), lambda place: _alike(place, timeline[place], lines[place]))
    return tuple(_in_one([lines[place] for place in group]) for _, group in places)[::-1]


def _alike(place: int, entry: TimelineEntry, line: TimelineLine) -> Hashable:
    """What the lines of files have in common that stand in one; nothing for other lines."""
    word, _, name = line.text.partition(" · ")
    if entry.kind != EventKind.ATTACHED or not name:
        return place
    return word, line.at.replace(second=0, microsecond=0), line.actor, line.unsent, line.refused, line.aside


def _in_one(lines: Sequence[TimelineLine]) -> TimelineLine:
    return replace(lines[-1], text=files_in_one([line.text for line in lines])) if len(lines) > 1 else lines[0]


def _files(desk: Desk, case_id: str) -> tuple[AttachedFile, ...]:
    payloads = desk.queries.attachments(case_id)
    names = {str(payload.get("sha256", "")) for payload in payloads}
    states = desk.files.states(names) if names else {}
    return tuple(_file(payload, states) for payload in payloads)


def _file(payload: Mapping[str, Any], states: Mapping[str, FileState]) -> AttachedFile:
    sha256, name, kind = (str(payload.get(field, "")) for field in ("sha256", "name", "kind"))
    size = payload.get("size")
    return AttachedFile(sha256, name, kind, size if isinstance(size, int) else 0, states.get(sha256, FileState.SHARED))
