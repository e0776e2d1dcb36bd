"""The full-text search index. Every word of a query must occur, in any case and width (full or half).

A run of Chinese characters is indexed as its overlapping pairs and its last character, a run of letters and digits as
one word, found by its beginning. A word of the query becomes one phrase; a single character is looked up in a second
index of all first characters. Neither index stores texts, the second no positions; ``rowid`` is the case number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gridclient.domain.case import Case
from gridclient.domain.frozen import frozen
from gridclient.store.driver import Connection

Numbers = NDArray[np.int64]
"""Case numbers of this store, ascending."""

_HAN: Final = "々〇㐀-鿿豈-﫿\U00020000-\U0003ffff"
_RUN: Final = re.compile(rf"([{_HAN}]+)|([^\W_{_HAN}]+)")
_ASCII_WORD: Final = re.compile("[a-z0-9]+")
_WORD: Final = re.compile(r"[^\s,;，；。、：！？]+")
_SHORT: Final = re.compile("[0-9]{3,6}|[a-z]{2,}")
_BREAK: Final = "¶"  # between fields, so that no phrase spans two
_COMMA: Final = ord(",")
_ZERO: Final = ord("0")
_LONGEST: Final = 18
_MOST_SIGNS: Final = 100
_INSERT: Final = "INSERT INTO search(rowid, words) VALUES (?, ?)"
_INSERT_SIGNS: Final = "INSERT INTO search_signs(rowid, signs) VALUES (?, ?)"
_INDEXES: Final = ("search", "search_signs")
_WITHIN: Final = " AND rowid BETWEEN ? AND ?"
_MERGED_AT_ONCE: Final = 10
_CHANGES_OF_NOTHING: Final = 1
_MOST_SEGMENTS: Final = 256


def _normalised(text: str) -> str:
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return text.lower()


def tokens_of(text: str) -> list[str]:
    """The tokens of a text in their order: 噪音扰民 Rd → 噪音 音扰 扰民 民 rd."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    tokens: list[str] = []
    for han, word in _RUN.findall(_normalised(text)):
        if word:
            tokens.append(word)
        else:
            tokens += [han[place : place + 2] for place in range(len(han))]
    return tokens


def searchable(case: Case) -> tuple[str, ...]:
    """The texts that a case is found by."""
    facts = case.facts
    return (facts.title, facts.description, facts.address, case.number, facts.upper_number)


def index_entry(texts: Sequence[str]) -> tuple[str, str]:
    """The entries of a case for the two indexes: its tokens, and the first characters of its tokens."""
    tokens: list[str] = []
    for text in texts:
        if text:
            tokens += tokens_of(text)
            tokens.append(_BREAK)
    return " ".join(tokens), " ".join({token[0] for token in tokens})


def index_cases(connection: Connection, cases: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Adds new cases, each with its texts."""
    insert_entries(connection, [(no, index_entry(texts)) for no, texts in cases])
    _let_segments_wait(connection)


def insert_entries(connection: Connection, entries: Sequence[tuple[int, tuple[str, str]]]) -> None:
    """Adds new cases, each with its :func:`index_entry`."""
    connection.executemany(_INSERT, [(no, words) for no, (words, _) in entries])
    connection.executemany(_INSERT_SIGNS, [(no, signs) for no, (_, signs) in entries])


def _let_segments_wait(connection: Connection) -> None:
    """Lets 256 segments pile up per index instead of FTS5's 16, which it then merges all in one commit (measured: 0.8
    s).

    :func:`merge_a_little` merges them in idle moments.
    """
    for name in _INDEXES:
        if connection.execute(f"SELECT v FROM {name}_config WHERE k = 'crisismerge'").fetchone() is None:
            connection.execute(f"INSERT INTO {name}({name}, rank) VALUES ('crisismerge', {_MOST_SEGMENTS})")


def merge_a_little(connection: Connection) -> bool:
    """Merges some pages of both indexes, for a few hundredths of a second; tells whether there is more to merge."""
    before = connection.total_changes
    for name in _INDEXES:
        connection.execute(f"INSERT INTO {name}({name}, rank) VALUES ('merge', {_MERGED_AT_ONCE})")
    return connection.total_changes - before > _CHANGES_OF_NOTHING * len(_INDEXES)


def drop_cases(connection: Connection, numbers: Iterable[int]) -> None:
    """Removes cases from both indexes."""
    rows = [(no,) for no in numbers]
    for name in _INDEXES:
        connection.executemany(f"DELETE FROM {name} WHERE rowid = ?", rows)


@frozen
class TextQuery:
    """A search in FTS5's query language, one part per index; an empty part asks nothing of its index."""

    words: str
    signs: str


def text_query(text: str) -> TextQuery | None:
    """The query for a text that an operator typed, of which the first 100 characters count.

    ``None`` if nothing in it can be searched for.
    """
    words, signs = [], []
    for word in _WORD.findall(text.strip()[:_MOST_SIGNS]):
        runs = _RUN.findall(_normalised(word))
        if len(runs) == 1 and len("".join(runs[0])) == 1:
            signs.append("".join(runs[0]))
        elif runs:
            words.append(_phrase(runs))
    if not words and not signs:
        return None
    return TextQuery(" AND ".join(words), " AND ".join(signs))


def _phrase(runs: Sequence[tuple[str, str]]) -> str:
    """One word of the query as an FTS5 phrase; only its last run may be the beginning of a longer one."""
    tokens: list[str] = []
    for han, word in runs[:-1]:
        tokens += tokens_of(han or word)
    han, word = runs[-1]
    if word:
        return f'"{" ".join([*tokens, word])}" *'
    if len(han) == 1:
        return f'"{" ".join([*tokens, han])}" *'
    tokens += [han[place : place + 2] for place in range(len(han) - 1)]
    return f'"{" ".join(tokens)}"'


def short_words(text: str) -> Iterator[tuple[str, str]]:
    """The words that may stand for something else than a text, from the last to the first, each with the text without
    it: 3 to 6 digits (the end of a case number), two letters or more (pinyin initials)."""
    words = _WORD.findall(text.strip()[:_MOST_SIGNS])
    for place in reversed(range(len(words))):
        word = _normalised(words[place])
        if _SHORT.fullmatch(word):
            yield word, " ".join(words[:place] + words[place + 1 :])


def find(connection: Connection, query: TextQuery, *, between: tuple[int, int] | None = None) -> Numbers:
    """Numbers, ascending, of the cases with every word; ``between``: only those from the first to the second number."""
    if not query.signs:
        return _hits(connection, "search", query.words, between)
    signs = _hits(connection, "search_signs", query.signs, between)
    if not query.words:
        return signs
    return np.intersect1d(_hits(connection, "search", query.words, between), signs, assume_unique=True)


def _hits(connection: Connection, table: str, match: str, between: tuple[int, int] | None) -> Numbers:
    """Row numbers from one index, read as one text: ten times quicker than row by row, and other threads can run."""
    sql = f"SELECT group_concat(rowid) FROM {table} WHERE {table} MATCH ?{'' if between is None else _WITHIN}"
    return numbers_of_text(connection.execute(sql, (match, *(between or ()))).fetchone()[0])


def numbers_of_text(text: str | None) -> Numbers:
    """The numbers of a text that separates them by commas; none of ``None``, what ``group_concat`` gives of no row.

    Ascending ones are read in groups of equal length, which takes a tenth of the time of ``numpy.fromstring``.
    """
    if not text:
        return np.empty(0, dtype=np.int64)
    signs, pieces = np.frombuffer(f"{text},".encode(), dtype=np.uint8), list[Numbers]()
    width, start = 1, 0
    while start < len(signs) and width <= _LONGEST:
        piece = _numbers_of_length(signs[start:], width)
        pieces.append(piece)
        start += len(piece) * (width + 1)
        width += 1
    if start < len(signs):
        return np.array([int(number) for number in text.split(",")], dtype=np.int64)
    return np.concatenate(pieces)


def _numbers_of_length(signs: NDArray[np.uint8], width: int) -> Numbers:
    """The numbers at the beginning of ``signs`` that have ``width`` digits."""
    signs = signs[: 10**width * (width + 1)]
    ends = signs[width :: width + 1] == _COMMA
    count = len(ends) if ends.all() else int(ends.argmin())
    block = signs[: count * (width + 1)].reshape(count, width + 1)
    if not count or (block[:, :width] == _COMMA).any():
        return np.empty(0, dtype=np.int64)
    numbers: Numbers = block[:, 0].astype(np.int64) - _ZERO
    for place in range(1, width):
        numbers *= 10
        numbers += block[:, place]
        numbers -= _ZERO
    return numbers


def indexed_count(connection: Connection) -> int:
    """How many cases are in the index."""
    return int(connection.execute("SELECT count(*) FROM search_docsize").fetchone()[0])
