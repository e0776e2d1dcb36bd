"""What the command line prints: one JSON document, or lines for people; text about errors goes to stderr."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any, Final

from gridclient.cli.parsing import WrongUse
from gridclient.domain.errors import GridClientError, StoreUnavailable
from gridclient.services.error_text import sentence, sentence_of

_HELD: Final = "profile.in_use"


class Exit(IntEnum):
    """Exit statuses that scripts rely on."""

    DONE = 0
    REFUSED = 1
    WRONG_USE = 2
    PARTLY = 3
    ENVIRONMENT = 4
    FAULT = 70
    """A fault of the program's own: what was done is not known."""


def print_json(document: Any) -> None:
    """One document on stdout, in UTF-8 whatever the console is set to."""
    sys.stdout.buffer.write(
        json.dumps(document, ensure_ascii=False, indent=1).encode(errors="backslashreplace") + b"\n"
    )
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
    """Tells the error and gives its status: a held lock or a dead line is the environment's fault."""
    _report(error.code, sentence_of(error), as_json=as_json)
    failed = isinstance(error, StoreUnavailable) or error.code == _HELD or getattr(error, "retryable", False)
    return Exit.ENVIRONMENT if failed else Exit.REFUSED


def report_fault(*, as_json: bool) -> Exit:
    """Tells of a fault that nobody foresaw; its trace stands on stderr already."""
    _report("program.failed", sentence("program.failed"), as_json=as_json)
    return Exit.FAULT


def report_wrong_use(wrong: WrongUse, *, as_json: bool) -> Exit:
    """Tells how the command is written."""
    _report("command.wrong_use", wrong.message, as_json=as_json)
    say(wrong.usage.rstrip())
    return Exit.WRONG_USE


def _report(code: str, message: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"error": {"code": code, "message": message}})
    say(message)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
