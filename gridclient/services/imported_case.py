"""What the event of an imported case says: the row's facts by our names, everything else kept whole in ``extra``.

An imported case is open and waits to be filed, or is closed; states in between were another system's and are kept as
text. The other system's deadline stays as a clock of its own (原定时限); without one no clock runs until the desk acts.

The event's text is written out by hand, for a file has up to a million rows; a test compares it with what
``payload_text`` makes of the same payload.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring as encode
from operator import itemgetter
from typing import Final

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import CaseState, Channel, Stage
from gridclient.domain.events import to_seconds
from gridclient.domain.limits import LARGEST_AMOUNT, Limit, LimitKind, format_limit
from gridclient.services.import_records import CaseRecord, ImportedCase, Texts
from gridclient.services.rows import StandardRow
from gridclient.services.words import CHANNELS, URGENCIES

DEFAULT_LEVEL: Final = 3
_CLOSED: Final = frozenset({CaseState.CLOSED, CaseState.DECLINED, CaseState.VOID, CaseState.MERGED})
_CHANNELS: Final = {channel.value: channel.value for channel in Channel} | {word: key for key, word in CHANNELS.items()}
_URGENCIES: Final = {str(key): key for key in URGENCIES} | {word: key for key, word in URGENCIES.items()}
_GAP: Final = "\u0001"
"""Stands where something is not known yet."""
_NUMBER_GAP: Final = f'"number":{encode(_GAP)}'
_SHORTEST: Final = Limit(1, LimitKind.MINUTE)


def case_key(source: str, identity: str) -> str:
    """The key of an imported case: the same row of the same system has the same key at every desk."""
    return hashlib.blake2b(f"{source}\0{identity}".encode(), digest_size=16).hexdigest()


class StandardMatcher:
    """Finds the filing condition that a row's class names: its code, or a small class that has only one condition."""

    def __init__(self, standards: Sequence[StandardRow]) -> None:
        self._by_code: dict[str, StandardRow | None] = {}
        for row in standards:
            self._by_code[row.code] = None if row.code in self._by_code else row  # two lists may have the same code
        self._by_name: dict[str, StandardRow | None] = {}
        for row in standards:
            for name in (f"{row.big_class}\0{row.small_class}", f"\0{row.small_class}"):
                self._by_name[name] = None if name in self._by_name else row

    def find(self, case: CaseRecord | ImportedCase) -> StandardRow | None:
        """``None`` where the class is unknown or has several conditions: a limit hangs on the condition."""
        small = case.small_class
        if not small:
            return None
        by_code = self._by_code.get(small)
        if by_code is not None:
            return by_code
        return self._by_name.get(f"{case.big_class}\0{small}") or self._by_name.get(f"\0{small}")


def imported_case(record: CaseRecord) -> ImportedCase:
    """What the row says, as the event ``case_imported`` will: the same for the same row, whenever it is read."""
    reported_at = record.reported_at or record.closed_at
    reported = None if reported_at is None else to_seconds(reported_at)
    closed_at = None if record.closed_at is None else to_seconds(record.closed_at)
    channel = _CHANNELS.get(record.channel or record.channel_text, Channel.OTHER.value)
    urgency = _URGENCIES.get(record.urgency, 1)
    case = ImportedCase(
        record.sheet,
        record.row,
        record.identity,
        record.external_number,
        record.title,
        record.description,
        record.address,
        record.reporter_phone,
        reported,
        0 if reported_at is None else reported_at.astimezone(CHINA_TIME).toordinal(),
        closed_at is not None or record.state in _CLOSED,
        reported if closed_at is None else closed_at,
        None if record.due_at is None else to_seconds(record.due_at),
        record.level or DEFAULT_LEVEL,
        urgency,
        channel,
        record.big_class,
        record.small_class,
        record.grid_code,
        record.lon,
        record.lat,
        ("", _address(record), _middle(record, channel), _places(record, reported), _titled(record, urgency), ""),
        "",
        record.notices,
    )
    texts = _edged(case)
    try:
        record.identity.encode()
        row = _text(texts, digest=_GAP, case_class=_own_class(case), grid=_GAP, standard="").encode()
    except UnicodeEncodeError:  # half of a pair of surrogates is no text
        return case
    return case._replace(digest=hashlib.blake2b(row, digest_size=8).hexdigest(), texts=texts)


def dated(case: ImportedCase, now: datetime) -> ImportedCase:
    """The case with times; one that tells none counts as reported ``now``."""
    if case.reported is not None:
        return case
    seconds = to_seconds(now)
    case = case._replace(reported=seconds, closed_at=seconds, day=now.astimezone(CHINA_TIME).toordinal())
    return case._replace(texts=_edged(case))


def event_text(case: ImportedCase, *, grid: str, standard: StandardRow | None) -> str:
    """The payload's text of a ``dated`` case as the log will have it, but for its number (:func:`numbered_text`)."""
    if standard is None:
        return _text(case.texts, digest=case.digest, case_class=_own_class(case), grid=grid, standard="")
    listed = f"{standard.big_class} {standard.small_class}".strip()
    return _text(case.texts, digest=case.digest, case_class=listed, grid=grid, standard=standard.key)


def numbered_text(text: str, number: str) -> str:
    """The payload's text with the number that the case was given: digits, capitals and hyphens."""
    before, _, behind = text.rpartition(_NUMBER_GAP)  # only digits stand behind it
    return f'{before}"number":"{number}"{behind}'


def _text(texts: Texts, *, digest: str, case_class: str, grid: str, standard: str) -> str:
    """The canonical text of the payload: no blanks, all names in order."""
    opening, address, middle, places, titled, ending = texts
    named = f'"case_class":{encode(case_class)},' if case_class else ""
    listed = f',"standard":{encode(standard)}' if standard else ""
    return (
        f'{opening}"digest":{encode(digest)},"facts":{{{address}{named}{middle}"grid":{encode(grid)}{places}'
        f"{listed}{titled}{ending}"
    )


def _edged(case: ImportedCase) -> Texts:
    """The parts of the text with the first and the last: what is not about the facts."""
    reported = "null" if case.reported is None else case.reported
    closed = f'"closed_at":{reported if case.closed_at is None else case.closed_at},' if case.closed else ""
    clocks = "" if case.due is None else _original_deadline(case.reported, case.due)
    _, address, middle, places, titled, _ = case.texts
    return (
        f"{{{clocks}{closed}",
        address,
        middle,
        places,
        titled,
        f'}},"level":{case.level},{_NUMBER_GAP},"registered_at":{reported}}}',
    )


def _own_class(case: ImportedCase) -> str:
    return f"{case.big_class} {case.small_class}".strip()


# The facts that are not empty, in the order of their names: events are kept for ever, so they say no more.


def _address(record: CaseRecord) -> str:
    return f'"address":{encode(record.address)},' if record.address else ""


def _middle(record: CaseRecord, channel: str) -> str:
    members = _members(_extra(record))
    described = f'"description":{encode(record.description)},' if record.description else ""
    return f'"channel":{encode(channel)},{described}' + (f'"extra":{{{members}}},' if members else "")


def _places(record: CaseRecord, reported: int | None) -> str:
    text = "" if reported is None else f',"happened_at":{reported}'
    if record.lat is not None:
        text += f',"lat":{record.lat!r}'
    if record.lon is not None:
        text += f',"lon":{record.lon!r}'
    if record.reporter_name:
        text += f',"reporter_name":{encode(record.reporter_name)}'
    if record.reporter_phone:
        text += f',"reporter_phone":{encode(record.reporter_phone)}'
    if record.source_lon is None or record.source_lat is None:
        return text
    source = f"{record.source_crs}:{record.source_lon!r},{record.source_lat!r}"
    return f'{text},"source_point":{encode(source)}'


def _titled(record: CaseRecord, urgency: int) -> str:
    title = f',"title":{encode(record.title)}' if record.title else ""
    number = f',"upper_number":{encode(record.external_number)}' if record.external_number else ""
    return f'{title}{number},"urgency":{urgency}'


def _extra(record: CaseRecord) -> Mapping[str, str]:
    kept = (
        ("grid_code", record.grid_code),
        ("channel_text", record.channel_text),
        ("big_class", record.big_class),
        ("small_class", record.small_class),
        ("state", record.state),
        ("state_text", record.state_text),
        ("unit_text", record.unit_text),
        ("result", record.result),
    )
    return {**record.extra, **{name: value for name, value in kept if value}}


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
    """What picks the values of these names in order (the last one twice, so that one is a tuple too), and the text
    around them."""
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
    """So many hours, day and night; days where that is too long for hours, and at most the longest limit there is."""
    if hours <= 0:
        return _SHORTEST
    if hours <= LARGEST_AMOUNT:
        return Limit(hours, LimitKind.URGENT_HOUR)
    return Limit(min(float(LARGEST_AMOUNT), round(hours / 24)), LimitKind.NATURAL_DAY)
