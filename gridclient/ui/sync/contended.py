"""A conflict as the page shows it: three states of one case side by side, who did what, and the choices.

Pure, but for :func:`load`, which reads on a pool thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.case import AssignmentState, Case, Role
from gridclient.domain.frozen import frozen
from gridclient.services.desk import Desk
from gridclient.services.masking import mask_numbers
from gridclient.services.ports import Reference
from gridclient.services.rows import ContentionSide, ContentionView, TimelineEntry
from gridclient.services.timeline_text import kinds_by_key, line_of, unit_name, who
from gridclient.services.words import PARTS, RATINGS, STATES
from gridclient.ui.present import joined, level_word, moment_words, state_word, until_words
from gridclient.ui.sync.deeds import deed_words, fact_names, fact_value

translate = QCoreApplication.translate
KEEP, TAKE = "keep", "take"
_BEFORE: Final = 3
_TOLD: Final = 2
_EMPTY: Final = "—"


@frozen
class FieldLine:
    """A field in the three states. ``differs``: the two sides have different values."""

    name: str
    base: str
    first: str
    later: str

    @property
    def differs(self) -> bool:
        return self.first != self.later


@frozen
class DeedLine:
    """What was done, by whom and when."""

    when: str
    text: str
    actor: str


@frozen
class SideSheet:
    """A column: its heading, whose it is, what was done there. ``choice`` is the text of its button, ``outcome`` how
    the case will be."""

    heading: str
    owner: str
    mine: bool
    deeds: tuple[DeedLine, ...]
    choice: str = ""
    outcome: str = ""


@frozen
class Sheet:
    """A conflict in words. ``target`` is its key for the desk, ``version`` the version of the case that was read."""

    case_id: str
    version: int
    target: str
    title: str
    number: str
    base: SideSheet
    first: SideSheet
    later: SideSheet
    fields: tuple[FieldLine, ...]

    def side(self, choice: str) -> SideSheet:
        """The side that a choice (``keep`` or ``take``) stands for."""
        return self.first if choice == KEEP else self.later


def load(desk: Desk, case_id: str) -> tuple[Sheet, ...]:
    """Every conflict of a case, the oldest first; empty if somebody resolved them meanwhile. Blocking.

    Raises:
        NotFound: there is no such case (``case.unknown``).
    """
    case = desk.queries.case(case_id)
    timeline = desk.queries.timeline(case_id)
    now = desk.clock.now()
    return tuple(
        sheet_of(case, view, timeline, reference=desk.reference, now=now) for view in desk.queries.contentions(case_id)
    )


def sheet_of(
    case: Case, view: ContentionView, timeline: Sequence[TimelineEntry], *, reference: Reference, now: datetime
) -> Sheet:
    """A conflict of ``case`` in words at ``now``."""

    def deeds(entries: Sequence[TimelineEntry]) -> tuple[DeedLine, ...]:
        return tuple(_deed(entry, kinds.get(entry.takes_back, ""), reference, now) for entry in entries)

    kinds = kinds_by_key(timeline)
    somewhere = view.first.mine or view.later.mine
    base = SideSheet(
        translate("Conflicts", "双方共知"),
        translate("Conflicts", "分开之前"),
        False,
        deeds(_common(timeline, view)),
    )
    first_words, later_words = (deed_words(side.entries, reference, kinds) for side in (view.first, view.later))
    fields = field_lines(view, reference, now)
    first_outcome, later_outcome = _outcomes(view, fields, reference, now)
    first = SideSheet(
        translate("Conflicts", "先到的（现在有效）"),
        owner_words(view.first, known=somewhere),
        view.first.mine,
        deeds(view.first.entries),
        translate("Conflicts", "保持{deeds}").format(deeds=first_words),
        first_outcome,
    )
    later = SideSheet(
        translate("Conflicts", "后到的（待定）"),
        owner_words(view.later, known=somewhere),
        view.later.mine,
        deeds(view.later.entries),
        _instead(view, later_words),
        later_outcome,
    )
    return Sheet(
        case.id,
        case.version,
        str(view.key),
        mask_numbers(case.facts.title),
        case.number,
        base,
        first,
        later,
        fields,
    )


def _instead(view: ContentionView, deeds: str) -> str:
    end = STATES.get(view.end_withdrawn)
    if end is None:
        return translate("Conflicts", "改为{deeds}").format(deeds=deeds)
    return translate("Conflicts", "改为{deeds}，“{end}”随之撤回").format(end=end, deeds=deeds)


def owner_words(side: ContentionSide, *, known: bool) -> str:
    """Whose side it is. ``known``: one of the two sides is this desk's."""
    if side.mine:
        return translate("Conflicts", "本席位")
    return translate("Conflicts", "对方席位") if known else translate("Conflicts", "其他席位")


def field_lines(view: ContentionView, reference: Reference, now: datetime) -> tuple[FieldLine, ...]:
    """State, units, level and deadline; of the other fields those that differ between the three states."""
    cases = (view.base, view.first.case, view.later.case)
    lines = [_line(name, [value(case, reference, now) for case in cases]) for name, value in _always()]
    lines += [
        line
        for name, value in _sometimes()
        if _changes(line := _line(name, [value(case, reference, now) for case in cases]))
    ]
    for fact, word in fact_names().items():
        raw = [getattr(case.facts, fact) for case in cases]
        if len({repr(value) for value in raw}) > 1:
            lines.append(_line(word, [fact_value(fact, value, reference) for value in raw]))
    return tuple(lines)


Reads = Callable[[Case, Reference, datetime], str]


def _always() -> tuple[tuple[str, Reads], ...]:
    return (
        (translate("Conflicts", "状态"), _state),
        (translate("Conflicts", "主办单位"), _lead),
        (translate("Conflicts", "协办单位"), _cooperating),
        (translate("Conflicts", "层级"), _level),
        (translate("Conflicts", "时限"), _due),
    )


def _sometimes() -> tuple[tuple[str, Reads], ...]:
    return (
        (translate("Conflicts", "处置结果"), lambda case, *_: mask_numbers(case.lead.result) if case.lead else ""),
        (translate("Conflicts", "评价"), lambda case, *_: RATINGS.get(case.rating, case.rating)),
        (translate("Conflicts", "退回次数"), lambda case, *_: str(case.returns)),
        (translate("Conflicts", "返工次数"), lambda case, *_: str(case.reworks)),
    )


def _line(name: str, values: Sequence[str]) -> FieldLine:
    base, first, later = (value or _EMPTY for value in values)
    return FieldLine(name, base, first, later)


def _changes(line: FieldLine) -> bool:
    return not line.base == line.first == line.later


def _state(case: Case, *_: Any) -> str:
    return state_word(case.state, returned=case.returned, escalated=case.escalated)


def _lead(case: Case, reference: Reference, _now: datetime) -> str:
    lead = case.lead
    if lead is None:
        return ""
    words = translate("Conflicts", "{unit}（{part}）")
    return words.format(unit=unit_name(lead.unit, reference), part=PARTS.get(lead.state, lead.state))


def _cooperating(case: Case, reference: Reference, _now: datetime) -> str:
    cooperating = [part for part in case.assignments if part.role is Role.COOPERATING]
    units = [unit_name(part.unit, reference) for part in cooperating if part.state is not AssignmentState.RETURNED]
    return translate("Conflicts", "、").join(units)


def _level(case: Case, *_: Any) -> str:
    return level_word(case.level)


def _due(case: Case, _reference: Reference, now: datetime) -> str:
    return until_words(case.due, now) if case.due is not None else ""


def _outcomes(
    view: ContentionView, fields: Sequence[FieldLine], reference: Reference, now: datetime
) -> tuple[str, str]:
    """How the case will be with either side; where that reads alike, with what else is different."""
    first, later = (_outcome(view, side.case, reference, now) for side in (view.first, view.later))
    if first != later:
        return first, later
    told = [line for line in fields if line.differs][:_TOLD]
    return (
        joined((first, *(f"{line.name} {line.first}" for line in told))),
        joined((later, *(f"{line.name} {line.later}" for line in told))),
    )


def _outcome(view: ContentionView, case: Case, reference: Reference, now: datetime) -> str:
    """How the case will be if this side is chosen: ``案件为：待签收 · 市场监管所 · 时限 今日 16:24``."""
    lead = case.lead
    unit = unit_name(lead.unit, reference) if lead is not None and not case.returned else ""
    due = translate("Conflicts", "时限 {due}").format(due=_due(case, reference, now)) if case.due is not None else ""
    left = any(contention.key != view.key for contention in case.contentions)
    asked = translate("Conflicts", "还有一处冲突要选") if left else ""
    return translate("Conflicts", "案件为：{parts}").format(parts=joined((_state(case), unit, due, asked)))


def _deed(entry: TimelineEntry, undoes: str, reference: Reference, now: datetime) -> DeedLine:
    stands = TimelineEntry(entry.at, entry.kind, entry.actor, entry.payload, entry.pending)  # the heading says the rest
    told = line_of(stands, reference, undoes=undoes)
    return DeedLine(moment_words(entry.at, now), told, who(entry.actor, reference))


def _common(timeline: Sequence[TimelineEntry], view: ContentionView) -> Sequence[TimelineEntry]:
    """The last events that both sides knew."""
    apart = (*view.first.entries, *view.later.entries)
    until = next((place for place, entry in enumerate(timeline) if entry in apart), len(timeline))
    return timeline[max(0, until - _BEFORE) : until]
