"""What synchronisation says of its state and of its rounds; no widgets."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.services.rows import PutAside
from gridclient.services.sync_control import BundleReport, SyncState, SyncView
from gridclient.services.sync_port import Refused, RoundEnd, RoundReport
from gridclient.ui.icons import _SIGNS
from gridclient.ui.sync.present import (
    ICONS,
    Tone,
    countdown,
    fresh_face,
    headline,
    only_here,
    pending_face,
    state_words,
    status_words,
    when_words,
)
from gridclient.ui.sync.question import question
from gridclient.ui.sync.refusal import refusal_line
from gridclient.ui.sync.round_words import (
    bundle_words,
    end_words,
    failure_words,
    note_words,
    seconds_words,
    stage_words,
)
from gridclient.ui.sync.rounds import RoundsModel, Row
from tests.fakes.fake_sync import round_at

NOW = datetime(2026, 11, 20, 14, 32, 30, tzinfo=CHINA_TIME)
IDLE = SyncView(SyncState.IDLE, fresh_at=NOW - timedelta(minutes=2))
FILE = Path("/media/usb/desk.gridbundle")


def view(state: SyncState, **parts: Any) -> SyncView:
    return replace(IDLE, state=state, **parts)


@pytest.mark.parametrize(
    ("shown", "words", "tone"),
    [
        (IDLE, "未上报 0 条", Tone.OK),
        (view(SyncState.IDLE, pending_events=1200, pending_cases=5), "未上报 1,200 条", Tone.WARN),
        (view(SyncState.IDLE, pending_files=3), "未上报 3 个附件", Tone.WARN),
        (SyncView(SyncState.ALONE, pending_cases=5), "未上报 5 件", Tone.CALM),
        (SyncView(SyncState.ALONE), "未上报 0 条", Tone.CALM),
        (SyncView(SyncState.IDLE, counted=False), "未上报 …", Tone.CALM),
    ],
)
def test_the_first_lamp_says_what_is_only_here(shown: SyncView, words: str, tone: Tone) -> None:
    assert (pending_face(shown).words, pending_face(shown).tone) == (words, tone)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (IDLE, "已同步 · 数据截至 14:30"),
        (view(SyncState.IDLE, pending_events=1), "待同步 · 数据截至 14:30"),
        (view(SyncState.IDLE, closed=(("371002003", NOW),)), "已同步 · 数据截至 14:30，1 个镇街停更"),
        (SyncView(SyncState.IDLE), "待同步 · 从未同步"),
        (view(SyncState.RUNNING), "同步中 · 数据截至 14:30"),
        (view(SyncState.RETRYING, next_at=NOW + timedelta(seconds=84)), "重试中 1:24 · 数据截至 14:30"),
        (view(SyncState.RETRYING, next_at=NOW - timedelta(seconds=1)), "重试中 · 数据截至 14:30"),
        (view(SyncState.OFFLINE, fresh_at=NOW - timedelta(days=1)), "离线 · 数据截至 11-19 14:32"),
        (view(SyncState.CONFIRM), "需确认 · 数据截至 14:30"),
        (view(SyncState.FORKED), "需确认 · 数据截至 14:30"),
        (view(SyncState.STOPPED, fresh_at=NOW - timedelta(days=400)), "已停用 · 数据截至 2025-10-16 14:32"),
        (view(SyncState.BROKEN), "需重开 · 数据截至 14:30"),
        (SyncView(SyncState.ALONE), "单机 · 从未同步"),
        (SyncView(SyncState.IDLE, counted=False), "待同步 · 数据截至 …"),
    ],
)
def test_the_second_lamp_says_the_state_and_how_fresh(shown: SyncView, words: str) -> None:
    assert fresh_face(shown, NOW).words == words


@pytest.mark.parametrize("state", sorted(set(SyncState) - {SyncState.ALONE, SyncState.STOPPED}))
def test_before_anything_was_counted_nobody_is_told_that_it_is_safe_to_switch_off(state: SyncState) -> None:
    unknown = SyncView(state, counted=False)
    head = headline(unknown, NOW)
    said = " ".join((head.title, *head.sentences, pending_face(unknown).told, fresh_face(unknown, NOW).told))
    assert "正在清点" in said and "放心关机" not in said and "从未" not in said and "还没有" not in said


@pytest.mark.parametrize(
    "state", [SyncState.FORKED, SyncState.CONFIRM, SyncState.STOPPED, SyncState.BROKEN, SyncState.RETRYING]
)
def test_what_needs_somebody_waits_for_no_count(state: SyncState) -> None:
    unknown, known = SyncView(state, counted=False), SyncView(state)
    assert (headline(unknown, NOW).title, headline(unknown, NOW).tone) == (
        headline(known, NOW).title,
        headline(known, NOW).tone,
    )


@pytest.mark.parametrize("state", list(SyncState))
def test_every_state_has_an_icon_a_word_and_sentences_without_gaps(state: SyncState) -> None:
    shown = view(state, pending_events=2, pending_cases=1, pending_files=1, next_at=NOW + timedelta(seconds=9))
    said = headline(shown, NOW)
    assert ICONS[state] in _SIGNS
    assert said.title and said.sentences and state_words(shown, NOW)
    for sentence in (said.title, *said.sentences, pending_face(shown).told, fresh_face(shown, NOW).told):
        assert sentence
        assert not set("{}") & set(sentence)


def test_townships_that_may_not_be_read_any_more_are_told_with_how_fresh_they_stayed() -> None:
    closed = tuple((f"37100200{number}", NOW - timedelta(hours=number)) for number in range(1, 5))
    said = headline(view(SyncState.IDLE, closed=closed), NOW).sentences
    codes = "371002001、371002002、371002003 等 4 个"
    words = f"查看权限已收回或缩小的镇街：{codes}。权限以外的案件停在 10:32，不再更新。"
    assert words in said and "看到的是截至 14:30 的数据。" in said


def test_states_that_need_somebody_are_red_and_offline_is_no_error() -> None:
    tones = {state: fresh_face(view(state), NOW).tone for state in SyncState}
    assert {state for state, tone in tones.items() if tone is Tone.BAD} == {
        SyncState.CONFIRM,
        SyncState.FORKED,
        SyncState.STOPPED,
        SyncState.BROKEN,
    }
    assert tones[SyncState.OFFLINE] is Tone.CALM
    assert tones[SyncState.RETRYING] is Tone.WARN


def test_old_data_warns_though_all_is_sent() -> None:
    assert fresh_face(view(SyncState.IDLE, fresh_at=NOW - timedelta(hours=1)), NOW).tone is Tone.WARN


def test_the_page_says_whether_it_is_safe_to_switch_off() -> None:
    assert headline(IDLE, NOW).title == "都已上报，可以放心关机"
    waiting = view(SyncState.IDLE, pending_events=12, pending_cases=5, pending_files=3)
    assert headline(waiting, NOW).title == "还有 12 条操作（5 件案件）、3 个附件没有上报"
    assert "放心关机" in pending_face(IDLE).told
    assert "关机不会丢" in pending_face(waiting).told


def test_without_a_line_too_it_is_said_whether_something_is_only_here() -> None:
    waiting = view(SyncState.OFFLINE, pending_events=1, pending_cases=1)
    assert headline(waiting, NOW).title == "已切到离线，还有 1 条操作（1 件案件）没有上报"
    assert "可以放心关机" in headline(view(SyncState.OFFLINE), NOW).sentences[0]
    failing = replace(waiting, state=SyncState.RETRYING, last=round_at(end=RoundEnd.FAILED, error="sync.timeout"))
    assert headline(failing, NOW).title == "这一次没有同步成，还有 1 条操作（1 件案件）没有上报"


def test_a_file_from_the_hub_says_that_own_work_has_arrived() -> None:
    assert bundle_words(BundleReport(FILE, 0, known=2, acknowledged=1), out=False) == "同步中心已经收下本机的 1 条。"
    both = bundle_words(BundleReport(FILE, 3, acknowledged=1), out=False)
    assert "取得 3 条" in both and both.endswith("已经收下本机的 1 条。")


def test_a_failed_round_says_why_and_when_the_next_comes() -> None:
    failed = round_at(end=RoundEnd.FAILED, error="sync.unreachable")
    said = headline(view(SyncState.RETRYING, last=failed, next_at=NOW + timedelta(seconds=24)), NOW)
    assert said.sentences[0] == failure_words(failed)
    assert "检查网络" in said.sentences[0]
    assert said.sentences[-1].startswith("0:24 后自动重试")


def test_why_photos_did_not_go_is_said_of_a_round_that_went_through_otherwise() -> None:
    last = round_at(error="sync.hub_store")
    waiting = view(SyncState.IDLE, pending_files=1, last=last)
    assert "磁盘出错" in headline(waiting, NOW).sentences[0] and "磁盘出错" in note_words(last)
    assert headline(replace(waiting, state=SyncState.RUNNING), NOW).title == "正在同步"


def test_a_desk_by_stick_that_never_got_anything_is_no_good_sign() -> None:
    assert fresh_face(view(SyncState.IDLE, by_stick=True, fresh_at=None), NOW).tone is Tone.WARN
    assert fresh_face(view(SyncState.IDLE, by_stick=True, fresh_at=NOW - timedelta(days=3)), NOW).tone is Tone.OK


def test_a_photo_under_way_is_told_in_sizes_that_people_know() -> None:
    assert (
        stage_words(view(SyncState.RUNNING, stage="files", done=425_984, all=1_805_503)) == "正在传附件 416.0 KB/1.7 MB"
    )


def test_a_round_that_follows_a_failed_one_is_no_good_sign_yet() -> None:
    """A hub that says nothing is waited for ten seconds, and then again and again."""
    failed = round_at(end=RoundEnd.FAILED, error="sync.timeout")
    again = view(SyncState.RUNNING, last=failed, stage="")
    face = fresh_face(again, NOW)
    assert (face.words, face.tone) == ("重试中 · 数据截至 14:30", Tone.WARN)
    said = headline(again, NOW)
    assert said.title == "正在重试，上一次没有同步成" and said.sentences[0] == failure_words(failed)
    assert fresh_face(view(SyncState.RUNNING, last=round_at()), NOW).tone is Tone.OK


@pytest.mark.parametrize("state", [SyncState.RUNNING, SyncState.RETRYING, SyncState.STOPPED])
def test_whatever_the_line_does_it_is_said_whether_it_is_safe_to_switch_off(state: SyncState) -> None:
    failed = round_at(end=RoundEnd.FAILED, error="sync.revoked")
    safe, waiting = view(state, last=failed), view(state, last=failed, pending_events=2, pending_files=1)
    assert "可以放心关机" in " ".join(headline(safe, NOW).sentences)
    said = headline(waiting, NOW)
    assert "2 条操作、1 个附件" in " ".join((said.title, *said.sentences))
    assert "放心关机" not in " ".join(said.sentences)


def test_a_desk_that_is_not_wanted_any_more_reads_the_hubs_reason() -> None:
    revoked = round_at(end=RoundEnd.FAILED, error="sync.revoked")
    assert headline(view(SyncState.STOPPED, last=revoked), NOW).sentences[0] == failure_words(revoked)
    assert "都还在" in headline(view(SyncState.STOPPED, last=None), NOW).sentences[0]


def test_a_desk_whose_program_was_changed_is_told_to_open_again_and_what_is_only_here() -> None:
    said = headline(view(SyncState.BROKEN, pending_events=2, pending_cases=1), NOW)
    assert said.title == "请重新打开席位"
    words = " ".join(said.sentences)
    assert "关闭席位，再打开" in words and "2 条操作（1 件案件）还只在这台电脑上" in words and "14:30" in words


@pytest.mark.parametrize(("hours", "word"), [(2, "快 2小时"), (-24, "慢 1天")])
def test_a_clock_that_is_off_is_said(hours: int, word: str) -> None:
    report = replace(round_at(), hub_time=round_at().at - timedelta(hours=hours))
    assert word in note_words(report)
    assert word in headline(view(SyncState.IDLE, last=report), NOW).sentences[-1]


def test_a_clock_that_agrees_is_not_mentioned() -> None:
    assert note_words(replace(round_at(), hub_time=round_at().at + timedelta(seconds=20))) == ""


@pytest.mark.parametrize(
    ("state", "asked"), [(state, state in (SyncState.CONFIRM, SyncState.FORKED)) for state in SyncState]
)
def test_only_a_restore_and_a_twin_ask_somebody(state: SyncState, asked: bool) -> None:
    shown = question(view(state, pending_events=2, pending_cases=1))
    assert (shown is not None) is asked
    if shown is not None:
        assert "2 条操作（1 件案件）" in shown.kept
        assert shown.button in ("已核对，继续同步", "换新起点，继续同步")


def test_restore_and_twin_are_told_apart() -> None:
    restored, twin = question(view(SyncState.CONFIRM)), question(view(SyncState.FORKED))
    assert restored is not None and twin is not None
    assert "备份" in restored.title and "另一台电脑" in twin.happened
    assert all("条" not in asked.kept and asked.kept.endswith("不动。") for asked in (restored, twin)), "nothing waits"


def test_only_here_names_what_there_is() -> None:
    assert only_here(IDLE) == ""
    assert only_here(view(SyncState.IDLE, pending_files=2)) == "2 个附件"
    assert only_here(view(SyncState.IDLE, pending_events=2)) == "2 条操作"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.42, "0.4 秒"), (59.94, "59.9 秒"), (60, "1 分 0 秒"), (125.9, "2 分 5 秒")]
)
def test_how_long_a_round_took(seconds: float, words: str) -> None:
    assert seconds_words(seconds) == words


def test_a_countdown_never_goes_below_nothing() -> None:
    assert (countdown(timedelta(seconds=84)), countdown(timedelta(seconds=-3))) == ("1:24", "0:00")


def test_moments_get_a_date_when_they_need_one() -> None:
    assert when_words(NOW.replace(hour=9), NOW) == "09:32"
    assert when_words(NOW - timedelta(days=1), NOW) == "11-19 14:32"


def test_every_end_of_a_round_has_its_own_sign() -> None:
    ends = [end_words(round_at(end=end)) for end in RoundEnd]
    assert len({words.split()[0] for words in ends}) == len(RoundEnd)


def test_a_hub_that_renewed_its_certificate_is_no_failure() -> None:
    renewed = round_at(end=RoundEnd.FAILED, error="sync.certificate_renewed")
    assert end_words(renewed) == "✓ 已核对"
    assert RoundsModel().line(Row(renewed)).ink == (-1, "")


def test_a_round_tells_what_was_refused_and_what_waits() -> None:
    words = note_words(round_at(rejected=2, conflicts=1))
    assert "没有收下 2 条" in words and "1 件两个席位同时处理" in words


def test_an_error_that_nobody_knows_is_named() -> None:
    assert "sync.odd" in failure_words(round_at(end=RoundEnd.FAILED, error="sync.odd"))


def test_the_status_line_tells_the_last_round() -> None:
    last = RoundReport(
        NOW - timedelta(minutes=1), RoundEnd.DONE, pushed=2, pulled=10, bytes_sent=774, bytes_received=2400
    )
    assert status_words(view(SyncState.IDLE, last=last), NOW) == "已同步 · 上次同步 14:31（12 条，3.1 KB）"
    failed = replace(last, end=RoundEnd.FAILED)
    assert status_words(view(SyncState.RETRYING, last=failed), NOW) == "重试中 · 数据截至 14:30"
    assert status_words(SyncView(SyncState.ALONE), NOW) == "单机"


@pytest.mark.parametrize(
    ("stage", "done", "whole", "words"),
    [
        ("pull", 1200, 3400, "正在取回 1,200/3,400"),
        ("pull", 1200, 0, "正在取回 1,200 条"),
        ("check", 0, 0, "正在与同步中心核对…"),
        ("push", 9, 8, "正在上报 8/8"),
        ("of a newer version", 0, 0, "正在同步…"),
    ],
)
def test_how_far_a_round_is(stage: str, done: int, whole: int, words: str) -> None:
    assert stage_words(view(SyncState.RUNNING, stage=stage, done=done, all=whole)) == words


@pytest.mark.parametrize(
    ("report", "out", "words"),
    [
        (
            BundleReport(FILE, 12, 3),
            True,
            "已写入 desk.gridbundle：12 条（另有 3 条早已在了）。请安全弹出U盘后再拔。",
        ),
        (BundleReport(FILE, 0), True, "没有要带走的：desk.gridbundle 里没有本机的新内容。"),
        (BundleReport(FILE, 0, 3), True, "desk.gridbundle 已经是最新的，没有要补写的。"),
        (BundleReport(FILE, 0, 3), False, "desk.gridbundle 里没有新内容（另有 3 条早已在了）。"),
        (BundleReport(FILE, 7), False, "已从 desk.gridbundle 取得 7 条。"),
        (
            BundleReport(FILE, 7, conflicts=2),
            False,
            "已从 desk.gridbundle 取得 7 条。其中 2 件两个席位同时处理过，请逐件选择。",
        ),
    ],
)
def test_what_became_of_a_stick(report: BundleReport, out: bool, words: str) -> None:
    assert bundle_words(report, out=out) == words


def test_work_that_the_hub_would_not_have_is_said_where_people_look() -> None:
    last = RoundReport(NOW, RoundEnd.DONE, rejected=1)
    refused = replace(IDLE, pending_events=1, pending_cases=1, last=last)
    said = headline(refused, NOW)
    assert said.sentences[0] == "同步中心没有收下 1 条，仍保存在本机，请联系县级管理员。"
    assert (said.tone, fresh_face(refused, NOW).tone) == (Tone.WARN, Tone.WARN)
    assert headline(replace(refused, pending_events=0, pending_cases=0), NOW).tone is Tone.OK


def test_nobody_is_told_that_nothing_is_only_here_while_something_is_set_aside() -> None:
    aside = replace(IDLE, aside=PutAside(1200, 5, ("371002002-20261124-FV0071",)))
    told = "另有 1,200 条（5 件案件：002-261124-FV0071 等）已搁置，只在这台电脑上，请按时备份。"
    assert pending_face(aside).words == "未上报 0 条"
    assert "没有只在这台电脑上" not in pending_face(aside).told and told in pending_face(aside).told
    for by_stick in (False, True):
        assert headline(replace(aside, by_stick=by_stick), NOW).title == "没有等着上报的，可以放心关机"
    for state in (SyncState.IDLE, SyncState.RETRYING, SyncState.OFFLINE, SyncState.RUNNING, SyncState.STOPPED):
        assert headline(replace(aside, state=state), NOW).sentences.count(told) == 1


def test_all_cases_of_what_is_set_aside_are_named_where_these_are_few_and_lists_are_no_cases() -> None:
    numbers = ("371002002-20261124-FV0071", "371002002-20261124-FV0072")
    told = "另有 3 条（2 件案件：002-261124-FV0071、002-261124-FV0072）已搁置"
    assert told in pending_face(replace(IDLE, aside=PutAside(3, 2, numbers))).told
    assert "另有 1 条（基础数据）已搁置" in pending_face(replace(IDLE, aside=PutAside(1, 0))).told


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Refused("371002002", "高区", 1200, 5), "高区：1,200 条（5 件案件），本席位没有上报这个镇街的权限。"),
        (Refused("371002002", "高区", 2, 1, "U1"), "高区：2 条（1 件案件），不是本单位的步骤，或案件没有派给本单位。"),
        (Refused("ref", "ref", 3, 0), "基础数据：3 条，本席位没有上报它的权限。"),
    ],
)
def test_what_the_hub_never_takes_is_named_with_the_reason(found: Refused, words: str) -> None:
    assert refusal_line(found) == words


def test_what_was_withdrawn_is_said_of_the_round_and_at_the_head() -> None:
    last = RoundReport(NOW, RoundEnd.DONE, withdrawn=2)
    assert "2 件案件同步中心没有收下，已从本机撤下" in note_words(last)
    for pending in (0, 1):
        view_now = replace(IDLE, pending_events=pending, pending_cases=pending, last=last)
        assert "已从本机撤下" in headline(view_now, NOW).sentences[0]


def test_desk_without_a_line_says_how_its_work_gets_to_the_hub() -> None:
    by_stick = replace(IDLE, by_stick=True, fresh_at=NOW - timedelta(days=2), pending_events=3, pending_cases=1)
    face = fresh_face(by_stick, NOW)
    assert (state_words(by_stick, NOW), face.icon, face.tone) == ("只用U盘", "stick", Tone.OK)
    assert "stick" in _SIGNS
    said = headline(by_stick, NOW)
    assert said.title == "还有 3 条操作（1 件案件）没有上报"
    assert any("U盘" in sentence for sentence in said.sentences)
    assert "开机联网" not in pending_face(by_stick).told
    assert headline(replace(by_stick, pending_events=0, pending_cases=0), NOW).title == "都已上报，可以放心关机"
    assert state_words(replace(by_stick, state=SyncState.CONFIRM), NOW) == "需确认"
