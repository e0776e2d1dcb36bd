"""The inputs of the intake form and their common value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from gridclient.services.told_grid import GridGuess
from gridclient.services.words import CHANNELS, URGENCIES
from gridclient.ui.chooser import Chooser
from gridclient.ui.form_inputs import (
    Input,
    LongText,
    PickButton,
    choice_input,
    chooser_input,
    line_input,
    text_input,
    tick_input,
)
from gridclient.ui.guess_chips import Chip, GuessChips
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.intake.values import EMPTY, IntakeValues
from gridclient.ui.laid_out import across, down, label, tab_order
from gridclient.ui.matching import grid_title
from gridclient.ui.quiet_combo import QuietCombo
from gridclient.ui.theme import restyle

_DESCRIPTION_PX: Final = 104
_LABEL_PX: Final = 62


class Description(LongText):
    """The field of the description."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setFixedHeight(_DESCRIPTION_PX)


class Inputs(QWidget):
    """All fields in their order.

    Signals:
        edited(): the operator changed something.
    """

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.description = Description(parent=self)
        self.description.setPlaceholderText(self.tr("粘贴工单或直接输入：什么事、在哪里、多久了"))
        self.standard = Chooser(hint=self.tr("输入文字或拼音首字母，可不选"), parent=self)
        self.grid = Chooser(hint=self.tr("由坐标或地址判定，也可输入选择"), parent=self)
        self.grid_note = InlineNote(parent=self)
        self.point_note = InlineNote(parent=self)
        self.chips = GuessChips(parent=self)
        self.grid_chips = GuessChips(parent=self)
        self.pick = PickButton(parent=self)
        self._inputs: dict[str, Input] = {}
        self._labels: dict[str, QLabel | QCheckBox] = {}
        self._way: list[QWidget] = []  # the order of Tab
        self._make()
        self._lay_out()
        self.show_values(EMPTY)

        self.chips.taken.connect(self._take)

    @property
    def values(self) -> IntakeValues:
        """The values as they are now."""
        return IntakeValues(**{name: made.read() for name, made in self._inputs.items()})

    def show_values(self, values: IntakeValues, *, only: Iterable[str] | None = None) -> None:
        """Sets values, all or those named in ``only``; this is no edit."""
        for name in only if only is not None else self._inputs:
            self._inputs[name].write(getattr(values, name))

    def mark(self, names: Iterable[str]) -> None:
        """Marks the fields that were filled from a text, by colour and by a sign."""
        marked = set(names)
        for name in self._labels:
            self._mark(name, self.tr("由粘贴的文字填入，请核对") if name in marked else "")

    def mark_grid(self, by_text: bool) -> None:
        """Marks the grid, which is found after the fields are filled, if it follows from the text."""
        self._mark("grid", self.tr("按文字判定，请核对") if by_text else "")

    def show_grid_guess(self, guess: GridGuess | None) -> None:
        """Offers the grid of earlier cases with its reason; ``None`` takes the offer away."""
        if guess is None:
            self.grid_chips.show_chips(())
            return
        told = self.tr("写有“{place}”、落了网格的旧案 {of} 件，其中 {cases} 件在这里；请核对后再选")
        reason = told.format(place=guess.place, of=guess.of, cases=guess.cases)
        title = self.tr("{grid}？旧案 {of} 件中 {cases} 件在此")
        grid = grid_title(guess.grid, guess.community)
        title = title.format(grid=grid, of=guess.of, cases=guess.cases)
        self.grid_chips.show_chips([Chip(guess.grid.code, title, f"{grid}\n{reason}")])

    def title_of(self, name: str) -> str:
        """What stands before a field, with its sign."""
        return self._labels[name].text()

    def rest(self, resting: bool) -> None:
        """Locks the fields while the case is registered, because what is typed then would be lost. The keyboard waits
        in the description, because in another panel a key would act."""
        if resting:
            self.description.setFocus()
        for made in self._inputs.values():
            if isinstance(made.widget, QLineEdit | QPlainTextEdit):
                made.widget.setReadOnly(resting)
            else:
                made.widget.setEnabled(not resting)
        for button in (self.pick, self.chips, self.grid_chips):
            button.setEnabled(not resting)

    def widget_of(self, name: str) -> QWidget:
        """The widget of a field."""
        return self._inputs[name].widget

    def _mark(self, name: str, why: str) -> None:
        title = self._labels[name]
        word = str(title.property("word"))
        title.setText(f"✓ {word}" if why else word)
        title.setToolTip(why)
        restyle(title, role="link" if why else "muted")

    def _take(self, code: str) -> None:
        self.standard.set_value(code)
        self.standard.setFocus()  # before the chip that has the keyboard is removed
        self.chips.show_guesses(())
        self.edited.emit()

    def _make(self) -> None:
        heard, made = self.edited, self._inputs
        made["description"] = text_input(self.description, heard)
        hints = {
            "title": self.tr("不填则取描述首句"),
            "point": self.tr("经度, 纬度"),
            "happened_at": self.tr("年-月-日 时:分"),
        }
        for name in ("title", "address", "point", "happened_at", "reporter_name", "reporter_phone", "upper_number"):
            made[name] = line_input(QLineEdit(self, placeholderText=hints.get(name, "")), heard)
        made["standard"] = chooser_input(self.standard, heard)
        made["grid"] = chooser_input(self.grid, heard)
        systems = (
            ("", self.tr("请选择")),
            ("wgs84", "WGS-84"),
            ("gcj02", self.tr("高德 GCJ-02")),
            ("bd09", self.tr("百度 BD-09")),
        )
        channels = (("", self.tr("未说明")), *CHANNELS.items())
        for name, choices in (("channel", channels), ("urgency", URGENCIES.items()), ("crs", systems)):
            made[name] = choice_input(QuietCombo(parent=self), choices, heard)
        ticks = (
            ("wants_reply", self.tr("要求回复")),
            ("keep_secret", self.tr("要求保密")),
            ("sensitive", self.tr("敏感")),
        )
        for name, word in ticks:
            box = QCheckBox(word, self)
            box.setProperty("word", word)
            box.setAccessibleName(word)
            self._labels[name] = box
            made[name] = tick_input(box, heard)

    # -- layout -----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        rows = QGridLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setHorizontalSpacing(6)
        rows.setVerticalSpacing(6)
        rows.setColumnStretch(1, 1)
        rows.setColumnStretch(3, 1)
        rows.addWidget(self.description, 0, 0, 1, 4)
        self.description.setAccessibleName(self.tr("描述"))
        self._row(rows, 1, ("title", self.tr("标题")))
        source, channel = self._named("channel", self.tr("来源"))
        number, upper_number = self._named("upper_number", self.tr("上级编号"))
        rows.addWidget(source, 2, 0, Qt.AlignmentFlag.AlignVCenter)
        rows.addLayout(across((channel, 2), number, (upper_number, 3), gap=6), 2, 1, 1, 3)  # some have 18 digits
        self._row(rows, 3, ("standard", self.tr("立案条件")))
        rows.addWidget(self.chips, 4, 1, 1, 3)
        self._row(rows, 5, ("grid", self.tr("网格")))
        rows.addLayout(down(self.grid_note, self.grid_chips, gap=3), 6, 1, 1, 3)
        self._row(rows, 7, ("address", self.tr("地址")), beside=self.pick)
        self._row(rows, 8, ("point", self.tr("坐标")), ("crs", self.tr("坐标系")))
        rows.addWidget(self.point_note, 9, 1, 1, 3)
        self._row(rows, 10, ("reporter_name", self.tr("反映人")), ("reporter_phone", self.tr("电话")))
        self._row(rows, 11, ("happened_at", self.tr("发生时间")), ("urgency", self.tr("紧急程度")))
        ticks = [self._inputs[name].widget for name in ("wants_reply", "keep_secret", "sensitive")]
        rows.addLayout(across(*ticks, 1, gap=20), 12, 1, 1, 3)  # so that each word is near its own box
        tab_order(self.description, *self._way, *ticks)

    def _row(self, rows: QGridLayout, row: int, *pairs: tuple[str, str], beside: QWidget | None = None) -> None:
        for place, (name, word) in enumerate(pairs):
            title, widget = self._named(name, word)
            title.setMinimumWidth(_LABEL_PX if not place else 0)
            rows.addWidget(title, row, 2 * place, Qt.AlignmentFlag.AlignVCenter)
            if beside is None:
                rows.addWidget(widget, row, 2 * place + 1, 1, 1 if len(pairs) > 1 else 3)
            else:
                rows.addLayout(across((widget, 1), beside, gap=6), row, 1, 1, 3)
                self._way.append(beside)

    def _named(self, name: str, word: str) -> tuple[QLabel, QWidget]:
        """What stands before a field, and the field, which is the next that Tab comes to."""
        title, widget = label(word, "muted"), self._inputs[name].widget
        title.setProperty("word", word)
        title.setBuddy(widget)
        widget.setAccessibleName(word)
        self._labels[name] = title
        self._way.append(widget)
        return title, widget
