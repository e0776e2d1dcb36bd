"""What the command line prints: one JSON document, or lines for people; text about errors goes to stderr."""

from __future__ import annotations

import argparse
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import IntEnum
from typing import Any, Final

from gridclient.cli.parsing import WrongUse
from gridclient.domain.errors import GridClientError, StoreUnavailable
from gridclient.services.error_text import sentence, sentence_of

_ENVIRONMENT: Final = frozenset(
    {"profile.in_use", "hub.running", "file.unreadable", "bundle.unreadable", "bundle.not_written"}
)
"""A lock that somebody holds, and files that the disk does not give or take."""


_COMMANDS: Final = dict.fromkeys((*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), " ")


class Exit(IntEnum):
    """Exit statuses that scripts rely on."""

    DONE = 0
    REFUSED = 1
    WRONG_USE = 2
    PARTLY = 3
    ENVIRONMENT = 4
    FAULT = 70
    """A fault of the program's own: what was done is not known."""
    INTERRUPTED = 130


class AnswerLost(Exception):
    """The command is carried out and what it answers cannot be written."""


def print_json(document: Any) -> None:
    """One document on stdout, in UTF-8 whatever the console is set to."""
    text = json.dumps(document, ensure_ascii=False, indent=1).encode(errors="backslashreplace") + b"\n"
    with _answering():
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()


def print_lines(lines: Iterable[str]) -> None:
    """Lines for people. What a case's text holds beside signs (line ends, a terminal's commands) becomes blanks."""
    for line in lines:
        with _answering():
            sys.stdout.write(line.translate(_COMMANDS) + "\n")


def answer(args: argparse.Namespace, document: Any, lines: Iterable[str]) -> Exit:
    """Prints a command's result: the document with ``--json``, else the lines. Gives ``Exit.DONE``.

    Raises ``AnswerLost``: stdout is closed or takes nothing more.
    """
    if args.json:
        print_json(document)
    else:
        print_lines(lines)
    return Exit.DONE


def flush_answer() -> None:
    """What is printed is written after it, or :class:`AnswerLost` raised."""
    if sys.stdout is not None:
        with _answering():
            sys.stdout.flush()


def drop_answer() -> None:
    """Nothing more goes to stdout, nor does Python try again at its end."""
    if sys.stdout is not None:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _answering() -> Iterator[None]:
    if sys.stdout is None:  # closed before the program began
        raise AnswerLost("closed")
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise AnswerLost(error.strerror or type(error).__name__) from error


def say(text: str) -> None:
    """A remark beside the result."""
    with suppress(OSError, AttributeError):  # stderr is full, or closed before the program began
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterable[str]:
    """Columns aligned by what a terminal shows, where a Chinese character is two cells wide."""
    lines = [tuple(str(cell) for cell in row) for row in (header, *rows)]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        yield "  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(line, widths, strict=True)).rstrip()


def report_error(error: GridClientError, *, as_json: bool) -> Exit:
    """Tells the error and gives its status: a held lock or a dead line is the environment's fault."""
    _report(error.code, sentence_of(error), as_json=as_json)
    failed = isinstance(error, StoreUnavailable) or error.code in _ENVIRONMENT or getattr(error, "retryable", False)
    return Exit.ENVIRONMENT if failed else Exit.REFUSED


def report_lost_answer(lost: AnswerLost) -> Exit:
    """Tells that the command is carried out all the same: whoever took it for refused would do it twice."""
    drop_answer()
    say(sentence("command.answer_lost", reason=str(lost)))
    return Exit.ENVIRONMENT


def report_interrupted(*, as_json: bool) -> Exit:
    """Tells of Ctrl+C."""
    _report("command.interrupted", sentence("command.interrupted"), as_json=as_json)
    return Exit.INTERRUPTED


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
    try:
        if as_json:
            print_json({"error": {"code": code, "message": message}})
    except (AnswerLost, BrokenPipeError):
        drop_answer()
    say(message)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
