"""The time left is told in the same words wherever something takes long."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from gridclient.services.import_findings import ImportPhase
from gridclient.services.sync_control import SyncState
from gridclient.ui.importing.progress_line import ProgressLine
from gridclient.ui.pace import Pace
from gridclient.ui.sync.state_card import RoundProgress
from gridclient.ui.waiting import CatchingUp
from tests.ui.sync.conftest import view


@pytest.mark.parametrize(("after", "words"), [(1.0, ""), (12.0, " · 约剩 12 秒"), (120.0, " · 约剩 2 分钟")])
def test_an_import_a_round_and_an_update_tell_the_time_left_alike_when_it_is_known(
    look: None, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, after: float, words: str
) -> None:
    now = [100.0]
    monkeypatch.setattr("gridclient.ui.pace.time", SimpleNamespace(monotonic=lambda: now[0]))
    line, card, waiting = ProgressLine(), RoundProgress(), CatchingUp()
    for widget in (line, card, waiting):
        qtbot.addWidget(widget)
    line.begin("cases")
    for done in (0, 500):
        line.advance(ImportPhase.WRITING.value, done, 1_000)
        card.show_view(view(SyncState.RUNNING, stage="pull", done=done, all=1_000))
        waiting.show_progress(done, 1_000)
        now[0] = 100.0 + after
    assert [line.words.text(), card.words.text(), waiting.figures.text()] == [
        f"写入 500 / 1,000 行{words}",
        f"正在取回 500/1,000{words}",
        f"已整理 500 / 1,000 件{words}",
    ]


def test_between_two_pieces_of_a_photo_the_time_left_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("gridclient.ui.pace.time", SimpleNamespace(monotonic=lambda: now[0]))
    pace, told = Pace(), []
    for moment, done in ((100.0, 256), (116.0, 512), (124.0, 512), (131.0, 512), (132.0, 768)):
        now[0] = moment
        told.append(pace.left(done, 1_024))
    assert told == ["", "约剩 32 秒", "约剩 32 秒", "约剩 32 秒", "约剩 16 秒"]
