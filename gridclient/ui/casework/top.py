"""The upper part of the panel: the head and the tabs of a case, or words in their place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QTabWidget, QWidget

from gridclient.domain.case import CaseState
from gridclient.domain.roles import Action, may, may_see_people
from gridclient.services.desk import Desk
from gridclient.services.rows import CaseRow, Likeness
from gridclient.ui.case_news import CaseNews
from gridclient.ui.casework.attachments import AttachmentsTab
from gridclient.ui.casework.case_view import CaseView
from gridclient.ui.casework.fact_tabs import BasisTab, DetailsTab, RelatedTab
from gridclient.ui.casework.header import CaseHeader
from gridclient.ui.casework.timeline import TimelineList
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, down, label, panel
from gridclient.ui.present import likeness_words, state_word

_MODEST_TABS_PX, _LEAST_TABS_PX = 64, 36
_ROOM_FOR_ALIKE_PX: Final = 76
_ALIKE_EDGES_PX: Final = 32
_ORDER: Final = {state: place for place, state in enumerate(CaseState)}


class _Tabs(QTabWidget):
    """Takes the height that is left and asks for little: a form below it comes first. On a low screen their words are
    all that is seen of them."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), _MODEST_TABS_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), _LEAST_TABS_PX)


class _TimelinePage(QWidget):
    """The timeline, and below it the words on the likeliest duplicate where neither is cut."""

    def __init__(self, alike: QWidget) -> None:
        super().__init__()
        self._alike, self._told = alike, False

    def tell(self, *, told: bool) -> None:
        """Whether there are such words."""
        self._told = told
        self._alike.setVisible(told and self.height() >= _ROOM_FOR_ALIKE_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tell(told=self._told)


class CaseTop(QStackedWidget):
    """Shows one case, the states of several, or what to do if none is chosen."""

    def __init__(self, *, desk: Desk, jobs: Jobs, news: CaseNews) -> None:
        super().__init__()
        self.header = CaseHeader()
        self.timeline = TimelineList()
        self.details = DetailsTab()
        self.attachments = AttachmentsTab(desk=desk, jobs=jobs)
        self.related = RelatedTab()
        self.basis = BasisTab()
        self.related.list.open_wanted.connect(news.open_wanted)
        self.alike = QPushButton()
        self.alike.setProperty("kind", "flat")
        self.alike.hide()
        self.show_numbers = QPushButton(self.tr("显示号码"))
        self.show_numbers.setToolTip(self.details.show_button.toolTip())
        self._may_ask = may_see_people(desk.actor.role)
        self._registers = may(desk.actor.role, Action.AMEND)
        self._plain = ""  # the case whose people are shown unmasked
        self.contended = KeyButton(self.tr("两个席位同时处理，待选择…"), icon="conflict")
        self.contended.setObjectName("openConflict")
        self.contended.setToolTip(self.tr("看双方各做了什么，选一方"))
        self._shown = self._alike_words = ""
        self.contended.clicked.connect(lambda: news.conflict_wanted.emit(self._shown))
        self.tabs = self._make_tabs()
        self._new = False
        self._page_of = {True: self.tabs.indexOf(self.details), False: 0}
        self.alike.clicked.connect(lambda: self.tabs.setCurrentWidget(self.related))
        self.message = panel(label(role="muted", wraps=True))
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setContentsMargins(24, 24, 24, 24)
        self._case = panel(QWidget())
        line = across(self.contended, edges=(12, 0, 12, 0))
        down(self.header, line, (self.tabs, 1), on=self._case, gap=0)
        self.addWidget(self.message)
        self.addWidget(self._case)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Says what to do when no case is chosen."""
        words = self.tr("还没有选中案件。\n在列表里用 ↑ ↓ 选一件，或在地图上点一件；按 F3 登记新案件，按 Ctrl+K 查找。")
        others = self.tr("还没有选中案件。\n在列表里用 ↑ ↓ 选一件，或在地图上点一件；按 Ctrl+K 查找。")
        self.say(words if self._registers else others)

    def say(self, sentence: str) -> None:
        """Shows words in place of a case."""
        self._plain = ""
        self.message.setText(sentence)
        self.setCurrentWidget(self.message)

    def show_several(self, rows: Sequence[CaseRow]) -> None:
        """Says how many cases are chosen, and in which states, in the order in which a case takes them."""
        in_order = sorted(rows, key=lambda row: _ORDER[CaseState(row.state)])
        states = Counter(state_word(row.state, returned=row.returned, escalated=row.escalated) for row in in_order)
        counted = "，".join(self.tr("{state} {count} 件").format(state=s, count=n) for s, n in states.items())
        self.say(self.tr("已选 {count} 件\n{states}").format(count=len(rows), states=counted))

    def show_view(self, view: CaseView, now: datetime) -> None:
        """Shows a case as it is at ``now``."""
        self.header.show_view(view, now)
        if view.case.id != self._shown:
            self._turn_to(new=view.case.state is CaseState.REPORTED)
            self._plain = ""
        self._shown = view.case.id
        self.contended.setVisible(bool(view.case.contentions))
        self._show_people(view, now)
        self.basis.show_standard(view.standard)
        self._count(self.attachments, self.tr("附件"), len(view.files))
        self.setCurrentWidget(self._case)

    def reveal(self, view: CaseView, now: datetime) -> None:
        """Shows the people of the case unmasked, until another case is shown."""
        for button, page in ((self.show_numbers, self.timeline), (self.details.show_button, self.details)):
            if button.hasFocus():  # otherwise the keyboard jumps to the first action
                page.setFocus()
        self._plain = view.case.id
        self._show_people(view, now)

    def _show_people(self, view: CaseView, now: datetime) -> None:
        plain = view.case.id == self._plain
        self.timeline.show_lines(view.plain_lines if plain else view.lines, now)
        self.show_numbers.setVisible(self._may_ask and not plain and view.lines != view.plain_lines)
        self.details.show_view(view, plain=plain, may_ask=self._may_ask)
        self.attachments.show_view(view, plain=plain)

    def show_likenesses(self, likenesses: Sequence[Likeness], now: datetime) -> None:
        """Shows the cases that may be the same: in their tab, and the likeliest below the timeline."""
        self.related.show_likenesses(likenesses, now)
        self._count(self.related, self.tr("关联"), len(likenesses))
        self._first.tell(told=bool(likenesses))
        if likenesses:
            words = likeness_words(likenesses[0], now)
            text = self.tr("疑似重复 {count} 件：{words}")
            self._alike_words = text.format(count=len(likenesses), words=words)
            self.alike.setToolTip("\n".join((self._alike_words, self.tr("看看可能重复的案件"))))
            self._fit_alike()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_alike()

    def _fit_alike(self) -> None:
        """Shortens the words to the room that there is."""
        room = self.width() - _ALIKE_EDGES_PX
        self.alike.setText(self.alike.fontMetrics().elidedText(self._alike_words, Qt.TextElideMode.ElideRight, room))

    def _turn_to(self, *, new: bool) -> None:
        """Turns to the tab for new or for other cases: 详情 and 时间线, unless the operator chose another one for that
        kind."""
        self._page_of[self._new] = self.tabs.currentIndex()
        self._new = new
        self.tabs.setCurrentIndex(self._page_of[new])

    def _count(self, page: QWidget, word: str, count: int) -> None:
        self.tabs.setTabText(self.tabs.indexOf(page), f"{word} {count}" if count else word)

    def _make_tabs(self) -> QTabWidget:
        tabs = _Tabs()
        tabs.setDocumentMode(True)
        tabs.tabBar().setExpanding(False)
        tabs.tabBar().setDrawBase(False)
        tabs.tabBar().setUsesScrollButtons(False)
        tabs.setStyleSheet("QTabWidget::tab-bar { left: 12px; }")
        first = self._first = _TimelinePage(self.alike)
        left = Qt.AlignmentFlag.AlignLeft
        buttons = ((self.show_numbers, left), (self.alike, left))
        down((self.timeline, 1), *buttons, on=first, edges=(12, 6, 0, 4), gap=6)
        pages = (
            (first, self.tr("时间线")),
            (self.details, self.tr("详情")),
            (self.attachments, self.tr("附件")),
            (self.related, self.tr("关联")),
            (self.basis, self.tr("责任依据")),
        )
        for page, word in pages:
            page.setProperty("panel", "true")
            tabs.addTab(page, word)
        return tabs
