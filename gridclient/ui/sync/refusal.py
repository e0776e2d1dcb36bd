"""What the hub takes from this desk no more: which it is, what to do, and the button that sets it aside."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from gridclient.services.enrolment import REFERENCE
from gridclient.services.sync_control import SyncView
from gridclient.services.sync_port import Refused
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, down, label, panel
from gridclient.ui.present import short_number

translate = QCoreApplication.translate


def refusal_line(found: Refused) -> str:
    """``高区街道：12 条（5 件案件），本席位没有上报这个镇街的权限。``"""
    if found.code == REFERENCE:
        words = translate("Sync", "基础数据：{events} 条，本席位没有上报它的权限。")
    elif found.unit:
        words = translate("Sync", "{name}：{events} 条（{cases} 件案件），不是本单位的步骤，或案件没有派给本单位。")
    else:
        words = translate("Sync", "{name}：{events} 条（{cases} 件案件），本席位没有上报这个镇街的权限。")
    return words.format(name=found.name, events=f"{found.events:,}", cases=f"{found.cases:,}")


def aside_words(view: SyncView) -> str:
    """Says what was set aside; "" for nothing."""
    events, cases, numbers = view.aside
    if not events:
        return ""
    named = "、".join(short_number(number, several=True) for number in numbers)
    if not cases:
        named = translate("Sync", "基础数据")
    elif cases > len(numbers):
        named = translate("Sync", "{cases} 件案件：{numbers} 等").format(cases=f"{cases:,}", numbers=named)
    else:
        named = translate("Sync", "{cases} 件案件：{numbers}").format(cases=f"{cases:,}", numbers=named)
    words = translate("Sync", "另有 {events} 条（{what}）已搁置，只在这台电脑上，请按时备份。")
    return words.format(events=f"{events:,}", what=named)


class RefusalNotice(QWidget):
    """Names what can never be sent. Its buttons ``aside`` and ``cases`` are handled by the page."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self, "notice").setProperty("kind", "warn")
        self.title = label(role="strong", wraps=True, parent=self)
        self.words = label(wraps=True, parent=self)
        does = label(
            self.tr(
                "要上报的：请县级管理员给本席位加上权限，同步时自动上报。\n"
                "不用上报的：按“搁置”。它们不再算“未上报”，仍留在本机、在案件里看得到；以后有了权限，自动上报。"
            ),
            wraps=True,
            parent=self,
        )
        self.aside = KeyButton(self.tr("搁置"), parent=self)
        self.aside.setObjectName("setAside")
        self.cases = KeyButton(self.tr("看这些案件"), parent=self)
        self.cases.setObjectName("showRefused")
        buttons = across(self.aside, self.cases, 1, gap=8)
        down(self.title, self.words, does, buttons, on=self, edges=(12, 10, 12, 10), gap=6)
        self.hide()

    def show_view(self, view: SyncView) -> None:
        count = sum(found.events for found in view.refused)
        self.title.setText(self.tr("其中 {count} 条同步中心不会收").format(count=f"{count:,}"))
        self.words.setText("\n".join(map(refusal_line, view.refused)))
        self.cases.setVisible(any(found.cases for found in view.refused))
        self.setVisible(bool(view.refused))
