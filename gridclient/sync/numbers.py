"""Columns of whole numbers and checked values: what every part of the codec is made of.

What is read is of the right type, length and range, or ``ValueError`` or ``TypeError`` says that it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any, Final, TypeVar

import msgpack

LARGEST: Final = 2**63 - 1
LAST_PLACE: Final = 2**62
"""Of places and numbers, so that there are some behind each."""
MOST_ROWS: Final = 20_000
MOST_PARTS: Final = 1 << 21
"""Of a message: a byte of it may stand for a list, which takes a hundred."""
UNREADABLE: Final = (ValueError, TypeError, LookupError, OverflowError, msgpack.UnpackException)
"""What reading damaged bytes may raise, here and in those that read their parts."""
_BYTES_OF_A_NUMBER: Final = 9
_BYTES_OF_A_LENGTH: Final = 5
T = TypeVar("T")


def unpacked(data: bytes) -> Any:
    """What msgpack packed. Raises as all here for more than ``MOST_PARTS``, before they are made."""
    count = 0

    def counted(parts: list[Any]) -> list[Any]:
        nonlocal count
        count += 1 + len(parts)
        if count > MOST_PARTS:
            raise ValueError("too many parts")
        return parts

    return msgpack.unpackb(data, list_hook=counted, max_array_len=MOST_PARTS, max_map_len=0)


def write_numbers(numbers: Sequence[int]) -> bytes:
    """A column; one of noughts only takes no bytes."""
    packed: bytes = msgpack.packb(list(numbers)) if any(numbers) else b""
    return packed


def read_numbers(column: object, count: int) -> list[int]:
    """The ``count`` numbers of a column."""
    data = checked(column, bytes)
    if not data:
        return [0] * count
    if len(data) > _BYTES_OF_A_LENGTH + _BYTES_OF_A_NUMBER * count:
        raise ValueError("column too long")
    numbers = msgpack.unpackb(data)
    if type(numbers) is not list or len(numbers) != count or set(map(type, numbers)) - {int}:
        raise ValueError("no column of numbers")
    return numbers


def write_steps(numbers: Sequence[int]) -> bytes:
    """A column as the steps from each number to the next; the first one from 0."""
    return write_numbers([later - earlier for earlier, later in pairwise(chain((0,), numbers))])


def read_steps(column: object, count: int) -> list[int]:
    """The numbers of a column of steps."""
    return list(accumulate(read_numbers(column, count)))


def checked(value: object, kind: type[T]) -> T:
    """The value, when it is exactly of that type (a truth is no number)."""
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected")
    return value


def all_words(values: object) -> list[str]:
    """The list, when everything in it is text."""
    found: list[str] = checked(values, list)
    if set(map(type, found)) - {str}:
        raise TypeError("str expected")
    return found


def ranged(number: object, least: int, most: int = LARGEST) -> int:
    """The number, when it lies in the range."""
    value = checked(number, int)
    if not least <= value <= most:
        raise ValueError("out of range")
    return value


def ranged_all(numbers: Sequence[int], least: int, most: int = LARGEST) -> Sequence[int]:
    """The numbers, when all lie in the range."""
    if numbers and not (least <= min(numbers) and max(numbers) <= most):
        raise ValueError("out of range")
    return numbers


def sized(value: object, length: int) -> bytes:
    """The bytes, when they are as many as that."""
    data = checked(value, bytes)
    if len(data) != length:
        raise ValueError("wrong length")
    return data


def place(table: Sequence[T], number: int) -> T:
    """What stands in the table under a number; unlike an index it is never counted from the end."""
    if number < 0:
        raise ValueError("no place")
    return table[number]


def pieces(data: bytes, length: int) -> Iterator[bytes]:
    """The bytes cut into equal pieces."""
    if len(data) % length:
        raise ValueError("wrong length")
    return (data[start : start + length] for start in range(0, len(data), length))


def taken_whole(source: Iterable[object]) -> None:
    """Says when something is left that nobody asked for."""
    if next(iter(source), None) is not None:
        raise ValueError("something is left")
