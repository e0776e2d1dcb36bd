"""What comes through a pipe between two processes of the program, whose files may have been changed meanwhile."""

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
    """The other side speaks otherwise: the files of the program were changed while the desk was open."""


def taken(link: Connection, known: type | UnionType) -> Any:
    """The next value, of the ``known`` kinds.

    Raises:
        EOFError, OSError: the other side is gone.
        Unreadable: something else came.
    """
    packed = link.recv_bytes()
    try:
        value = pickle.loads(packed)
    except _OF_ANOTHER_SHAPE as error:
        raise Unreadable(type(error).__name__) from error
    if not isinstance(value, known):
        raise Unreadable(type(value).__name__)
    return value
