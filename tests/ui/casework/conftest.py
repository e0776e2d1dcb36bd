"""A case's panel with the dispatch panel beside it, over an invented desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import AccountRole
from gridclient.ui.case_news import CaseNews
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.dispatch.panel import DispatchPanel
from gridclient.ui.initials import NameInitials
from gridclient.ui.jobs import Jobs
from gridclient.ui.present import short_number
from tests.ui.casework.panel_keys import MakePanel
from tests.ui.fakes.invented_desk import InventedDesk, empty_desk


@pytest.fixture
def made() -> InventedDesk:
    return empty_desk(role=AccountRole.SHIFT_LEADER)


@pytest.fixture
def make_panel(jobs: Jobs, initials: str, qtbot: QtBot) -> MakePanel:
    def make(over: InventedDesk) -> CasePanel:
        desk = over.desk
        over.store.kept["desk.initials"] = initials
        dispatch = DispatchPanel(desk=desk, jobs=jobs, short=short_number)
        names = NameInitials(settings=desk.settings, jobs=jobs, parent=dispatch)
        news = CaseNews(short=short_number, parent=dispatch)
        shown = CasePanel(desk=desk, jobs=jobs, dispatch=dispatch, initials=names, news=news)
        qtbot.addWidget(shown)
        shown.resize(344, 700)
        shown.show()
        return shown

    return make


@pytest.fixture
def panel(made: InventedDesk, make_panel: MakePanel) -> CasePanel:
    return make_panel(made)


@pytest.fixture
def dispatch(panel: CasePanel) -> DispatchPanel:
    assert isinstance(panel.foot.dispatch, DispatchPanel)
    return panel.foot.dispatch


@pytest.fixture
def show(panel: CasePanel, jobs: Jobs, qtbot: QtBot) -> Callable[[str], None]:
    def shown(case_id: str) -> None:
        panel.show_case(case_id)
        qtbot.waitUntil(lambda: panel.view is not None and panel.view.case.id == case_id and not jobs.busy)

    return shown


@pytest.fixture
def settle(jobs: Jobs, qtbot: QtBot) -> Callable[[], None]:
    return lambda: qtbot.waitUntil(lambda: not jobs.busy)
