"""The case's place in the window: its panel is made when the desk has been seen, or when it is first needed.

The panel, its forms and the list of units are a third of the window's widgets and modules: the first paint of list and
map waits for none of them.
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
"""The panel's modules, so that between two of them keys and the map are served."""


class CasePane(QWidget):
    """Holds the panel, object name ``casePane``; the cases to be shown before it is there are kept.

    Attributes:
        news: what the panel tells, to be heard before it is there.
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
        """The panel; where it is not there yet, it is made now."""
        self.make()
        assert self._panel is not None
        return self._panel

    def make(self) -> None:
        """Makes what is left of it now."""
        for _ in self._steps:
            pass

    def make_soon(self) -> None:
        """Makes it step by step while the desk goes on."""
        if next(self._steps, self) is not self:
            QTimer.singleShot(_PAUSE_MS, self, self.make_soon)

    def show_case(self, case_id: str | None) -> None:
        """See :meth:`CasePanel.show_case`."""
        self._kept = (case_id,) if case_id is not None else ()
        if self._panel is not None:
            self._panel.show_case(case_id)

    def show_batch(self, case_ids: Sequence[str]) -> None:
        """See :meth:`CasePanel.show_batch`."""
        self._kept = tuple(case_ids)
        if self._panel is not None:
            self._panel.show_batch(case_ids)

    def refresh(self, changes: Changes) -> None:
        """Shows what changed; a panel that is not there yet will read it as it is by then."""
        if self._panel is not None:
            self._panel.refresh(changes)

    def refresh_files(self) -> None:
        """See :meth:`CasePanel.refresh_files`."""
        if self._panel is not None:
            self._panel.refresh_files()

    def _making(self) -> Iterator[None]:
        """In steps of some milliseconds; whoever comes first does the next one."""
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
        if len(self._kept) > 1:
            panel.show_batch(self._kept)
        else:
            panel.show_case(self._kept[0] if self._kept else None)
