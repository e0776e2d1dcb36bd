"""The place of the case's panel in the window. The panel is made after the first paint, or when it is first needed.

The panel, its forms and the list of units are a third of the window's widgets and modules, so list and map do not wait
for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from gridclient.services.desk import Desk
from gridclient.services.rows import Changes
from gridclient.ui.case_news import CaseNews
from gridclient.ui.initials import NameInitials
from gridclient.ui.jobs import Jobs
from gridclient.ui.laid_out import down, panel

if TYPE_CHECKING:
    from gridclient.ui.casework.panel import CasePanel

_PAUSE_MS: Final = 5
_PORTIONS: Final = (
    "gridclient.services.intake",
    "gridclient.ui.casework.form_spec",
    "gridclient.ui.casework.action_form",
    "gridclient.ui.casework.foot",
    "gridclient.ui.casework.attachments",
    "gridclient.ui.casework.top",
    "gridclient.ui.casework.panel",
    "gridclient.ui.dispatch.unit_list",
    "gridclient.ui.dispatch.panel",
)
"""The panel's modules. They are imported one by one, so that keys and the map are served in between."""


class CasePane(QWidget):
    """Object name ``casePane``. Keeps the cases that are to be shown until the panel is there.

    Attributes:
        news: the panel's signals, which can be connected before the panel exists.
    """

    def __init__(self, *, desk: Desk, jobs: Jobs, initials: NameInitials, short: Callable[[str], str]) -> None:
        super().__init__()
        self.setObjectName("casePane")
        panel(self)
        self.news = CaseNews(short=short, parent=self)
        self._desk, self._jobs, self._initials = desk, jobs, initials
        self._panel: CasePanel | None = None
        self._steps = self._making()
        self._kept: tuple[str, ...] = ()
        down(on=self)

    @property
    def panel(self) -> CasePanel:
        """The panel; it is made now if it is missing."""
        self.make()
        assert self._panel is not None
        return self._panel

    def make(self) -> None:
        """Makes the rest of the panel now."""
        for _ in self._steps:
            pass

    def make_soon(self) -> None:
        """Makes the panel step by step, while keys and the map are served in between."""
        if next(self._steps, self) is not self:
            QTimer.singleShot(_PAUSE_MS, self, self.make_soon)

    def show_cases(self, case_ids: Sequence[str]) -> None:
        """Shows one case, several or none."""
        self._kept = tuple(case_ids)
        if self._panel is not None:
            self._show(self._panel)

    def refresh(self, changes: Changes) -> None:
        """Shows what was written. A panel that is made later reads the case as it is then."""
        if self._panel is not None:
            self._panel.refresh(changes)

    def refresh_files(self) -> None:
        """See :meth:`CasePanel.refresh_files`."""
        if self._panel is not None:
            self._panel.refresh_files()

    def _making(self) -> Iterator[None]:
        """Makes the panel in steps of some milliseconds."""
        for part in _PORTIONS:
            import_module(part)
            yield
        from gridclient.ui.casework.panel import CasePanel
        from gridclient.ui.dispatch.panel import DispatchPanel

        desk, jobs, news = self._desk, self._jobs, self.news
        dispatch = DispatchPanel(desk=desk, jobs=jobs, short=news.short)
        yield
        self._panel = panel = CasePanel(desk=desk, jobs=jobs, dispatch=dispatch, initials=self._initials, news=news)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(panel)
        self.setFocusProxy(panel)
        self._show(panel)

    def _show(self, panel: CasePanel) -> None:
        if len(self._kept) > 1:
            panel.show_batch(self._kept)
        else:
            panel.show_case(next(iter(self._kept), None))
