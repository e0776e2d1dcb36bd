"""Texts for people can be found by the translation tools."""

from __future__ import annotations

import ast

from tests.architecture.sources import calls


def is_put_together(argument: ast.expr) -> bool:
    """An f-string, a sum, a formatted text: no translation is ever found for what it gives."""
    if isinstance(argument, ast.JoinedStr | ast.BinOp):
        return True
    return (
        isinstance(argument, ast.Call)
        and isinstance(argument.func, ast.Attribute)
        and isinstance(argument.func.value, ast.Constant)
    )


def test_no_translated_text_is_put_together_before_it_is_looked_up() -> None:
    faulty = [
        call.place
        for call in calls()
        if call.name in {"tr", "translate"} and any(is_put_together(argument) for argument in call.node.args[:2])
    ]
    assert not faulty, f"fill the gaps after tr(), not before: {faulty}"
