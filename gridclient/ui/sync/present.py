"""The words of synchronisation's state: is it safe to switch off, and how fresh is what is seen. Pure.

The words of single rounds are in :mod:`.round_words`, questions in :mod:`.question`, conflicts in :mod:`.contended`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.frozen import frozen
from gridclient.services.sync_control import SyncState, SyncView
from gridclient.services.sync_port import RoundEnd
from gridclient.ui.present import size_words
from gridclient.ui.sync.refusal import aside_words
from gridclient.ui.sync.round_words import clock_words, failure_words, refused_words, withdrawn_words

translate = QCoreApplication.translate
_NAMED: Final = 3
_STALE: Final = timedelta(minutes=10)


class Tone(StrEnum):
    """The colour of something; never its only sign."""

    CALM = "calm"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@frozen
class Face:
    """A lamp: icon, words, colour, and its meaning in sentences."""

    icon: str
    words: str
    tone: Tone
    told: str


@frozen
class Headline:
    """The state in large plain words, with the sentences below them."""

    icon: str
    title: str
    sentences: tuple[str, ...]
    tone: Tone


ICONS: Final = {
    SyncState.ALONE: "alone",
    SyncState.IDLE: "synced",
    SyncState.RUNNING: "syncing",
    SyncState.RETRYING: "retrying",
    SyncState.OFFLINE: "offline",
    SyncState.CONFIRM: "confirm",
    SyncState.FORKED: "confirm",
    SyncState.STOPPED: "stopped",
    SyncState.BROKEN: "stopped",
}


_WANTS_SOMEBODY: Final = frozenset({SyncState.CONFIRM, SyncState.FORKED, SyncState.STOPPED, SyncState.BROKEN})
_BY_COUNTS: Final = frozenset({SyncState.IDLE, SyncState.RUNNING, SyncState.OFFLINE})
"""The states of which nothing can be said before the pending events are counted."""


def pending_face(view: SyncView) -> Face:
    """The first lamp: 未上报 N 条."""
    told = " ".join(only_here_sentences(view))
    if not view.counted:
        return Face("pending", translate("Sync", "未上报 …"), Tone.CALM, told)
    if not has_pending(view):
        calm = Tone.CALM if view.state is SyncState.ALONE else Tone.OK
        return Face("all_sent", translate("Sync", "未上报 0 条"), calm, told)
    if view.pending_events:
        words = translate("Sync", "未上报 {count} 条").format(count=f"{view.pending_events:,}")
    elif view.pending_cases:
        words = translate("Sync", "未上报 {count} 件").format(count=f"{view.pending_cases:,}")
    else:
        words = translate("Sync", "未上报 {count} 个附件").format(count=f"{view.pending_files:,}")
    return Face("pending", words, Tone.CALM if view.state is SyncState.ALONE else Tone.WARN, told)


def fresh_face(view: SyncView, now: datetime) -> Face:
    """The second lamp: the state and 数据截至 hh:mm."""
    words = translate("Sync", "{state} · {fresh}").format(state=state_words(view, now), fresh=fresh_words(view, now))
    if view.closed:
        words = translate("Sync", "{words}，{count} 个镇街停更").format(words=words, count=len(view.closed))
    if view.reopen:
        words = translate("Sync", "{words}，需重开").format(words=words)
    calm = replace(view, next_at=None) if view.state is SyncState.IDLE else view  # a tooltip must not count down
    return Face(_icon(view), words, _tone(view, now), " ".join(headline(calm, now).sentences))


def state_words(view: SyncView, now: datetime) -> str:
    """The state in a word; with a countdown if a round waits to be tried again."""
    if view.state is SyncState.RETRYING and view.next_at is not None and view.next_at > now:
        return translate("Sync", "重试中 {left}").format(left=countdown(view.next_at - now))
    if only_by_stick(view):
        return translate("Sync", "只用U盘")
    if _tries_again(view):
        return translate("Sync", "重试中")
    if view.state is SyncState.IDLE and (has_pending(view) or view.fresh_at is None):
        return translate("Sync", "待同步")
    return {
        SyncState.ALONE: translate("Sync", "单机"),
        SyncState.IDLE: translate("Sync", "已同步"),
        SyncState.RUNNING: translate("Sync", "同步中"),
        SyncState.RETRYING: translate("Sync", "重试中"),
        SyncState.OFFLINE: translate("Sync", "离线"),
        SyncState.CONFIRM: translate("Sync", "需确认"),
        SyncState.FORKED: translate("Sync", "需确认"),
        SyncState.STOPPED: translate("Sync", "已停用"),
        SyncState.BROKEN: translate("Sync", "需重开"),
    }[view.state]


def only_by_stick(view: SyncView) -> bool:
    """Whether the desk exchanges by stick only, and nothing has to be confirmed."""
    return view.by_stick and view.state is SyncState.IDLE


def fresh_words(view: SyncView, now: datetime) -> str:
    """``数据截至 14:32``, with the date if that was not today."""
    if not view.counted:
        return translate("Sync", "数据截至 …")
    if view.fresh_at is None:
        return translate("Sync", "从未同步")
    return translate("Sync", "数据截至 {when}").format(when=when_words(view.fresh_at, now))


def when_words(moment: datetime, now: datetime) -> str:
    """``14:32`` today, ``11-20 14:32`` this year, else the whole date."""
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    return f"{moment:%m-%d %H:%M}" if moment.year == now.year else f"{moment:%Y-%m-%d %H:%M}"


def countdown(left: timedelta) -> str:
    """``0:24``; never below zero."""
    seconds = max(0, round(left.total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02d}"


def has_pending(view: SyncView) -> bool:
    """Whether anything is on this desk only."""
    return bool(view.pending_events or view.pending_cases or view.pending_files)


def only_here(view: SyncView) -> str:
    """What is on this desk only: ``12 条操作（5 件案件）、3 个附件``; "" for nothing."""
    parts = []
    if view.pending_events and view.pending_cases:
        words = translate("Sync", "{events} 条操作（{cases} 件案件）")
        parts.append(words.format(events=f"{view.pending_events:,}", cases=f"{view.pending_cases:,}"))
    elif view.pending_events:
        parts.append(translate("Sync", "{events} 条操作").format(events=f"{view.pending_events:,}"))
    elif view.pending_cases:
        parts.append(translate("Sync", "{cases} 件案件").format(cases=f"{view.pending_cases:,}"))
    if view.pending_files:
        parts.append(translate("Sync", "{files} 个附件").format(files=f"{view.pending_files:,}"))
    return translate("Sync", "、").join(parts)


def only_here_sentences(view: SyncView) -> tuple[str, ...]:
    """Whether it is safe to switch off."""
    here = only_here(view)
    if view.state is SyncState.ALONE:
        return (translate("Sync", "这台电脑单机使用，数据只在本机，请按时备份。"),)
    if not view.counted:
        return (_counting(),)
    aside = aside_words(view)
    if not here and aside:
        return (translate("Sync", "没有等着上报的内容，可以放心关机。"), aside)
    if not here:
        return (translate("Sync", "没有只在这台电脑上的内容，可以放心关机。"),)
    return (
        translate("Sync", "{here}还只在这台电脑上。").format(here=here),
        translate("Sync", "关机不会丢，但别的席位还看不到；请导出到U盘带到县里，收过再导入。")
        if view.by_stick
        else translate("Sync", "关机不会丢，但别的席位还看不到；开机联网后接着上报。"),
    )


def headline(view: SyncView, now: datetime) -> Headline:
    """The state as the sync page says it."""
    makers = {
        SyncState.ALONE: _alone,
        SyncState.IDLE: _idle,
        SyncState.RUNNING: _running,
        SyncState.RETRYING: _retrying,
        SyncState.OFFLINE: _offline,
        SyncState.CONFIRM: _confirm,
        SyncState.FORKED: _confirm,
        SyncState.STOPPED: _stopped,
        SyncState.BROKEN: _broken,
    }
    if not view.counted and view.state in _BY_COUNTS:
        return Headline(_icon(view), state_words(view, now), only_here_sentences(view), Tone.CALM)
    title, sentences = makers[view.state](view, now)
    aside = aside_words(view)
    rest = (*((aside,) if aside and aside not in sentences else ()), *_closed(view, now), *clock_words(view.last))
    return Headline(_icon(view), title, (*_reopen(view), *sentences, *rest), _tone(view, now))


def hub_words(view: SyncView) -> str:
    """The hub with which the desk is enrolled. For a desk without a line, what the county knows it as."""
    if not view.by_stick or view.belonging is None:
        return translate("Sync", "同步中心：{url}").format(url=view.hub_url) if view.hub_url else ""
    whose = view.belonging
    named = [code.removesuffix("*") or translate("Sync", "全部") for code in whose.townships]
    shown = translate("Sync", "、").join(named[:_NAMED])
    if len(named) > _NAMED:
        shown = translate("Sync", "{shown} 等 {count} 个").format(shown=shown, count=len(named))
    words = translate("Sync", "已用U盘注册到同步中心（{since}）：镇街 {shown}，案件编号用 {short}。")
    return words.format(since=f"{whose.since:%Y-%m-%d}", shown=shown, short=whose.short)


def status_words(view: SyncView, now: datetime) -> str:
    """The words of the status line: ``已同步 · 上次同步 14:32（12 条，3.1 KB）``."""
    word, last = state_words(view, now), view.last
    if view.state is SyncState.ALONE:
        return word
    if last is None or last.end is not RoundEnd.DONE or only_by_stick(view):
        return translate("Sync", "{state} · {fresh}").format(state=word, fresh=fresh_words(view, now))
    words = translate("Sync", "{state} · 上次同步 {when}（{count} 条，{size}）")
    return words.format(
        state=word,
        when=when_words(last.at, now),
        count=f"{last.pushed + last.pulled:,}",
        size=size_words(last.bytes_sent + last.bytes_received),
    )


Said = tuple[str, tuple[str, ...]]


def _alone(_view: SyncView, _now: datetime) -> Said:
    return (
        translate("Sync", "单机使用"),
        (translate("Sync", "这台电脑还没有注册到同步中心，数据只在本机。可以用一次性注册码注册，也可以只用U盘交换。"),),
    )


def _by_stick(view: SyncView, now: datetime) -> Said:
    way = translate("Sync", "这台电脑不连网络，只用U盘与同步中心交换：导出，带到县里收一次，再导入。")
    if has_pending(view):
        title = translate("Sync", "还有 {here}没有上报").format(here=only_here(view))
    elif view.fresh_at is None:
        title = translate("Sync", "只用U盘交换")
    else:
        title = _all_sent(view)
    return title, (_fresh_sentence(view, now), way)


def _idle(view: SyncView, now: datetime) -> Said:
    if view.by_stick:
        return _by_stick(view, now)
    soon: tuple[str, ...] = ()
    if view.next_at is not None and view.next_at > now:
        soon = (translate("Sync", "{left} 后自动同步，按 F5 立即同步。").format(left=countdown(view.next_at - now)),)
    gone = withdrawn_words(view.last)
    if has_pending(view):
        title = translate("Sync", "还有 {here}没有上报").format(here=only_here(view))
        why = failure_words(view.last)  # of files: the round itself went through
        return title, (*((why,) if why else ()), *refused_words(view.last), *gone, _fresh_sentence(view, now), *soon)
    if view.fresh_at is None:
        return translate("Sync", "还没有同步过"), soon or (translate("Sync", "按 F5 立即同步。"),)
    return _all_sent(view), (*gone, _fresh_sentence(view, now), *soon)


def _all_sent(view: SyncView) -> str:
    if view.aside.events:
        return translate("Sync", "没有等着上报的，可以放心关机")
    return translate("Sync", "都已上报，可以放心关机")


def _running(view: SyncView, now: datetime) -> Said:
    fresh = _fresh_sentence(view, now)
    if not _tries_again(view):
        return translate("Sync", "正在同步"), (fresh,)
    title = translate("Sync", "正在重试，上一次没有同步成")
    return title, (failure_words(view.last), *only_here_sentences(view), fresh)


def _retrying(view: SyncView, now: datetime) -> Said:
    why = failure_words(view.last)
    if view.next_at is not None and view.next_at > now:
        words = translate("Sync", "{left} 后自动重试，按 F5 立即重试；照常办理，不会丢。")
        again = words.format(left=countdown(view.next_at - now))
    else:
        again = translate("Sync", "马上自动重试；照常办理，不会丢。")
    title, safe = translate("Sync", "这一次没有同步成"), only_here_sentences(view)
    if has_pending(view):
        title, safe = translate("Sync", "这一次没有同步成，还有 {here}没有上报").format(here=only_here(view)), ()
    return title, (*((why,) if why else ()), *safe, _fresh_sentence(view, now), again)


def _offline(view: SyncView, now: datetime) -> Said:
    title = translate("Sync", "已切到离线")
    if has_pending(view):
        title = translate("Sync", "已切到离线，还有 {here}没有上报").format(here=only_here(view))
    sentences = translate("Sync", "登记、派遣照常，都先存在本机；恢复联网后自动上报。"), _fresh_sentence(view, now)
    return title, sentences if has_pending(view) else (*only_here_sentences(view), *sentences)


def _confirm(view: SyncView, now: datetime) -> Said:
    return (
        translate("Sync", "同步停下了，等您确认"),
        (translate("Sync", "照常登记、派遣，不会丢；看过下面的说明，确认后继续同步。"), _fresh_sentence(view, now)),
    )


def _stopped(view: SyncView, now: datetime) -> Said:
    unsaid = translate("Sync", "请联系县级管理员；本机的数据和没有上报的内容都还在。")
    why = failure_words(view.last) or unsaid
    here = only_here_sentences(view)[:1]  # without the sentence that it goes on by itself
    return translate("Sync", "同步中心不再接受这台电脑"), (why, *here, _fresh_sentence(view, now))


def _broken(view: SyncView, now: datetime) -> Said:
    why = translate(
        "Sync", "同步停下了：后台程序起不来，或与打开着的席位对不上，多半是程序刚更新过。请关闭席位，再打开。"
    )
    return translate("Sync", "请重新打开席位"), (why, *only_here_sentences(view), _fresh_sentence(view, now))


def _tries_again(view: SyncView) -> bool:
    """Whether a round runs after a failed one and nothing of it has arrived yet."""
    last = view.last
    return view.state is SyncState.RUNNING and last is not None and last.end is RoundEnd.FAILED and not view.done


def _fresh_sentence(view: SyncView, now: datetime) -> str:
    if not view.counted:
        return _counting()
    if view.fresh_at is None:
        return translate("Sync", "还没有取得过同步中心的数据。")
    return translate("Sync", "看到的是截至 {when} 的数据。").format(when=when_words(view.fresh_at, now))


def _reopen(view: SyncView) -> tuple[str, ...]:
    if not view.reopen:
        return ()
    return (translate("Sync", "本席位的身份变了：请关闭席位，再打开，按新的身份办理；先前的身份办的，同步中心不收。"),)


def _closed(view: SyncView, now: datetime) -> tuple[str, ...]:
    """Names the townships whose cases stand still because a right was taken away."""
    if not view.closed:
        return ()
    shown = translate("Sync", "、").join(code for code, _ in view.closed[:_NAMED])
    if len(view.closed) > _NAMED:
        shown = translate("Sync", "{shown} 等 {count} 个").format(shown=shown, count=len(view.closed))
    words = translate("Sync", "查看权限已收回或缩小的镇街：{shown}。权限以外的案件停在 {when}，不再更新。")
    return (words.format(shown=shown, when=when_words(min(at for _, at in view.closed), now)),)


def _counting() -> str:
    return translate("Sync", "正在清点只在这台电脑上的内容。")


def _icon(view: SyncView) -> str:
    if only_by_stick(view):
        return "stick"
    return ICONS[SyncState.RETRYING if _tries_again(view) else view.state]


def _tone(view: SyncView, now: datetime) -> Tone:
    if view.state in _WANTS_SOMEBODY:
        return Tone.BAD
    if view.state is SyncState.RETRYING or _tries_again(view):
        return Tone.WARN
    if view.state in (SyncState.ALONE, SyncState.OFFLINE):
        return Tone.CALM
    if only_by_stick(view):
        return Tone.WARN if view.fresh_at is None else Tone.OK  # sticks are not carried every ten minutes
    if not view.counted:
        return Tone.CALM
    stale = view.fresh_at is None or now - view.fresh_at > _STALE
    wants_somebody = stale or view.reopen or view.refused or (has_pending(view) and refused_words(view.last))
    return Tone.WARN if wants_somebody and view.state is SyncState.IDLE else Tone.OK
