"""What a system says is wrong, in one way on every system."""

from __future__ import annotations

import errno
from datetime import datetime

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import RuleViolation, StoreUnavailable, reason_of
from gridclient.services.error_text import sentence_of


class _OnWindows(OSError):
    """An error as Windows gives it: with its own number, and words in the language of the system."""

    def __init__(self, number: int, winerror: int) -> None:
        super().__init__(number, "Der Prozess kann nicht auf die Datei zugreifen")
        self.winerror = winerror


def told(error: OSError) -> str:
    return sentence_of(StoreUnavailable("hub.store_failed", detail=reason_of(error)))


@pytest.mark.parametrize(
    ("number", "winerror", "word"),
    [
        (errno.ENOENT, 3, "找不到这个位置"),
        (errno.EACCES, 5, "没有权限"),
        (errno.EACCES, 19, "写保护"),
        (errno.EACCES, 21, "可能已拔出"),
        (errno.EACCES, 32, "正被其他程序占用"),
        (errno.EINVAL, 1167, "可能已拔出"),
        (errno.ENOSPC, 112, "空间已满"),
    ],
)
def test_windows_is_told_in_the_same_words_as_linux(number: int, winerror: int, word: str) -> None:
    assert word in told(_OnWindows(number, winerror))


def test_a_system_whose_numbers_nobody_knows_speaks_for_itself() -> None:
    assert reason_of(_OnWindows(10048, 10048)) == "Der Prozess kann nicht auf die Datei zugreifen"
    assert reason_of(OSError()) == "OSError"


@pytest.mark.parametrize(("number", "word"), [(errno.EROFS, "写保护"), (errno.EISDIR, "这是文件夹")])
def test_an_error_without_a_number_of_windows_is_told_by_the_one_of_posix(number: int, word: str) -> None:
    assert word in told(OSError(number, "said otherwise"))


def test_a_refusal_names_a_term_at_the_end_of_a_day_as_the_desk_does() -> None:
    until = datetime(2026, 3, 2, 23, 59, 59, tzinfo=CHINA_TIME)
    assert "（2026-03-02 24:00）" in sentence_of(RuleViolation("case.return_too_late", until=until))
