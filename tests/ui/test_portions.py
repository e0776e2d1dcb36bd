"""Work in portions: what is asked where."""

from __future__ import annotations

import threading
from functools import partial

from pytestqt.qtbot import QtBot

from gridclient.domain.roles import Action
from gridclient.ui.jobs import Jobs
from gridclient.ui.portions import Portions
from tests.ui.fakes.invented_desk import InventedDesk


def test_the_numbers_of_refused_cases_are_shortened_where_the_list_lives(
    invented: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    asked: list[threading.Thread] = []

    def short(number: str) -> str:
        asked.append(threading.current_thread())
        return number[-4:]

    case_id = invented.register("积水")
    portions = Portions(desk=invented.desk, jobs=jobs, short=short, parent=jobs)
    with qtbot.waitSignal(portions.finished) as told:
        portions.run([case_id], partial(invented.desk.act_on_many, Action.CLOSE))
    assert told.args is not None
    assert told.args[0].numbers == {case_id: invented.store.cases[case_id].number[-4:]}
    assert asked == [threading.main_thread()]
