"""What the desk does with an offer that was taken."""

from __future__ import annotations

from collections.abc import Callable

from gridclient.services.rows import Box
from gridclient.ui.actions import DeskActions
from gridclient.ui.command.offers import Kind, Offer
from gridclient.ui.state import DeskState


def take_offer(offer: Offer, state: DeskState, actions: DeskActions) -> None:
    """Chooses, searches or does what the offer stands for."""
    taken: dict[Kind, Callable[[str], object]] = {
        Kind.COMMAND: actions.trigger,
        Kind.CASE: state.choose_case,
        Kind.GRID: state.choose_grid,
        Kind.UNIT: state.choose_unit,
        Kind.BOX: lambda box: state.toggle_box(Box(box)),
        Kind.STATE: state.choose_state,
        Kind.SEARCH: state.search,
    }
    taken[offer.kind](offer.value)
