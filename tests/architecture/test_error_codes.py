"""Every code that the core can raise has a Chinese sentence whose gaps are filled by what is raised."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping
from string import Formatter

from tests.architecture.sources import Call, calls

RAISED = {"GridClientError", "RuleViolation", "InvalidInput", "NotFound", "Conflict", "StoreUnavailable", "SyncError"}


def raised() -> Iterator[tuple[str, Call]]:
    """Each code written in the package, with the call that raises it."""
    for call in calls():
        arguments = call.node.args
        if call.name not in RAISED or not arguments:
            continue
        for code in literal_codes(arguments[0]):
            yield code, call


def literal_codes(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from literal_codes(argument.body)
        yield from literal_codes(argument.orelse)


def sentences() -> Mapping[str, str]:
    table: Mapping[str, str] = importlib.import_module("gridclient.services.error_text").SENTENCES
    return table


def gaps_of(sentence: str) -> set[str]:
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_raised_code_has_a_sentence() -> None:
    known = sentences()
    missing = sorted({f"{code}  ({call.place})" for code, call in raised() if code not in known})
    assert not missing, "no sentence in gridclient/services/error_text.py for:\n" + "\n".join(missing)


def test_every_sentence_is_chinese() -> None:
    plain = [code for code, sentence in sentences().items() if not any("一" <= sign <= "鿿" for sign in sentence)]
    assert not plain


def test_no_code_is_put_together_at_run_time() -> None:
    """Such a code escapes the two checks above; a code that is passed on (``problem.code``) is written elsewhere."""
    built = [
        call.place
        for call in calls()
        if call.name in RAISED and call.node.args and isinstance(call.node.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert not built


def test_every_gap_of_a_sentence_is_filled_where_its_code_is_raised() -> None:
    known = sentences()
    unfilled = []
    for code, call in raised():
        given = {keyword.arg for keyword in call.node.keywords}
        if None in given or code not in known:  # None: **params, known only at run time
            continue
        if missing := gaps_of(known[code]) - {name for name in given if name}:
            unfilled.append(f"{call.place} {code}: {sorted(missing)}")
    assert not unfilled, "\n".join(unfilled)
