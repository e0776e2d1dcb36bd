"""The sync page on the smallest screen at one and a half times its size."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gridclient.services.sync_control import SyncState
from gridclient.services.sync_port import RoundEnd
from gridclient.ui.sync.desk_sync import DeskSync
from gridclient.ui.sync.page import SyncPage
from tests.fakes.fake_sync import NOON, FakeSync, round_at
from tests.ui.sync.conftest import tell

WIDTH, HEIGHT = 910, 512


@pytest.mark.parametrize("state", list(SyncState))
def test_the_state_gives_way_to_the_rounds_and_loses_nothing(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot, state: SyncState
) -> None:
    page.resize(WIDTH, HEIGHT)
    last = replace(round_at(), end=RoundEnd.FAILED, error="sync.revoked", hub_time=NOON + timedelta(hours=9))
    figures = {"pending_events": 1_000_000, "pending_cases": 99_999, "pending_files": 1_234, "conflicts": 999}
    tell(fake, sync, qtbot, state, last=last, **figures)
    left = page.card.parentWidget()
    assert left is not None
    qtbot.waitUntil(lambda: page.rounds.columnWidth(6) > 150)
    within = left.visibleRegion().boundingRect().right()
    cut = [part for part in left.findChildren(QWidget) if part.isVisible() and _right(part, left) > within]
    assert cut == []


def _right(part: QWidget, left: QWidget) -> int:
    return part.mapTo(left, part.rect().topRight()).x()
