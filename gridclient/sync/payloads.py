"""Many payload texts as one: their shapes apart from their values, values in columns, repeated ones as one sign.

Every text comes back to the byte, whatever it is: a shape is what stands between the values, and nothing is parsed.
A value that the reader can foretell travels as a sign: one that the same case had last under the same name, the
actor's own code, an instant as the distance from the event's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import Final, NamedTuple

from gridclient.domain.events import Record
from gridclient.sync.numbers import MOST_PARTS

MOST_TEXT: Final = 64 << 20
_VALUE: Final = re.compile(r'(?<=[:\[,])("[^"\\]*+(?:\\.[^"\\]*+)*+"(?!:)|-?[0-9][0-9.eE+-]*+|true|false|null)')
_NAME: Final = re.compile(r'"([^"\\]*)":\Z')
_BREAK: Final = "\n"
_LAST, _LAST_BUT_ONE, _ACTOR, _INSTANT = "^", "&", "@", "~"
_NOTHING: Final = ("", "")
_FAR: Final = 10**8
_INSTANT_DIGITS: Final = 10


class Setting(NamedTuple):
    """What is known of an event before its payload is read."""

    kind: str
    subject: str
    actor: str
    second: int


class Packed(NamedTuple):
    """``shapes``: literals of each shape, from the first event that has it; ``picks``: for each event which of the
    shapes that its kind has had so far (one more: the next new one); ``values``: the columns, a line for a value."""

    shapes: list[list[str]]
    picks: list[int]
    values: str


def setting_of(record: Record) -> Setting:
    """What a reader knows of the event beside its payload."""
    return Setting(record.kind, record.subject, record.actor, (record.hlc >> 16) // 1000)


def pack(records: Sequence[Record]) -> Packed | None:
    """The texts of the records, in order; ``None`` when one of them has a line break and none can be told apart."""
    shapes = _Shapes()
    memory = _Memory()
    picks: list[int] = []
    rows: list[list[list[str]]] = []
    for record in records:
        if _BREAK in record.text:
            return None
        parts = _VALUE.split(record.text)
        number, pick = shapes.pick(record.kind, parts[0::2])
        picks.append(pick)
        if number == len(rows):
            rows.append([])
        rows[number].append(memory.signs(setting_of(record), shapes.names[number], parts[1::2]))
    columns = (column for group in rows for column in zip(*group, strict=True))
    return Packed(shapes.literals, picks, _BREAK.join(chain.from_iterable(columns)))


def unpack(packed: Packed, settings: Sequence[Setting]) -> list[str]:
    """The texts again.

    Raises:
        ValueError: nothing that :func:`pack` makes, or more text than anybody sends.
    """
    order = _order(packed, settings)
    sizes = [0] * len(packed.shapes)
    for number in order:
        sizes[number] += 1
    lines = [zip(*columns, strict=True) for columns in _columns(packed, sizes)]
    memory = _Memory()
    names = [_names(literals) for literals in packed.shapes]
    frames = [[part for literal in literals for part in (literal, "")] for literals in packed.shapes]
    texts: list[str] = []
    left = MOST_TEXT
    for number, setting in zip(order, settings, strict=True):
        parts = frames[number]
        parts[1:-1:2] = memory.values(setting, names[number], next(lines[number], ()))
        text = "".join(parts)
        left -= len(text)
        if left < 0:
            raise ValueError("too much text")
        texts.append(text)
    return texts


def _order(packed: Packed, settings: Sequence[Setting]) -> list[int]:
    """The shape of each event."""
    of_kind: dict[str, list[int]] = {}
    order: list[int] = []
    new = 0
    for pick, setting in zip(packed.picks, settings, strict=True):
        known = of_kind.setdefault(setting.kind, [])
        if pick == len(known):
            known.append(new)
            new += 1
        order.append(known[pick])
    if new != len(packed.shapes) or not all(packed.shapes):
        raise ValueError("shapes")
    return order


def _columns(packed: Packed, sizes: list[int]) -> list[list[list[str]]]:
    """The lines of each column of each shape."""
    widths = [len(literals) - 1 for literals in packed.shapes]
    expected = sum(size * width for size, width in zip(sizes, widths, strict=True))
    if expected > MOST_PARTS:
        raise ValueError("values")
    lines = packed.values.split(_BREAK, expected) if expected else []
    if len(lines) != expected or (not expected and packed.values):
        raise ValueError("values")
    columns: list[list[list[str]]] = []
    start = 0
    for size, width in zip(sizes, widths, strict=True):
        columns.append([lines[start + i * size : start + (i + 1) * size] for i in range(width)])
        start += size * width
    return columns


class _Shapes:
    """Numbers shapes in the order in which they come; each kind counts its own."""

    def __init__(self) -> None:
        self.literals: list[list[str]] = []
        self.names: list[list[str]] = []
        self._of_kind: dict[str, dict[tuple[str, ...], tuple[int, int]]] = {}

    def pick(self, kind: str, literals: list[str]) -> tuple[int, int]:
        known = self._of_kind.setdefault(kind, {})
        key = tuple(literals)
        found = known.get(key)
        if found is None:
            found = known[key] = (len(self.literals), len(known))
            self.literals.append(literals)
            self.names.append(_names(literals))
        return found


def _names(literals: list[str]) -> list[str]:
    """The name that stands before each value, "" where none does."""
    return [found[1] if (found := _NAME.search(literal)) else "" for literal in literals[:-1]]


class _Memory:
    """The last two values that each subject had under each name, the same on both sides."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, tuple[str, str]]] = {}

    def signs(self, setting: Setting, names: list[str], values: list[str]) -> list[str]:
        """The lines that stand for the values of an event."""
        held = self._held.setdefault(setting.subject, {})
        lines = []
        for name, value in zip(names, values, strict=True):
            last, before = held.get(name, _NOTHING)
            if value == last:
                lines.append(_LAST)
                continue
            held[name] = (value, last)
            lines.append(_LAST_BUT_ONE if value == before else _short(setting, value))
        return lines

    def values(self, setting: Setting, names: list[str], lines: Sequence[str]) -> list[str]:
        """The values that the lines of an event stand for."""
        held = self._held.setdefault(setting.subject, {})
        values = []
        for name, line in zip(names, lines, strict=True):
            last, before = held.get(name, _NOTHING)
            if line == _LAST:
                values.append(last)
                continue
            value = before if line == _LAST_BUT_ONE else line + '"' if line[:1] == '"' else _plain(setting, line)
            held[name] = (value, last)
            values.append(value)
        return values


def _short(setting: Setting, value: str) -> str:
    if value[0] == '"':
        return _ACTOR if value[1:-1] == setting.actor else value[:-1]
    if len(value) == _INSTANT_DIGITS and value.isdecimal() and value[0] != "0":
        distance = int(value) - setting.second
        if -_FAR < distance < _FAR:
            return f"{_INSTANT}{distance}"
    return value


def _plain(setting: Setting, line: str) -> str:
    if line[:1] == _INSTANT:
        return str(setting.second + int(line[1:]))
    return f'"{setting.actor}"' if line == _ACTOR else line
