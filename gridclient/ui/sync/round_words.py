"""A round, or a file on a stick, in words: what was sent, how it ended, why it failed and what to do. Pure."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from gridclient.services.deadline_text import off_text
from gridclient.services.error_text import sentence
from gridclient.services.sync_control import BundleReport, SyncView
from gridclient.services.sync_port import RoundEnd, RoundReport
from gridclient.ui.present import size_words

translate = QCoreApplication.translate
_RENEWED: Final = "sync.certificate_renewed"


def stage_words(view: SyncView) -> str:
    """What is being done, and how far it is: ``正在取回 1,200/3,400``."""
    word = {
        "push": translate("Sync", "正在上报"),
        "pull": translate("Sync", "正在取回"),
        "first": translate("Sync", "首次取回"),
        "check": translate("Sync", "正在与同步中心核对"),
        "files": translate("Sync", "正在传附件"),
        "export": translate("Sync", "正在写入文件"),
        "import": translate("Sync", "正在读取文件"),
    }.get(view.stage, translate("Sync", "正在同步"))
    if view.all > 0:
        figure = size_words if view.stage == "files" else "{:,}".format
        return f"{word} {figure(min(view.done, view.all))}/{figure(view.all)}"
    if view.done > 0:  # the total is not known
        return translate("Sync", "{word} {count} 条").format(word=word, count=f"{view.done:,}")
    return translate("Sync", "{word}…").format(word=word)


def bundle_words(report: BundleReport, *, out: bool) -> str:
    """The result of writing (``out``) or reading a file on a stick."""
    known = translate("Sync", "（另有 {count} 条早已在了）").format(count=f"{report.known:,}") if report.known else ""
    if out and not report.events and not report.known:
        return translate("Sync", "没有要带走的：{file} 里没有本机的新内容。").format(file=report.file.name)
    if out and not report.events:
        return translate("Sync", "{file} 已经是最新的，没有要补写的。").format(file=report.file.name)
    if out:
        words = translate("Sync", "已写入 {file}：{count} 条{known}。请安全弹出U盘后再拔。")
        return words.format(file=report.file.name, count=f"{report.events:,}", known=known)
    gone = ""
    if report.acknowledged:
        gone = translate("Sync", "同步中心已经收下本机的 {count} 条。").format(count=f"{report.acknowledged:,}")
    if not report.events:
        return gone or translate("Sync", "{file} 里没有新内容{known}。").format(file=report.file.name, known=known)
    words = translate("Sync", "已从 {file} 取得 {count} 条{known}。").format(
        file=report.file.name, count=f"{report.events:,}", known=known
    )
    if report.conflicts:
        words += translate("Sync", "其中 {count} 件两个席位同时处理过，请逐件选择。").format(count=report.conflicts)
    return words + gone


def failure_words(report: RoundReport | None) -> str:
    """Why a round failed and what to do; "" if it did not."""
    return sentence(report.error, **(report.params or {})) if report is not None and report.error else ""


def has_failed(report: RoundReport) -> bool:
    """Whether a round failed; not one that only met the hub's renewed certificate, which the next follows at once."""
    return report.end is RoundEnd.FAILED and report.error != _RENEWED


def end_words(report: RoundReport) -> str:
    """How a round ended: ``✓ 完成``."""
    if report.end is RoundEnd.FAILED and not has_failed(report):
        return translate("Sync", "✓ 已核对")
    return {
        RoundEnd.DONE: translate("Sync", "✓ 完成"),
        RoundEnd.FAILED: translate("Sync", "▲ 未完成"),
        RoundEnd.CANCELLED: translate("Sync", "– 已取消"),
    }[report.end]


def note_words(report: RoundReport) -> str:
    """What else there is to say of a round: a failure, refused events, conflicts, a wrong clock."""
    parts = [failure_words(report), *refused_words(report), *withdrawn_words(report)]
    if report.conflicts:
        parts.append(translate("Sync", "{count} 件两个席位同时处理，等待选择。").format(count=report.conflicts))
    return " ".join(part for part in (*parts, *clock_words(report)) if part)


def refused_words(report: RoundReport | None) -> tuple[str, ...]:
    """Says that the hub refused events because a right was taken away. They stay on this desk; only a person can
    help."""
    if report is None or not report.rejected:
        return ()
    words = translate("Sync", "同步中心没有收下 {count} 条，仍保存在本机，请联系县级管理员。")
    return (words.format(count=report.rejected),)


def withdrawn_words(report: RoundReport | None) -> tuple[str, ...]:
    """Says that the hub refused events from a stick. They were removed from this desk."""
    if report is None or not report.withdrawn:
        return ()
    words = translate(
        "Sync",
        "U盘带来的内容里，有 {count} 件案件同步中心没有收下，已从本机撤下；U盘和原席位上仍有，请联系县级管理员。",
    )
    return (words.format(count=report.withdrawn),)


def seconds_words(seconds: float) -> str:
    """A length of time: ``0.4 秒`` or ``2 分 5 秒``."""
    if seconds < 60:
        return translate("Sync", "{seconds} 秒").format(seconds=f"{seconds:.1f}")
    return translate("Sync", "{minutes} 分 {seconds} 秒").format(minutes=int(seconds) // 60, seconds=int(seconds) % 60)


def clock_words(report: RoundReport | None) -> tuple[str, ...]:
    """Says that this machine's clock is wrong, because people read times. The order of events does not depend on it."""
    if report is None or not report.clock_off:
        return ()
    words = translate("Sync", "本机时钟比同步中心{off}，请校准；同步不受影响。")
    return (words.format(off=off_text(report.clock_off)),)
