"""The argument parser, whose messages are in Chinese, and the types of arguments."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

from gridclient.domain.coordinates import Crs
from gridclient.services.words import ACCOUNTS

_BY_ROLE: Final = {"shift_leader": "leader"} | {word: code for code, word in ACCOUNTS.items()}
_NO_CHOICE: Final = re.compile(r"argument (.*?): invalid choice: '(.*)' \(choose from (.*)\)", re.DOTALL)
_MESSAGES: Final = (
    (r"the following arguments are required: (.*)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.*)", r"不认识的参数：\1"),
    (r"argument (.*?): expected one argument", r"参数 \1 后面缺少内容"),
    (r"argument (.*?): expected .* arguments?", r"参数 \1 后面的内容数目不对"),
    (r"argument (.*?): invalid int value: '(.*)'", r"参数 \1：应为整数，不能是“\2”"),
    (r"argument (.*?): invalid float value: '(.*)'", r"参数 \1：应为数字，不能是“\2”"),
    (r"argument (.*?): ignored explicit argument (.*)", r"参数 \1 不带内容，多了 \2"),
    (r"argument (.*?): not allowed with argument (.*)", r"参数 \1 不能与 \2 同用"),
    (r"argument (.*?): (.*)", r"参数 \1：\2"),
)


class WrongUse(Exception):
    """The command line cannot be read; ``usage`` shows how it is written."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.message = message
        self.usage = usage


class _Formatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """Raises :class:`WrongUse` instead of ending the program. Options cannot be shortened."""

    def __init__(self, **given: Any) -> None:
        wants_help, parents = given.pop("add_help", True), given.pop("parents", ())
        super().__init__(**{"formatter_class": _Formatter, "allow_abbrev": False, **given, "add_help": False})
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        if wants_help:
            self.add_argument("-h", "--help", action="help", help="显示说明")
        for parent in parents:  # after the titles are set, else these would be other groups
            self._add_container_actions(parent)

    def error(self, message: str) -> NoReturn:
        """Raises :class:`WrongUse`."""
        raise WrongUse(_in_chinese(message), self.format_usage())


def _in_chinese(message: str) -> str:
    if found := _NO_CHOICE.fullmatch(message):
        name, given, choices = found.groups()
        known = "、".join(re.findall(r"[\w-]+", choices))
        return f"参数 {name}：没有“{given}”，可选：{known}"
    for pattern, words in _MESSAGES:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return found.expand(words)
    return message


def one_of(words: Mapping[str, str]) -> Callable[[str], str]:
    """An argument type: an identifier or its Chinese word. Gives the identifier."""
    by_word = {word: name for name, word in words.items()}

    def read(text: str) -> str:
        name = by_word.get(text, text)
        if name not in words:
            known = "、".join(f"{name}（{word}）" if name != word else name for name, word in words.items())
            raise argparse.ArgumentTypeError(f"没有“{text}”，可选：{known}")
        return name

    return read


def add_account(command: argparse.ArgumentParser) -> None:
    """Adds ``--as``: an account's code, or the identifier or word of its role, which becomes the code."""
    known = "operator 受理派遣员（默认）、leader 值班长、supervisor 网格督导，或单位编码"
    command.add_argument("--as", dest="account", type=lambda text: _BY_ROLE.get(text, text), metavar="账号", help=known)


def path_of(text: str) -> Path:
    """An argument type: a file or a folder. An empty text is refused: it is a script's variable that nobody set, not
    the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("是空的，请写明位置")
    return Path(text)


def coordinate_system(text: str) -> Crs:
    """An argument type: a coordinate system in any usual spelling."""
    try:
        return Crs(text)
    except ValueError:
        known = "、".join(crs.value for crs in Crs)
        raise argparse.ArgumentTypeError(f"没有坐标系“{text}”，可选：{known}") from None


def count_of(least: int) -> Callable[[str], int]:
    """An argument type: a whole number of at least ``least``."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(f"应为不小于 {least} 的整数，不能是“{text}”")
        return value

    return read
