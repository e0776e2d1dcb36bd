"""Receives values through a pipe between two processes of the program, which may be of different versions after an
update."""

from __future__ import annotations

import pickle
from types import UnionType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_OF_ANOTHER_SHAPE: Final = (
    pickle.UnpicklingError,
    ArithmeticError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    TypeError,
    ValueError,
)


class Unreadable(Exception):
    """The other process sent something else: the program's files were changed while the desk was open."""


def taken(link: Connection, known: type | UnionType) -> Any:
    """The next value, if it is of a ``known`` type.

    Raises:
        EOFError, OSError: the other process is gone.
        Unreadable: another value came.
    """
    packed = link.recv_bytes()
    try:
        value = pickle.loads(packed)
    except _OF_ANOTHER_SHAPE as error:
        raise Unreadable(type(error).__name__) from error
    if not isinstance(value, known):
        raise Unreadable(type(value).__name__)
    return value
