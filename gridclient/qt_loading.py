"""Loads Qt for Python without what costs each start a tenth of a second and brings this program nothing."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import CodeType
from typing import Any, Final

_OF_SIGNATURES: Final = frozenset(
    f"shibokensupport/signature/{name}.py"
    for name in ("errorhandler", "layout", "parser", "lib/enum_sig", "lib/pyi_generator", "lib/tool")
)
_WHEN_ASKED: Final = """
def __getattr__(name):
    if name.startswith("__") or "__source__" not in globals():
        raise AttributeError(name)
    exec(compile(__source__, __file__, "exec", dont_inherit=True), globals())
    globals().pop("__source__", None)
    if name not in globals():
        raise AttributeError(name)
    return globals()[name]
"""


def load_qt() -> None:
    """To be called before anything else imports it.

    WORKAROUND for PySide6 6.x: it reads and decodes the source of every module that is imported after it, to see
    whether the module names PySide6 and may one day switch on ``__feature__``. Nothing here does.
    """
    with _signatures_later():
        import_module("PySide6.QtCore")
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


@contextmanager
def _signatures_later() -> Iterator[None]:
    """WORKAROUND for PySide6 6.x: it keeps the modules that know its signatures as source in a library, and compiles
    them whenever it is imported. Only the text of a TypeError needs them: here each is compiled when it is asked."""
    compile_now = compile

    def compile_when_asked(
        source: bytes, filename: str, mode: str, flags: int = 0, dont_inherit: bool = True, **named: Any
    ) -> CodeType:  # inherited would be what this module has from __future__
        code: CodeType
        if filename in _OF_SIGNATURES:
            code = compile_now(f"__source__ = {source!r}\n{_WHEN_ASKED}", filename, "exec", dont_inherit=True)
        else:
            code = compile_now(source, filename, mode, flags, dont_inherit, **named)
        return code

    vars(builtins)["compile"] = compile_when_asked
    try:
        yield
    finally:
        vars(builtins)["compile"] = compile_now
