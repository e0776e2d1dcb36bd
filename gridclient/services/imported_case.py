"""Builds the event of an imported case: known columns become facts, all others are kept in ``extra``.

An imported case is open and waits to be filed, or closed. States in between belong to another system and are kept as
text. The other system's deadline becomes a clock of its own (原定时限); without one no clock runs until the desk acts.

The payload's text is written without a JSON library, as a file has up to a million rows; a test compares it with
``payload_text``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring as encode
from operator import itemgetter
from typing import Any, Final, TypeAlias

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import CaseState, Channel, Stage
from gridclient.domain.events import to_seconds
from gridclient.domain.handing import SALT
from gridclient.domain.limits import LARGEST_AMOUNT, SMALLEST_AMOUNT, Limit, LimitKind, format_limit
from gridclient.services.import_records import ImportedCase, Texts
from gridclient.services.rows import StandardRow
from gridclient.services.standards import by_own_name
from gridclient.services.words import CHANNELS, IMPORTED, URGENCIES

DEFAULT_LEVEL: Final = 3
_CLOSED: Final = frozenset({CaseState.CLOSED, CaseState.DECLINED, CaseState.VOID, CaseState.MERGED})
_CHANNELS: Final = {channel.value: channel.value for channel in Channel} | {word: key for key, word in CHANNELS.items()}
_URGENCIES: Final = {str(key): key for key in URGENCIES} | {word: key for key, word in URGENCIES.items()}
_GAP: Final = "\u0001"
"""Placeholder for a value that is not known yet."""
_NUMBER_GAP: Final = f'"number":{encode(_GAP)}'
_Told: TypeAlias = Callable[[str], Any]
"""Gives a field's value, ``None`` where the row has none."""
_SHORTEST: Final = Limit(1, LimitKind.MINUTE)


def case_key(identity: str) -> str:
    """The key of an imported case, the same at every desk for the same row of the same system.

    Systems are told apart by the title of the column with their numbers, which is part of ``identity``.
    """
    return hashlib.blake2b(f"\0{identity}".encode(), digest_size=16).hexdigest()


class StandardMatcher:
    """Finds the filing condition for a row's class: by code, or by a small class that has only one condition."""

    def __init__(self, standards: Sequence[StandardRow]) -> None:
        self._by_code = by_own_name((row.code, row) for row in standards)
        self._by_name = by_own_name(
            (f"{big_class}\0{row.small_class}", row) for row in standards for big_class in (row.big_class, "")
        )

    def find(self, case: ImportedCase) -> StandardRow | None:
        """The condition; ``None`` if the class is unknown or has several, as limits belong to the condition."""
        small, names = case.small_class, self._by_name
        if not small:
            return None
        return self._by_code.get(small) or names.get(f"{case.big_class}\0{small}") or names.get(f"\0{small}")


def case_of_values(values: Mapping[str, Any]) -> ImportedCase:
    """The case in a row, as the event ``case_imported`` will hold it; equal for equal rows.

    ``values`` are the row's fields by their names, those that are empty left out or not: sheet, row, identity, title,
    description, reported_at, external_number, channel, channel_text, big_class, small_class, level (1-4), urgency,
    grid_code, address, lon, lat (WGS-84), source_crs, source_lon, source_lat (the file's own), reporter_name,
    reporter_phone, state, state_text, closed_at, due_at, unit_text, result, notices, and what no field takes in extra
    by column title. Times are aware; channel and state are identifiers, with the text in ``*_text``.
    """
    told = values.get
    reported_at, closed_at, due_at = told("reported_at") or told("closed_at"), told("closed_at"), told("due_at")
    reported = None if reported_at is None else to_seconds(reported_at)
    closed = closed_at is not None or told("state") in _CLOSED
    ended = reported if closed_at is None else to_seconds(closed_at)
    due = None if due_at is None else to_seconds(due_at)
    level = told("level") or DEFAULT_LEVEL
    channel = _CHANNELS.get(told("channel") or told("channel_text") or "", Channel.OTHER.value)
    urgency = _URGENCIES.get(told("urgency") or "", 1)
    big_class, small_class = told("big_class") or "", told("small_class") or ""
    own_class = f"{big_class} {small_class}".strip()
    opening, ending = _edges(reported, ended, due, level, closed=closed)
    texts = (opening, _address(told), _middle(values, channel), _places(told, reported), _titled(told, urgency), ending)
    return ImportedCase(
        values["sheet"],
        values["row"],
        values["identity"],
        told("external_number") or "",
        values["title"],
        told("description") or "",
        told("address") or "",
        told("reporter_phone") or "",
        reported,
        0 if reported_at is None else reported_at.astimezone(CHINA_TIME).toordinal(),
        closed,
        ended,
        due,
        level,
        urgency,
        channel,
        big_class,
        small_class,
        told("grid_code") or "",
        told("lon"),
        told("lat"),
        texts,
        _digest(values["identity"], texts, own_class),
        told("notices") or (),
    )


def _digest(identity: str, texts: Texts, own_class: str) -> str:
    try:
        identity.encode()
        row = _text(texts, digest=_GAP, case_class=own_class, grid=_GAP, standard="").encode()
    except UnicodeEncodeError:  # lone surrogates
        return ""
    return hashlib.blake2b(row, digest_size=8).hexdigest()


def dated(case: ImportedCase, now: datetime) -> ImportedCase:
    """The case with its times; a row without one counts as reported ``now``."""
    if case.reported is not None:
        return case
    seconds = to_seconds(now)
    opening, ending = _edges(seconds, seconds, case.due, case.level, closed=case.closed)
    texts = (opening, *case.texts[1:-1], ending)
    return case._replace(reported=seconds, closed_at=seconds, day=now.astimezone(CHINA_TIME).toordinal(), texts=texts)


def event_text(case: ImportedCase, *, number: str, grid: str, standard: str, case_class: str, salt: str) -> str:
    """The payload's text of a ``dated`` case, as stored in the log. ``case_class`` "" takes the row's own.

    Every row has a title, so every text its ``salt`` (:func:`gridclient.services.withholding.salted`).
    """
    *parts, ending = case.texts
    numbered = ending.replace(_NUMBER_GAP, f'"number":"{number}"')  # digits, capitals and hyphens
    numbered = f'{numbered[:-1]},"{SALT}":"{salt}"}}'  # letters, digits, - and _
    named = case_class or f"{case.big_class} {case.small_class}".strip()
    return _text((*parts, numbered), digest=case.digest, case_class=named, grid=grid, standard=standard)


def _text(texts: Sequence[str], *, digest: str, case_class: str, grid: str, standard: str) -> str:
    """The canonical text of the payload: no blanks, names sorted."""
    opening, address, middle, places, titled, ending = texts
    named = f'"case_class":{encode(case_class)},' if case_class else ""
    listed = f',"standard":{encode(standard)}' if standard else ""
    return (
        f'{opening}"digest":{encode(digest)},"facts":{{{address}{named}{middle}"grid":{encode(grid)}{places}'
        f"{listed}{titled}{ending}"
    )


def _edges(reported: int | None, ended: int | None, due: int | None, level: int, *, closed: bool) -> tuple[str, str]:
    """The parts of the text before and after the facts."""
    registered = "null" if reported is None else reported
    end = f'"closed_at":{registered if ended is None else ended},' if closed else ""
    clocks = "" if due is None else _original_deadline(reported, due)
    return f"{{{clocks}{end}", f'}},"level":{level},{_NUMBER_GAP},"registered_at":{registered}}}'


# Only facts that are not empty, sorted by name, as events are kept for ever.


def _address(told: _Told) -> str:
    address = told("address")
    return f'"address":{encode(address)},' if address else ""


def _middle(values: Mapping[str, Any], channel: str) -> str:
    members = _members(_extra(values))
    description = values.get("description")
    described = f'"description":{encode(description)},' if description else ""
    return f'"channel":{encode(channel)},{described}' + (f'"extra":{{{members}}},' if members else "")


def _places(told: _Told, reported: int | None) -> str:
    text = "" if reported is None else f',"happened_at":{reported}'
    lon, lat = told("lon"), told("lat")
    if lat is not None:
        text += f',"lat":{lat!r}'
    if lon is not None:
        text += f',"lon":{lon!r}'
    if name := told("reporter_name"):
        text += f',"reporter_name":{encode(name)}'
    if phone := told("reporter_phone"):
        text += f',"reporter_phone":{encode(phone)}'
    source_lon, source_lat = told("source_lon"), told("source_lat")
    if source_lon is None or source_lat is None:
        return text
    source = f"{told('source_crs') or ''}:{source_lon!r},{source_lat!r}"
    return f'{text},"source_point":{encode(source)}'


def _titled(told: _Told, urgency: int) -> str:
    title, number = told("title"), told("external_number")
    text = f',"title":{encode(title)}' if title else ""
    return f'{text},"upper_number":{encode(number)},"urgency":{urgency}' if number else f'{text},"urgency":{urgency}'


def _extra(values: Mapping[str, Any]) -> Mapping[str, str]:
    found = dict(values.get("extra") or {})
    for name in IMPORTED:
        if said := values.get(name):
            found[name] = said
    return found


def _members(texts: Mapping[str, str]) -> str:
    if not texts:
        return ""
    pick, frame = _frame(tuple(texts))
    values = pick(texts)
    together = "".join(values)
    if together.isprintable() and '"' not in together and "\\" not in together:  # nothing to escape, as almost always
        return frame % values[:-1]
    return ",".join([f"{encode(name)}:{encode(texts[name])}" for name in sorted(texts)])


@lru_cache(maxsize=1024)
def _frame(names: tuple[str, ...]) -> tuple[Callable[[Mapping[str, str]], tuple[str, ...]], str]:
    """A function that picks the values of these names (the last one twice, so that one name also gives a tuple), and
    the text with gaps for them."""
    ordered = sorted(names)
    frame = ",".join([f'{encode(name).replace("%", "%%")}:"%s"' for name in ordered])
    return itemgetter(*ordered, ordered[-1]), frame


def _original_deadline(reported: int | None, due: int) -> str:
    started = "null" if reported is None else reported
    limit = _limit_text(0 if reported is None else due - reported)
    return f'"clocks":[{{"due":{due},"limit":{limit},"stage":"{Stage.IMPORTED.value}","started":{started},"unit":""}}],'


@lru_cache(maxsize=4096)
def _limit_text(seconds: int) -> str:
    return encode(format_limit(_limit_of(seconds / 3600)))


def _limit_of(hours: float) -> Limit:
    """A limit of this many hours, day and night; in days if that is too long for hours, up to the longest limit."""
    if hours < SMALLEST_AMOUNT:
        return _SHORTEST
    if hours <= LARGEST_AMOUNT:
        return Limit(hours, LimitKind.URGENT_HOUR)
    return Limit(min(float(LARGEST_AMOUNT), round(hours / 24)), LimitKind.NATURAL_DAY)
