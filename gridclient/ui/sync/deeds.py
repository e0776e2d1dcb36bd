"""What one side of a conflict did, as short as on a button: ``派遣给“综合执法队”``. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.contention import BESIDE
from gridclient.domain.events import EventKind, from_seconds
from gridclient.domain.handing import withheld_of
from gridclient.services.masking import MASKS
from gridclient.services.ports import Reference
from gridclient.services.rows import TimelineEntry
from gridclient.services.timeline_text import unit_name
from gridclient.services.words import CHANNELS, CONFLICT_CHOICES, EVENTS, RATINGS, URGENCIES
from gridclient.ui.matching import standard_title

translate = QCoreApplication.translate
_MOST: Final = 2
_LONGEST: Final = 16
Kinds = Mapping[tuple[str | int, ...], str]


def deed_words(entries: Sequence[TimelineEntry], reference: Reference, kinds: Kinds) -> str:
    """Everything that a side did, shortened for a button. Notes and the like, and what was undone, are left out.

    ``kinds``: those of all events of the case by their keys, because an undoing names what it undid.
    """
    weighty = [entry for entry in entries if entry.kind not in BESIDE] or list(entries)
    standing = _standing(weighty)
    if not standing:
        return translate("Conflicts", "原样（所做的已撤销）")
    phrases = list(dict.fromkeys(_phrases(standing, reference, kinds)))
    joined = translate("Conflicts", "、").join(phrases[:_MOST])
    return translate("Conflicts", "{deeds}等").format(deeds=joined) if len(phrases) > _MOST else joined


def _standing(entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """The events that the side itself did not undo, without those undoings."""
    gone = {entry.key for entry in entries}.intersection(entry.takes_back for entry in entries)
    return [entry for entry in entries if entry.key not in gone and entry.takes_back not in gone]


def fact_names() -> Mapping[str, str]:
    """The facts of a case in words, in the order of the page."""
    return {
        "title": translate("Conflicts", "标题"),
        "description": translate("Conflicts", "描述"),
        "channel": translate("Conflicts", "来源"),
        "happened_at": translate("Conflicts", "发生时间"),
        "standard": translate("Conflicts", "立案条件"),
        "urgency": translate("Conflicts", "紧急程度"),
        "grid": translate("Conflicts", "网格"),
        "address": translate("Conflicts", "地址"),
        "lon": translate("Conflicts", "经度"),
        "lat": translate("Conflicts", "纬度"),
        "reporter_name": translate("Conflicts", "反映人"),
        "reporter_phone": translate("Conflicts", "电话"),
        "people": translate("Conflicts", "涉及人员"),
        "upper_number": translate("Conflicts", "上级编号"),
        "sensitive": translate("Conflicts", "敏感"),
        "wants_reply": translate("Conflicts", "要求回复"),
        "keep_secret": translate("Conflicts", "要求保密"),
    }


def fact_value(name: str, value: object, reference: Reference) -> str:
    """The value of a fact in words. Names and numbers of people are masked, also in free text."""
    if value in (None, ""):
        return translate("Conflicts", "—")
    if isinstance(value, bool):
        return translate("Conflicts", "是") if value else translate("Conflicts", "否")
    text = str(value)
    if isinstance(value, int) and name in ("happened_at", "urgency"):
        return f"{from_seconds(value):%Y-%m-%d %H:%M}" if name == "happened_at" else URGENCIES.get(value, text)
    if name == "grid":
        grid = reference.grid(text)
        return grid.name if grid is not None else text
    if name == "standard":
        row = reference.standard(text)
        return standard_title(row) if row is not None else text
    return MASKS[name](text) if name in MASKS else CHANNELS.get(text, text) if name == "channel" else text


def _phrases(entries: Sequence[TimelineEntry], reference: Reference, kinds: Kinds) -> Iterator[str]:
    """A phrase for each event. A unit is named once in a row: ``“派出所”签收、反馈处置结果``."""
    before = ""
    for entry in entries:
        unit = str(entry.payload.get("unit", ""))
        phrase = _phrase(entry, reference, kinds)
        quoted = translate("Conflicts", "“{name}”").format(name=unit_name(unit, reference))
        yield phrase.replace(quoted, "") if unit and unit == before else phrase
        before = unit


def _phrase(entry: TimelineEntry, reference: Reference, kinds: Kinds) -> str:
    if undone := EVENTS.get(kinds.get(entry.takes_back, "")):
        return translate("Conflicts", "撤销“{step}”").format(step=undone)
    maker = _PHRASES.get(entry.kind)
    return maker(entry.payload, reference) if maker is not None else EVENTS.get(entry.kind, entry.kind)


def _lead(payload: Mapping[str, Any], reference: Reference) -> str:
    parts = payload.get("assignments", ())
    lead = next((part for part in parts if part.get("role") == "lead"), parts[0] if parts else {})
    return unit_name(str(lead.get("unit", "")), reference)


def _dispatched(payload: Mapping[str, Any], reference: Reference) -> str:
    return translate("Conflicts", "派遣给“{unit}”").format(unit=_lead(payload, reference))


def _reassigned(payload: Mapping[str, Any], reference: Reference) -> str:
    return translate("Conflicts", "派给“{unit}”（改派）").format(unit=_lead(payload, reference))


def _amended(payload: Mapping[str, Any], reference: Reference) -> str:
    facts = payload.get("facts", {})
    names = fact_names()
    changed = [name for name in {**facts, **withheld_of(payload)} if name in names]
    if len(changed) == 1 and changed[0] in facts and "level" not in payload:
        (name,) = changed
        value = fact_value(name, facts[name], reference)
        shown = value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
        return translate("Conflicts", "{field}写作“{value}”").format(field=names[name], value=shown)
    level = [translate("Conflicts", "层级")] if "level" in payload else []
    fields = translate("Conflicts", "、").join([*(names[name] for name in changed), *level])
    return translate("Conflicts", "修改后的{fields}").format(fields=fields)


def _of_unit(template: Callable[[], str]) -> Callable[[Mapping[str, Any], Reference], str]:
    """Makes a phrase with the unit's name in quotation marks; without a unit the marks are left out."""

    def phrase(payload: Mapping[str, Any], reference: Reference) -> str:
        name = unit_name(str(payload.get("unit", "")), reference)
        return template().format(unit=translate("Conflicts", "“{name}”").format(name=name) if name else "")

    return phrase


def _rated(payload: Mapping[str, Any], _reference: Reference) -> str:
    rating = str(payload.get("rating", ""))
    return translate("Conflicts", "评价“{rating}”").format(rating=RATINGS.get(rating, rating))


def _resolved(payload: Mapping[str, Any], _reference: Reference) -> str:
    choice = str(payload.get("choice", ""))
    return translate("Conflicts", "上次冲突里选的“{choice}”").format(choice=CONFLICT_CHOICES.get(choice, choice))


_PHRASES: Final[Mapping[str, Callable[[Mapping[str, Any], Reference], str]]] = {
    EventKind.DISPATCHED: _dispatched,
    EventKind.REASSIGNED: _reassigned,
    EventKind.AMENDED: _amended,
    EventKind.SIGNED: _of_unit(lambda: translate("Conflicts", "{unit}签收")),
    EventKind.RETURNED: _of_unit(lambda: translate("Conflicts", "{unit}退回")),
    EventKind.FED_BACK: _of_unit(lambda: translate("Conflicts", "{unit}反馈处置结果")),
    EventKind.VERIFIED: _of_unit(lambda: translate("Conflicts", "核查通过{unit}")),
    EventKind.RELEASED: _of_unit(lambda: translate("Conflicts", "协办{unit}免办")),
    EventKind.REWORKED: _of_unit(lambda: translate("Conflicts", "要求{unit}返工")),
    EventKind.RATED: _rated,
    EventKind.RESOLVED: _resolved,
}
