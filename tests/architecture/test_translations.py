"""Texts for people can be found by the translation tools, and the English translation has all of them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QTranslator

from tests.architecture.sources import PACKAGE, ROOT, calls, is_put_together, python_files

ENGLISH: Final = ROOT / "resources" / "translations" / "gridclient_en.ts"
CHINESE: Final = re.compile("[\u4e00-\u9fff]")
MARKS: Final = re.compile(r"\{[^}]*\}|%\d|%n|\n|Ctrl\+[A-Z]|Shift\+|\bF\d\b|\bEsc\b|\bEnter\b|\*\.[a-z]+", re.ASCII)
FEWEST: Final = 400


def test_no_translated_text_is_put_together_before_it_is_looked_up() -> None:
    faulty = [
        call.place
        for call in calls()
        if call.name in {"tr", "translate"} and any(is_put_together(argument) for argument in call.node.args[:2])
    ]
    assert not faulty, f"fill the gaps after tr(), not before: {faulty}"


def entries(ts: Path) -> dict[tuple[str, str], str | None]:
    """(context, source) of a translation file with the translation, None where it is unfinished or gone."""
    found: dict[tuple[str, str], str | None] = {}
    for context in ElementTree.parse(ts).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            done = translation is not None and translation.text and not translation.get("type")
            key = (context.findtext("name", ""), message.findtext("source", ""))
            found[key] = translation.text if translation is not None and done else None
    return found


@cache
def english() -> dict[tuple[str, str], str]:
    return {key: words or "" for key, words in entries(ENGLISH).items()}


def marks(text: str) -> list[str]:
    """What must stand in a translation as it stands in the source: gaps, keys, file endings, new lines."""
    return sorted(MARKS.findall(text.replace("回车", "Enter")))


def test_english_translation_holds_every_text_of_the_desk_and_no_other(tmp_path: Path) -> None:
    tool = shutil.which("pyside6-lupdate", path=str(Path(sys.executable).parent)) or shutil.which("pyside6-lupdate")
    assert tool, "pyside6-lupdate comes with PySide6"
    sources = python_files(PACKAGE)
    fresh = tmp_path / "fresh.ts"
    subprocess.run([tool, *map(str, sources), "-ts", str(fresh)], check=True, capture_output=True)
    wanted, held = entries(fresh).keys(), entries(ENGLISH).keys()
    assert len(wanted) > FEWEST
    assert wanted == held, f"see resources/translations/README.md; new {wanted - held}, vanished {held - wanted}"


def test_english_translation_is_finished() -> None:
    unfinished = [key for key, words in entries(ENGLISH).items() if not words]
    assert not unfinished
    assert not [key for key, words in english().items() if CHINESE.search(words)]


def test_gaps_and_keys_are_the_same_in_english() -> None:
    differing = {source: words for (_, source), words in english().items() if marks(source) != marks(words)}
    assert not differing


def test_compiled_english_translation_says_what_its_source_says() -> None:
    compiled = QTranslator()
    assert compiled.load(str(ENGLISH.with_suffix(".qm")))
    stale = {key: words for key, words in english().items() if compiled.translate(*key) != words}
    assert not stale, f"run pyside6-lrelease, see resources/translations/README.md: {stale}"


@pytest.mark.parametrize(("wanted", "english_desk"), [("", False), ("zh", False), ("en", True), ("EN_us", True)])
def test_the_desk_speaks_english_when_it_is_asked_to(wanted: str, english_desk: bool) -> None:
    from gridclient.application import is_english

    assert is_english(wanted) is english_desk
