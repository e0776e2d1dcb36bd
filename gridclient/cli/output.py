"""What commands print: one JSON document or lines for people on stdout; errors and remarks on stderr."""

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
from gridclient.domain.errors import GridClientError, StoreUnavailable, reason_of
from gridclient.services.error_text import sentence, sentence_of

_ENVIRONMENT: Final = frozenset(
    {"profile.in_use", "hub.running", "file.unreadable", "bundle.unreadable", "bundle.not_written"}
)
"""Codes of faults of the environment: a lock that is held, files that cannot be read or written."""
_COMMANDS: Final = dict.fromkeys((*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), " ")
"""Control characters, which would command the terminal, become blanks."""


class Exit(IntEnum):
    """Exit statuses that scripts rely on."""

    DONE = 0
    REFUSED = 1
    WRONG_USE = 2
    PARTLY = 3
    ENVIRONMENT = 4
    FAULT = 70
    """The program failed: it is not known what was done."""
    INTERRUPTED = 130


class AnswerLost(Exception):
    """The command was carried out, but its answer cannot be written."""


def print_json(document: Any) -> None:
    """Prints a document on stdout, in UTF-8 whatever the console is set to. Raises :class:`AnswerLost`."""
    text = json.dumps(document, ensure_ascii=False, indent=1).encode(errors="backslashreplace") + b"\n"
    with _answering():
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()


def print_lines(lines: Iterable[str]) -> None:
    """Prints lines for people. Line ends and control characters in them become blanks. Raises :class:`AnswerLost`."""
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
    """Writes out what was printed. Raises :class:`AnswerLost`."""
    if sys.stdout is not None:
        with _answering():
            sys.stdout.flush()


def drop_answer() -> None:
    """Sends the rest of stdout nowhere, so that Python does not try to write it at its end."""
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
        raise AnswerLost(reason_of(error)) from error


def say(text: str) -> None:
    """Prints a remark on stderr; does nothing if that is full or closed."""
    with suppress(OSError, AttributeError):  # stderr is full or closed
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterable[str]:
    """Aligns columns by the cells of a terminal, in which a Chinese character takes two."""
    lines = [tuple(str(cell) for cell in row) for row in (header, *rows)]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        yield "  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(line, widths, strict=True)).rstrip()


def report_error(error: GridClientError, *, as_json: bool) -> Exit:
    """Prints the error and gives its status: 4 for faults of the environment (a held lock, a dead line), else 1."""
    _report(error.code, sentence_of(error), as_json=as_json)
    failed = isinstance(error, StoreUnavailable) or error.code in _ENVIRONMENT or getattr(error, "retryable", False)
    return Exit.ENVIRONMENT if failed else Exit.REFUSED


def report_lost_answer(lost: AnswerLost) -> Exit:
    """Says that the command was carried out although its answer was lost. Otherwise somebody would do it twice."""
    drop_answer()
    say(sentence("command.answer_lost", reason=str(lost)))
    return Exit.ENVIRONMENT


def report_interrupted(*, as_json: bool) -> Exit:
    """Says that Ctrl+C ended the command."""
    _report("command.interrupted", sentence("command.interrupted"), as_json=as_json)
    return Exit.INTERRUPTED


def report_fault(*, as_json: bool) -> Exit:
    """Says that the program failed. Its trace is on stderr already."""
    _report("program.failed", sentence("program.failed"), as_json=as_json)
    return Exit.FAULT


def report_wrong_use(wrong: WrongUse, *, as_json: bool) -> Exit:
    """Says what is wrong with the arguments and how the command is written."""
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
