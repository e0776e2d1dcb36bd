"""Where a desk's window opens."""

from __future__ import annotations

import json

import pytest

from tests.ui.conftest import OpenWindow
from tests.ui.fakes.invented_desk import busy_desk


@pytest.mark.parametrize("beside", [True, False])
def test_a_new_desk_fills_the_screen_unless_it_lies_beside_another(open_window: OpenWindow, *, beside: bool) -> None:
    desk = busy_desk()
    if beside:
        desk.store.kept["desk.window"] = json.dumps({"beside": "yes"})
    window = open_window(desk)
    free = window.screen().availableGeometry()
    assert window.isMaximized() is not beside
    if beside:
        assert window.geometry().left() > free.left()
        assert window.geometry().top() > free.top()


def test_a_window_that_no_longer_fills_the_screen_still_has_room_on_it(open_window: OpenWindow) -> None:
    window = open_window(busy_desk())
    free = window.screen().availableGeometry()
    assert window.normalGeometry().width() <= free.width()
    assert window.normalGeometry().height() <= free.height()
