"""A case's panel with the dispatch panel beside it, over an invented desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import AccountRole
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.dispatch.panel import DispatchPanel
from gridclient.ui.jobs import Jobs
from gridclient.ui.present import short_number
from tests.ui.fakes.invented_desk import InventedDesk, empty_desk


@pytest.fixture
def made() -> InventedDesk:
    return empty_desk(role=AccountRole.SHIFT_LEADER)


@pytest.fixture
def dispatch(made: InventedDesk, jobs: Jobs) -> DispatchPanel:
    return DispatchPanel(desk=made.desk, jobs=jobs, short=short_number)


@pytest.fixture
def panel(made: InventedDesk, jobs: Jobs, dispatch: DispatchPanel, qtbot: QtBot) -> CasePanel:
    shown = CasePanel(desk=made.desk, jobs=jobs, dispatch=dispatch)
    qtbot.addWidget(shown)
    shown.resize(344, 700)
    shown.show()
    return shown


@pytest.fixture
def show(panel: CasePanel, jobs: Jobs, qtbot: QtBot) -> Callable[[str], None]:
    def shown(case_id: str) -> None:
        panel.show_case(case_id)
        qtbot.waitUntil(lambda: panel.view is not None and panel.view.case.id == case_id and not jobs.busy)

    return shown
