"""Every code that the core can raise has a Chinese sentence whose gaps are filled by what is raised."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from string import Formatter

import pytest

from tests.architecture.sources import ROOT, Call, calls, is_put_together, python_files, tree_of

RAISED = {"GridClientError", "RuleViolation", "InvalidInput", "NotFound", "Conflict", "StoreUnavailable", "SyncFault"}
NOTED_AT = {"Notice": 1, "RefusedRow": 3}
"""What tells of a row of a file, and the place of the code among its arguments."""
HALF_WIDTH = re.compile(r"(?<=[一-鿿}”])(?:[,;?!](?=[一-鿿{“])|:(?={)|[()])|[()](?=[一-鿿“])|（[^）]*(?:\)|$)")
CODE = re.compile(r"[a-z]+\.[a-z_]+")


def raised() -> Iterator[tuple[str, Call]]:
    """Each code written in the package, with the call that raises it."""
    for call in calls():
        arguments = call.node.args
        if call.name not in RAISED or not arguments:
            continue
        for code in literal_codes(arguments[0]):
            yield code, call


def noted() -> Iterator[tuple[str, Call]]:
    """Each code written in a remark about a row of a file, with the call that makes it."""
    for call in calls():
        place, arguments = NOTED_AT.get(call.name), call.node.args
        if place is not None and len(arguments) > place:
            yield from ((code, call) for code in literal_codes(arguments[place]))


def handed_on() -> Iterator[tuple[str, str]]:
    """Codes that are raised elsewhere than they are written: from a table of the same file, or as an argument."""
    raisers: set[str] = set()
    for path in python_files():
        tree = tree_of(path)
        given = {node.args[0].id for node in raising(tree) if isinstance(node.args[0], ast.Name)}
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        raisers |= {function.name for function in functions if given & {arg.arg for arg in all_arguments(function)}}
        if given:
            yield from ((code, f"{path.relative_to(ROOT)}:{line}") for code, line in codes_in(tree))
    for call in calls():
        if call.name in raisers:
            yield from ((code, call.place) for code, _ in codes_in(call.node))


def raising(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED and node.args:
            yield node


def all_arguments(function: ast.FunctionDef) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def codes_in(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Texts that have the form of a code and a beginning that codes have."""
    kinds = {code.partition(".")[0] for code in sentences()}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    for node in constants:
        if isinstance(node.value, str) and CODE.fullmatch(node.value) and node.value.partition(".")[0] in kinds:
            yield node.value, node.lineno


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


def test_every_code_of_a_remark_about_a_row_has_a_sentence() -> None:
    known, found = sentences(), list(noted())
    assert {"case.number_twice"} <= {code for code, _ in found}, "the search finds nothing"
    missing = sorted({f"{code}  ({call.place})" for code, call in found if code not in known})
    assert not missing, "no sentence in gridclient/services/error_text.py for:\n" + "\n".join(missing)


def test_every_code_that_is_handed_on_has_a_sentence() -> None:
    known, found = sentences(), dict(handed_on())
    assert {"sync.timeout", "case.not_signable"} <= found.keys(), "the search finds nothing"
    missing = sorted(f"{code}  ({place})" for code, place in found.items() if code not in known)
    assert not missing, "no sentence in gridclient/services/error_text.py for:\n" + "\n".join(missing)


def test_every_sentence_is_chinese_in_its_stops_too() -> None:
    general = importlib.import_module("gridclient.services.error_text").sentence("no.such_code")
    told = {**sentences(), "no.such_code": general}
    assert not [code for code, sentence in told.items() if not any("一" <= sign <= "鿿" for sign in sentence)]
    assert not [code for code, sentence in told.items() if HALF_WIDTH.search(sentence)]


@pytest.mark.parametrize("text", ["好(坏)", "{a},好", "好：{a}（{b})", "没有:{a}", "(可选)", "（{a}"])
def test_a_half_width_stop_is_seen(text: str) -> None:
    assert HALF_WIDTH.search(text)


def test_no_code_is_put_together_at_run_time() -> None:
    """Such a code escapes the two checks above; a code that is passed on (``problem.code``) is written elsewhere."""
    built = [
        call.place for call in calls() if call.name in RAISED and call.node.args and is_put_together(call.node.args[0])
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
