"""Which column serves which field: guessed from the titles, or told by a TOML file or the import page."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Final

from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.exchange.headings import HEADINGS, comparable
from gridclient.services.import_findings import ImportKind

_KEYS: Final = frozenset({"kind", "header_row", "columns"})


@frozen
class ColumnMapping:
    """Field → column title. The title "" leaves a field out that would be guessed otherwise. ``header_row`` 0 means
    that the header is looked for."""

    kind: ImportKind
    columns: Mapping[str, str] = field(default_factory=dict)
    header_row: int = 0


def guess(kind: ImportKind, titles: Sequence[str]) -> ColumnMapping:
    """The mapping that the titles suggest. Each field takes its most certain title; each column serves one field."""
    free = {comparable(title): title for title in reversed(titles)}
    found: dict[str, str] = {}
    ranked = sorted(
        (rank, order, heading.field, comparable(title))
        for order, heading in enumerate(HEADINGS[kind])
        for rank, title in enumerate(heading.titles)
    )
    for _, _, name, title in ranked:
        if name not in found and title in free:
            found[name] = free.pop(title)
    return ColumnMapping(kind, found)


def completed(told: ColumnMapping | None, kind: ImportKind, titles: Sequence[str], *, file: str) -> ColumnMapping:
    """The mapping that was told, completed by guesses for the other fields from the columns that are left.

    Raises ``InvalidInput``: ``mapping.other_kind``, ``mapping.unknown_field``, ``mapping.no_such_column``,
    ``mapping.column_twice``.
    """
    if told is None:
        return guess(kind, titles)
    if told.kind is not kind:
        raise InvalidInput("mapping.other_kind", kind=told.kind.value, wanted=kind.value)
    known = {heading.field for heading in HEADINGS[kind]}
    by_title = {comparable(title): title for title in reversed(titles)} | {title: title for title in titles}
    columns: dict[str, str] = {}
    for name, wanted in told.columns.items():
        if name not in known:
            raise InvalidInput("mapping.unknown_field", field=name, known=sorted(known))
        title = by_title.get(wanted) or by_title.get(comparable(wanted), "")
        if wanted and not title:
            raise InvalidInput("mapping.no_such_column", field=name, column=wanted, file=file)
        if title and title in columns.values():
            raise InvalidInput("mapping.column_twice", column=title)
        columns[name] = title
    left = [title for title in titles if title not in columns.values()]
    guessed = {name: title for name, title in guess(kind, left).columns.items() if name not in columns}
    used = {name: title for name, title in columns.items() if title}
    return ColumnMapping(kind, used | guessed, told.header_row)


def fingerprint(kind: ImportKind, titles: Sequence[str]) -> str:
    """A digest of 16 hexadecimal digits of the header; files with the same header have the same."""
    return hashlib.sha256("\n".join((kind.value, *titles)).encode()).hexdigest()[:16]


def read_mapping(path: Path, kind: ImportKind) -> ColumnMapping:
    """A mapping from a TOML file with ``kind``, ``header_row`` and the table ``[columns]`` of field = title.

    Raises ``InvalidInput`` with ``file``: ``file.missing``, ``mapping.unreadable``.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        columns = content.get("columns", {})
        header_row = content.get("header_row", 0)
        named = ImportKind(content.get("kind", kind))
    except FileNotFoundError:
        raise InvalidInput("file.missing", file=path.name) from None
    except (OSError, ValueError, RecursionError) as problem:
        raise InvalidInput("mapping.unreadable", file=path.name) from problem
    is_plain = isinstance(columns, dict) and all(isinstance(title, str) for title in columns.values())
    if not is_plain or content.keys() - _KEYS or not isinstance(header_row, int) or not 0 <= header_row <= 1_000:
        raise InvalidInput("mapping.unreadable", file=path.name)
    return ColumnMapping(named, dict(columns), header_row)
