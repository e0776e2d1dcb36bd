"""A map in a window of its own that moves about and ends by itself: for watching a whole process from outside."""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from gridclient.mapview.scheme import prepare_environment, register_scheme
from gridclient.mapview.view import MapView
from tests.fakes.map_data import SIDE, SOUTH, WEST, FakeCase, InMemoryMapData, grid_code

HOSTILE = """
document.head.append(Object.assign(document.createElement('link'), {rel: 'preconnect', href: 'https://192.0.2.1'}));
document.head.append(Object.assign(document.createElement('link'), {rel: 'dns-prefetch', href: 'https://a.example.org'}));
document.body.append(Object.assign(new Image(), {src: 'https://192.0.2.1/a.png'}));
fetch('https://192.0.2.1/').catch(() => {}); 0
"""


def main() -> int:
    """Exit status 0 when the page came up, 3 when it did not within 30 s."""
    prepare_environment()
    register_scheme()
    application = QApplication(sys.argv[:1])
    place = (WEST + SIDE / 2, SOUTH + SIDE / 2)
    view = MapView(data=InMemoryMapData(cases=[FakeCase("case-1", *place, grid_code("basic", 4, 4))]))
    view.resize(800, 500)

    def up() -> None:
        view.centre_on(*place, 14)
        view.select_grid(grid_code("basic", 4, 4))
        if "hostile" in sys.argv:
            view.page().runJavaScript(HOSTILE, lambda _: None)
        QTimer.singleShot(1500, end)

    def end() -> None:
        view.shutdown()
        application.exit(0)

    view.bridge.page_ready.connect(up)
    QTimer.singleShot(30_000, lambda: application.exit(3))
    view.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
