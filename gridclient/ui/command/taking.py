"""What the desk does with an offer that was taken."""

from __future__ import annotations

from collections.abc import Callable

from gridclient.services.rows import Box
from gridclient.ui.actions import DeskActions
from gridclient.ui.command.offers import Kind, Offer, Sources
from gridclient.ui.state import DeskState


def take_offer(offer: Offer, state: DeskState, actions: DeskActions, sources: Sources) -> None:
    """Chooses, searches or does what the offer, made from these sources, stands for."""
    views = {view.name: view for view in sources.views}
    taken: dict[Kind, Callable[[str], object]] = {
        Kind.COMMAND: actions.trigger,
        Kind.CASE: state.choose_case,
        Kind.GRID: state.choose_grid,
        Kind.UNIT: state.choose_unit,
        Kind.BOX: lambda box: state.show_box(Box(box)),
        Kind.STATE: state.choose_state,
        Kind.VIEW: lambda name: state.show_view(views[name]),
        Kind.SEARCH: state.search,
    }
    taken[offer.kind](offer.value)
