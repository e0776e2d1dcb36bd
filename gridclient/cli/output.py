"""What the command line prints: one JSON document, or lines for people; text about errors goes to stderr."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any

from gridclient.domain.errors import GridClientError, StoreUnavailable
from gridclient.services.error_text import sentence_of


class Exit(IntEnum):
    """Exit statuses that scripts rely on."""

    DONE = 0
    REFUSED = 1
    WRONG_USE = 2
    PARTLY = 3
    ENVIRONMENT = 4


def print_json(document: Any) -> None:
    """One document on stdout, in UTF-8 whatever the console is set to."""
    sys.stdout.buffer.write(json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n")
    sys.stdout.buffer.flush()


def print_lines(lines: Iterable[str]) -> None:
    """Lines for people."""
    for line in lines:
        sys.stdout.write(line + "\n")


def say(text: str) -> None:
    """A remark beside the result."""
    sys.stderr.write(text + "\n")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterable[str]:
    """Columns aligned by what a terminal shows, where a Chinese character is two cells wide."""
    lines = [tuple(str(cell) for cell in row) for row in (header, *rows)]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        yield "  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(line, widths, strict=True)).rstrip()


def report_error(error: GridClientError, *, as_json: bool) -> Exit:
    """Tells the error and gives its status."""
    message = sentence_of(error)
    if as_json:
        print_json({"error": {"code": error.code, "message": message}})
    say(message)
    return Exit.ENVIRONMENT if isinstance(error, StoreUnavailable) else Exit.REFUSED


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
