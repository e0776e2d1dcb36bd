"""The initials of names: worked out once by the worker process, kept, and told to whoever asked."""

from __future__ import annotations

import json
import multiprocessing

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from gridclient.ui.initials import NameInitials
from gridclient.ui.jobs import Jobs
from tests.ui.fakes.invented_desk import empty_desk

KEPT = "desk.initials"


def test_initials_are_worked_out_kept_and_worked_out_only_for_names_that_are_new(jobs: Jobs, qtbot: QtBot) -> None:
    store = empty_desk().store
    store.kept[KEPT] = json.dumps({"司法所": "as kept"}, ensure_ascii=False)
    owner, running = QObject(), set(multiprocessing.active_children())
    names = NameInitials(settings=store, jobs=jobs, parent=owner)
    with qtbot.waitSignal(names.learnt) as told:
        names.ask(["司法所"])
    assert told.args == [{"司法所": "as kept"}]
    assert set(multiprocessing.active_children()) <= running, "what is kept needs no process"
    with qtbot.waitSignal(names.learnt) as told:
        names.ask(["司法所", "派出所"])
    assert told.args == [{"司法所": "as kept", "派出所": "pcs"}]
    qtbot.waitUntil(lambda: not jobs.busy)
    assert json.loads(store.kept[KEPT]) == names.known == {"司法所": "as kept", "派出所": "pcs"}


def test_names_that_are_asked_for_while_others_are_read_are_told_with_them(jobs: Jobs, qtbot: QtBot) -> None:
    owner = QObject()
    names = NameInitials(settings=empty_desk().store, jobs=jobs, parent=owner)
    with qtbot.waitSignal(names.learnt, check_params_cb=lambda known: known.keys() == {"司法所", "派出所"}):
        names.ask(["司法所"])
        names.ask(["派出所"])
    qtbot.waitUntil(lambda: not jobs.busy)
