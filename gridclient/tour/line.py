"""The stops with two desks: the line is cut, both dispatch one case, a person chooses, a stick carries the rest."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from gridclient.composition import open_desk
from gridclient.demo.building import DEFAULT_TOWNSHIP
from gridclient.demo.freshness import SECOND_DESK
from gridclient.domain.roles import Action
from gridclient.services.sync_control import SyncState
from gridclient.services.sync_port import RoundEnd
from gridclient.syncing import DeskLine, fault_of
from gridclient.tour.desk import dispatch_chosen, first_to_dispatch
from gridclient.tour.hands import Hands
from gridclient.ui.sync.stick import StickPanel


def walk_line(hands: Hands, folder: Path) -> None:
    """All these stops in order. ``folder`` is the profile of the first desk; the hub is running."""
    sync = hands.window.pages.sync
    hands.until("hub", lambda: sync.view.last is not None and sync.view.last.end is RoundEnd.DONE)
    _switch(hands, SyncState.OFFLINE)
    case_id = _dispatch_offline(hands)
    hands.picture("offline")
    _dispatch_at_second_desk(folder, case_id)
    _switch(hands, SyncState.IDLE)
    hands.until("conflict", lambda: sync.view.conflicts > 0 and sync.view.pending_events == 0)
    hands.picture("synced")
    _choose(hands)
    _carry_by_stick(hands, folder)


def _page(hands: Hands, name: str) -> QWidget:
    hands.window.actions_.trigger(name)
    found: list[QWidget] = []

    def shown() -> bool:
        page = hands.window.pages.page(name)
        found[:] = [page] if page is not None and page.isVisible() else []
        return bool(found)

    hands.until(name, shown)
    hands.settle()
    return found[0]


def _switch(hands: Hands, state: SyncState) -> None:
    """Opens the sync page and clicks the switch of the line."""
    page = _page(hands, "sync")
    switch = page.findChild(QAbstractButton, "offlineSwitch")
    assert switch is not None
    hands.click(switch)
    hands.until(state.value, lambda: hands.window.pages.sync.view.state is state)


def _dispatch_offline(hands: Hands) -> str:
    """Dispatches a case of the second desk's township without a line."""
    hands.key(Qt.Key.Key_Escape)
    hands.clear()
    hands.window.state.choose_grid(DEFAULT_TOWNSHIP)
    hands.settle()
    case_id = first_to_dispatch(hands)
    dispatch_chosen(hands, case_id)
    hands.until("waiting", lambda: hands.window.pages.sync.view.pending_events > 0)
    return case_id


def _dispatch_at_second_desk(folder: Path, case_id: str) -> None:
    """The second desk dispatches the same case to another unit and reaches the hub first."""
    with open_desk(folder / SECOND_DESK) as opened:
        proposal = opened.desk.propose(case_id)
        others = [c.unit.code for c in proposal.candidates if c is not proposal.lead]
        units = others or [unit.code for unit in opened.desk.reference.units()]
        opened.desk.act(Action.DISPATCH, case_id, {"lead": units[0], "reason": "现场已到达"})
        report = DeskLine(opened).sync_once()
    if report.end is not RoundEnd.DONE:
        raise fault_of(report)


def _choose(hands: Hands) -> None:
    """Shows both sides of the conflict and chooses one by two keys."""
    sync = hands.window.pages.sync
    _page(hands, "conflicts")
    hands.picture("conflict")
    hands.key(Qt.Key.Key_2)
    hands.key(Qt.Key.Key_Return)
    hands.until("chosen", lambda: sync.view.conflicts == 0)
    hands.picture("chosen")
    hands.key(Qt.Key.Key_Escape)


def _carry_by_stick(hands: Hands, folder: Path) -> None:
    """Takes what is done without a line to the second desk as a file."""
    _switch(hands, SyncState.OFFLINE)
    _dispatch_offline(hands)
    page = _page(hands, "sync")
    panel = page.findChild(StickPanel)
    assert panel is not None
    stick = folder / "stick.gridbundle"
    panel.export_to(stick)
    hands.until("stick", stick.is_file)
    hands.picture("stick")
    with open_desk(folder / SECOND_DESK) as opened:
        DeskLine(opened).import_bundle(stick)
    stick.unlink()
    _switch(hands, SyncState.IDLE)
    hands.until("reported", lambda: hands.window.pages.sync.view.pending_events == 0)
    hands.key(Qt.Key.Key_Escape)
    hands.clear()
