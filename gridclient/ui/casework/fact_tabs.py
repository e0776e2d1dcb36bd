"""The tabs 详情, 责任依据 and 关联: tables of facts, and the cases that may be the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from html import escape
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from gridclient.domain.case import Case
from gridclient.domain.events import from_seconds
from gridclient.services.deadline_text import brief_text
from gridclient.services.masking import MASKS
from gridclient.services.rows import Likeness, StandardRow
from gridclient.services.words import CHANNELS, IMPORTED, PARTS, URGENCIES
from gridclient.ui.breaking import CopiedLabel, breakable
from gridclient.ui.casework.case_view import CaseView
from gridclient.ui.laid_out import down, label, panel
from gridclient.ui.likeness_list import LikenessList
from gridclient.ui.matching import standard_title
from gridclient.ui.present import joined, limit_words, part_word
from gridclient.ui.scroll_area import ScrollArea
from gridclient.ui.theme import tokens

_POINT_DIGITS: Final = 6
_ONE_LINE, _NAME_PX = 6, 96
_REPORTER: Final = frozenset({"reporter_name", "reporter_phone"})
Fact = tuple[str, str]
_Told = Callable[[str, str], str]
"""Gives a text of the case as it is shown, by its name there."""


class FactTable(CopiedLabel):
    """A table of facts. Facts without words are left out; the colours follow the theme."""

    def __init__(self) -> None:
        super().__init__()
        self._facts: list[Fact] = []
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        by = Qt.TextInteractionFlag
        self.setTextInteractionFlags(by.TextSelectableByMouse | by.TextSelectableByKeyboard)

    @property
    def words(self) -> str:
        """The text of the table."""
        return "\n".join(f"{label} {words}" for label, words in self._facts)

    def show_facts(self, facts: Iterable[Fact]) -> None:
        self._facts = [(label, words) for label, words in facts if words]
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        name = f'style="color:{tokens().muted}; padding:2px 10px 2px 0'
        rows = "".join(
            f"<tr>{self._named(label, name)}"
            f'<td style="padding:2px 0">{escape(breakable(words)).replace(chr(10), "<br>")}</td></tr>'
            for label, words in self._facts
        )
        self.setText(f"<table cellspacing=0>{rows}</table>")

    def _named(self, label: str, style: str) -> str:
        if len(label) <= _ONE_LINE:
            return f'<td {style}; white-space:nowrap">{escape(label)}</td>'
        return f'<td width={_NAME_PX} {style}">{escape(breakable(label, longest=_ONE_LINE))}</td>'


class DetailsTab(ScrollArea):
    """All facts of the case. People are masked until the operator presses ``show_button``, which leaves a line in the
    audit log. Source: DOMAIN.md §10."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = FactTable()
        self.show_button = QPushButton()
        self.show_button.setToolTip(
            self.tr("显示这件案件里的姓名和号码原文，换到别的案件再遮住；谁在何时看过，记入操作记录")
        )
        body = panel(QWidget())
        left = Qt.AlignmentFlag.AlignLeft
        down(self.facts, (self.show_button, left), 1, on=body, edges=(12, 8, 12, 8), gap=6)
        self.setWidget(body)
        self.setWidgetResizable(True)

    def show_view(self, view: CaseView, *, plain: bool, may_ask: bool) -> None:
        """Shows the facts of a case, people ``plain`` or masked; ``may_ask``: the operator may have them unmasked."""
        facts, whole = list(self._facts(view, _masked)), list(self._facts(view, _plain))
        self.facts.show_facts(whole if plain else facts)
        known = bool(view.case.facts.reporter_name or view.case.facts.reporter_phone or view.case.contact)
        self.show_button.setText(self.tr("显示反映人") if known else self.tr("显示号码"))
        self.show_button.setVisible(may_ask and not plain and facts != whole)

    def _facts(self, view: CaseView, told: _Told) -> Iterable[Fact]:
        yield from self._what(view, told)
        yield from self._where(view, told)
        yield from self._who(view.case, told)
        yield from self._units(view, told)
        columns = ((IMPORTED.get(name, str(name)), value) for name, value in view.case.facts.extra.items())
        yield from ((name, told("text", str(value))) for name, value in columns if name and value is not None)

    def _what(self, view: CaseView, told: _Told) -> Iterable[Fact]:
        case = view.case
        facts = case.facts
        title = told("title", facts.title)
        yield self.tr("标题"), title if title != _masked("title", facts.title) else ""
        yield self.tr("描述"), told("description", facts.description)
        yield self.tr("编号"), case.number
        yield self.tr("来源"), CHANNELS.get(facts.channel, facts.channel)
        yield self.tr("上级编号"), facts.upper_number
        yield self.tr("立案条件"), standard_title(view.standard) if view.standard is not None else facts.case_class
        yield self.tr("紧急程度"), URGENCIES.get(facts.urgency, str(facts.urgency))
        yield self.tr("敏感"), self.tr("是") if facts.sensitive else ""
        yield self.tr("发生时间"), _moment(from_seconds(facts.happened_at))
        yield self.tr("登记时间"), _moment(case.registered_at)

    def _where(self, view: CaseView, told: _Told) -> Iterable[Fact]:
        facts = view.case.facts
        yield self.tr("镇街"), view.township_name
        yield self.tr("网格"), joined((view.grid_name, facts.grid)) if facts.grid else self.tr("待定")
        yield self.tr("地址"), told("address", facts.address)
        if facts.lon is not None and facts.lat is not None:
            yield self.tr("坐标"), f"{facts.lon:.{_POINT_DIGITS}f}, {facts.lat:.{_POINT_DIGITS}f} (WGS-84)"
        yield self.tr("原始坐标"), facts.source_point

    def _who(self, case: Case, told: _Told) -> Iterable[Fact]:
        facts, contact = case.facts, case.contact
        yield self.tr("反映人"), told("reporter_name", facts.reporter_name)
        yield self.tr("电话"), told("reporter_phone", facts.reporter_phone)
        if contact is not None:
            shown = (told("reporter_name", contact.name), told("reporter_phone", contact.phone))
            yield self.tr("联系群众"), " ".join(shown).strip()
        elif case.withheld & _REPORTER:
            yield self.tr("反映人"), self.tr("来电人信息未随派遣提供")
        wishes = (
            self.tr("要求回复") if facts.wants_reply else "",
            self.tr("要求保密") if facts.keep_secret else "",
        )
        yield self.tr("诉求"), joined(wishes)
        yield self.tr("涉及人员"), told("people", facts.people)

    def _units(self, view: CaseView, told: _Told) -> Iterable[Fact]:
        for part in view.case.current_parts:
            due = self.tr("{limit}，至 {due}").format(limit=limit_words(part.limit), due=brief_text(part.due))
            words = (view.unit_name(part.unit), PARTS[part.state], due, told("result", str(part.result)))
            yield part_word(part.role), joined(words)


def _masked(name: str, text: str) -> str:
    return MASKS[name](text)


def _plain(_name: str, text: str) -> str:
    return text


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else ""


class BasisTab(ScrollArea):
    """The filing condition: its conditions, limit, units, list and version."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = FactTable()
        self.facts.setContentsMargins(12, 8, 12, 8)
        self.facts.setProperty("panel", "true")
        self.setWidget(self.facts)
        self.setWidgetResizable(True)

    def show_standard(self, row: StandardRow | None) -> None:
        if row is None:
            self.facts.show_facts([("", self.tr("还没有选定立案条件。立案时选定后，这里显示清单依据。"))])
            return
        since = self.tr("自 {date} 起").format(date=f"{row.valid_from:%Y-%m-%d}") if row.valid_from is not None else ""
        self.facts.show_facts(
            (
                (self.tr("类别"), joined((row.big_class, row.small_class))),
                (self.tr("立案条件"), row.filing_condition),
                (self.tr("结案条件"), row.closing_condition),
                (self.tr("处置时限"), row.limit_text),
                (self.tr("主体责任"), "、".join(row.units)),
                (self.tr("配合责任"), "、".join(row.cooperating)),
                (self.tr("清单"), row.list),
                (self.tr("清单编号"), row.code),
                (self.tr("版本"), joined((row.version, since))),
            )
        )


class RelatedTab(QWidget):
    """The list of cases that may be the same, or a sentence that there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.list = LikenessList(parent=self)
        self._empty = label(self.tr("没有发现可能重复的案件。"), "muted", wraps=True)
        self._empty.setContentsMargins(4, 0, 4, 0)
        down((self._empty, Qt.AlignmentFlag.AlignTop), (self.list, 1), on=self, edges=(8, 8, 8, 8), gap=6)
        self.list.hide()

    def show_likenesses(self, likenesses: Sequence[Likeness], now: datetime) -> None:
        self.list.show_likenesses(likenesses, now)
        self.list.setVisible(bool(likenesses))
        self._empty.setVisible(not likenesses)
