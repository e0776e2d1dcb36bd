"""The commands that the operator's pages print: each can be typed as it stands there, and the one that only a shift
leader gives does what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from gridclient.application import RESOURCES
from gridclient.cli.entry import parser
from tests.fakes.command_line import CommandLine, copied, made_demo

PAGES = sorted((RESOURCES / "help").glob("*.md"))
SHOWN = re.compile(r"`+(?:[a-z]*\n)?([^`]*)`+")


def commands_of(page: Path) -> list[list[str]]:
    """The words of each command after its program, where it has more of them than a name."""
    blocks = SHOWN.findall(page.read_text(encoding="utf-8").replace("\\\n", " "))
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    written = [re.sub(r" \[.*?\]", "", line) for line in lines if re.match(r"(\S*/)?gridclient ", line)]
    return [words[1:] for words in map(shlex.split, written) if len(words) > 3]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_command_that_is_shown_can_be_typed(page: Path) -> None:
    for words in commands_of(page):
        parser().parse_args(words)


def test_commands_are_found_on_the_pages() -> None:
    found = [words for page in PAGES for words in commands_of(page)]
    assert ["--profile", "目录", "restore", "文件"] in found
    assert len(found) > 20


def test_a_closed_case_is_reopened_by_the_command_that_the_page_shows(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = CommandLine(copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "desk"), capsys)
    (words,) = [words for words in commands_of(RESOURCES / "help" / "operator.md") if "reopen" in words]
    said = words[words.index("cases") :]
    ran = desk(*(desk.first("closed") if word == "案件编号" else word for word in said))
    assert (ran.status, ran.err) == (0, "")
    assert "待派遣" in ran.out
