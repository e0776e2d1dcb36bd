"""The events of a timeline as Chinese text, one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from gridclient.domain.events import from_seconds, instant_of
from gridclient.domain.handing import withheld_of
from gridclient.services.deadline_text import brief_text, hour_text
from gridclient.services.masking import mask_numbers
from gridclient.services.ports import Reference
from gridclient.services.rows import TimelineEntry
from gridclient.services.words import (
    ACCOUNTS,
    CHANNELS,
    CONFLICT_CHOICES,
    DECLINE_REASONS,
    EVENTS,
    RATINGS,
    RETURN_REASONS,
)

Detail = Callable[[Mapping[str, Any], Reference], list[str]]
_STEPS: Final = {"case_escalated": 1, "case_delegated": -1}


def lines_of(entries: Sequence[TimelineEntry], reference: Reference, *, plain: bool = False) -> list[str]:
    """The whole timeline of a case. Undone events are marked, and an undoing names what it undid.

    ``plain``: with the numbers of people that somebody typed.
    """
    kinds = kinds_by_key(entries)
    undone = {entry.takes_back for entry in entries if not entry.refused}
    told, moved = [], 0
    for entry in entries:
        gone, undoes = entry.key in undone, kinds.get(entry.takes_back, "")
        told.append(line_of(entry, reference, undoes=undoes, undone=gone, by_level=bool(moved), plain=plain))
        moved += 0 if gone or entry.refused else _STEPS.get(entry.kind, 0)
    return told


def files_in_one(lines: Sequence[str]) -> str:
    """Several files that were added together, in one line: ``附件 3 个 · 远景.jpg、近景.jpg、门牌.jpg``."""
    words, names = zip(*(line.split(" · ", 1) for line in lines), strict=True)
    return f"{words[0]} {len(lines)} 个 · {'、'.join(names)}"


def word_taken_back(entries: Sequence[TimelineEntry]) -> str:
    """The word of the step that the case's last undoing took back; "" if there is none."""
    last = next((entry.takes_back for entry in reversed(entries) if entry.takes_back), ())
    return EVENTS.get(kinds_by_key(entries).get(last, ""), "")


def kinds_by_key(entries: Sequence[TimelineEntry]) -> dict[tuple[str | int, ...], str]:
    """The kind of each event, so that an undoing can name what it undid."""
    return {entry.key: entry.kind for entry in entries if entry.key is not None}


def line_of(
    entry: TimelineEntry,
    reference: Reference,
    *,
    undoes: str = "",
    undone: bool = False,
    by_level: bool = False,
    plain: bool = False,
) -> str:
    """One event: ``退回 生态环境分局 · 非本单位职责：…``, or ``撤销“结案”`` if it is known what it ``undoes``.

    ``by_level``: the case's level was changed, and with it goes its limit (``clocks.handling_limit``).
    """
    word = EVENTS.get(entry.kind)
    if word is None:
        return f"本版本不认识的记录（{entry.kind}），请更新程序后查看"
    detail = _filed_by_level if by_level and entry.kind == "case_filed" else _DETAILS.get(entry.kind)
    parts = [part for part in _details(detail, entry, reference) if part]
    mark = "（代）" if entry.payload.get("on_behalf") else ""
    refused = "（未生效：与另一席位的操作冲突）" if entry.refused else ""
    taken_back = "（已撤销）" if undone else ""
    what = f"“{EVENTS.get(undoes, undoes)}”" if undoes else ""
    told = " · ".join([f"{word}{what}{mark}{refused}{taken_back}", *parts])
    return told if plain else mask_numbers(told)


def unit_name(code: str, reference: Reference) -> str:
    """The unit's name; its code if it is not known."""
    row = reference.unit(code) if code else None
    return row.name if row is not None else code


def who(account: str, reference: Reference) -> str:
    """Who acted: the name of one of the desk's first accounts; the unit's name for its account."""
    return ACCOUNTS.get(account) or unit_name(account, reference)


def _details(detail: Detail | None, entry: TimelineEntry, reference: Reference) -> list[str]:
    try:
        return detail(entry.payload, reference) if detail else []
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return []  # another desk may have written anything


def _unit(payload: Mapping[str, Any], reference: Reference) -> str:
    return unit_name(str(payload.get("unit", "")), reference)


def _registered(payload: Mapping[str, Any], reference: Reference) -> list[str]:
    facts = payload.get("facts", {})
    grid = reference.grid(facts.get("grid", ""))
    return [CHANNELS.get(facts.get("channel"), ""), grid.name if grid else "网格待定"]


def _amended(payload: Mapping[str, Any], _reference: Reference) -> list[str]:
    names = {
        "title": "标题",
        "description": "描述",
        "standard": "立案条件",
        "grid": "网格",
        "address": "地址",
        "lon": "坐标",
        "reporter_name": "反映人",
        "reporter_phone": "电话",
        "urgency": "紧急程度",
        "channel": "来源",
        "happened_at": "发生时间",
        "people": "涉及人员",
        "upper_number": "上级编号",
        "sensitive": "敏感",
        "wants_reply": "要求回复",
        "keep_secret": "要求保密",
        "level": "层级",
    }
    changed = {**payload, **payload.get("facts", {}), **withheld_of(payload)}
    return ["、".join(word for name, word in names.items() if name in changed)]


def _filed(payload: Mapping[str, Any], reference: Reference, limit: str = "") -> list[str]:
    basis = payload.get("basis", {})
    code = str(basis.get("standard", "") or payload.get("facts", {}).get("standard", ""))
    row = reference.standard_of(code, str(basis.get("version", "")))
    level = [f"{payload['level']}级"] if "level" in payload else []
    return [*((row.small_class, row.filing_condition, limit or row.limit_text) if row else (code,)), *level]


def _filed_by_level(payload: Mapping[str, Any], reference: Reference) -> list[str]:
    return _filed(payload, reference, "时限按层级")


def _given_out(payload: Mapping[str, Any], reference: Reference) -> list[str]:
    """The lead and its deadline come first, because the end of a long line may be cut."""
    parts = payload.get("assignments", ())
    leads = [part for part in parts if part["role"] == "lead"]
    others = "、".join(_unit(part, reference) for part in parts if part["role"] == "cooperating")
    due = from_seconds(leads[0]["due"]) if leads else None
    return [
        *(f"主办 {_unit(lead, reference)}" for lead in leads),
        f"时限至 {brief_text(due)}" if due else "",
        f"协办 {others}" if others else "",
        "清单外" if payload.get("against_list") else "",
        "已提供联系方式" if payload.get("contact") else "",
        str(payload.get("reason", "")),
    ]


def _dues(payload: Mapping[str, Any], reference: Reference) -> list[str]:
    """The ends of the units' handling limits in this event."""
    handling = [due for due in payload["dues"] if due["stage"] == "handle"]
    moments = [(_unit(due, reference), instant_of(due["due"])) for due in handling]
    return [f"{unit} 时限至 {due:%Y-%m-%d} {hour_text(due)}" for unit, due in moments]


def _reason(words: Mapping[str, str]) -> Callable[[Mapping[str, Any], Reference], list[str]]:
    def detail(payload: Mapping[str, Any], reference: Reference) -> list[str]:
        code = str(payload.get("reason_code", ""))
        return [_unit(payload, reference), words.get(code, code), str(payload.get("reason", ""))]

    return detail


def _result(payload: Mapping[str, Any], reference: Reference) -> list[str]:
    contacted = "已联系反映人" if payload.get("contacted") else ""
    return [_unit(payload, reference), str(payload.get("result", "")), contacted]


def _unit_and_reason(payload: Mapping[str, Any], reference: Reference) -> list[str]:
    return [_unit(payload, reference), str(payload.get("reason", ""))]


def _level_changed(payload: Mapping[str, Any], _reference: Reference) -> list[str]:
    """The deadline is that of the unit that has the case in hand."""
    dues = [instant_of(clock["due"]) for clock in payload.get("clocks", ())]
    return [*(f"时限至 {brief_text(due)}" for due in dues), str(payload.get("reason", ""))]


def _text(payload: Mapping[str, Any], reference: Reference) -> list[str]:
    return [_unit(payload, reference), str(payload.get("text", "") or payload.get("note", ""))]


def _rating(payload: Mapping[str, Any], _reference: Reference) -> list[str]:
    return [RATINGS.get(str(payload.get("rating")), str(payload.get("rating", ""))), str(payload.get("text", ""))]


def _name(payload: Mapping[str, Any], _reference: Reference) -> list[str]:
    return [str(payload.get("name", ""))]


def _choice(payload: Mapping[str, Any], _reference: Reference) -> list[str]:
    return [CONFLICT_CHOICES.get(str(payload.get("choice")), "")]


_DETAILS: Mapping[str, Detail] = {
    "case_registered": _registered,
    "case_imported": _registered,
    "case_amended": _amended,
    "case_filed": _filed,
    "case_declined": _reason(DECLINE_REASONS),
    "case_dispatched": _given_out,
    "case_reassigned": _given_out,
    "case_signed": _unit_and_reason,
    "case_returned": _reason(RETURN_REASONS),
    "case_escalated": _level_changed,
    "case_delegated": _level_changed,
    "case_urged": _text,
    "case_fed_back": _result,
    "case_verified": _unit_and_reason,
    "cooperation_released": _unit_and_reason,
    "case_reworked": _unit_and_reason,
    "case_closed": _text,
    "case_reopened": _unit_and_reason,
    "case_voided": _unit_and_reason,
    "case_rated": _rating,
    "case_noted": _text,
    "attachment_added": _name,
    "conflict_resolved": _choice,
    "deadline_recomputed": _dues,
}
