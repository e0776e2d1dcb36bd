"""``gridclient cases``: what lists and cases answer, what may be done to a case and what is refused."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gridclient.cli.arguments import of_action
from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import InvalidInput
from gridclient.domain.events import EventDraft, EventKind
from gridclient.domain.roles import Action
from gridclient.services.withholding import TRIALS
from gridclient.store.profile import open_profile
from gridclient.store.unit_of_work import SqliteWork
from gridclient.system import SystemClock
from tests.fakes.command_line import CASES, CommandLine, copied, made_demo

BASIC = "371002003012001"


@pytest.fixture
def reading(tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Commands that only read."""
    return CommandLine(made_demo(tmp_path_factory.getbasetemp()), capsys)


@pytest.fixture
def desk(reading: CommandLine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Commands on a demo of the test's own."""
    return CommandLine(copied(reading.profile, tmp_path / "desk"), capsys)


def test_a_list_answers_in_the_form_that_scripts_rely_on(reading: CommandLine) -> None:
    answer = reading.json("cases", "list", "--limit", 3).json
    assert set(answer) == {"cases", "total", "next"}
    assert (len(answer["cases"]), answer["total"]) == (3, CASES)
    keys = {"id", "number", "title", "state", "level", "grid", "unit", "due", "overdue"}
    assert all(keys <= set(case) for case in answer["cases"])


def test_pages_follow_each_other_until_every_case_was_seen_once(reading: CommandLine) -> None:
    seen: list[str] = []
    answer = reading.json("cases", "list", "--limit", 70).json
    while True:
        seen += [case["id"] for case in answer["cases"]]
        if answer["next"] is None:
            break
        answer = reading.json("cases", "list", "--limit", 70, "--after", answer["next"]).json
    assert len(seen) == len(set(seen)) == CASES


def test_filters_narrow_and_a_box_may_be_named_by_its_word(reading: CommandLine) -> None:
    filed = reading.json("cases", "list", "--box", "filed", "--limit", 200).json
    assert 0 < filed["total"] < CASES
    assert {case["state"] for case in filed["cases"]} == {"filed"}
    for words in (("--box", "待派遣"), ("--state", "filed"), ("--state", "待派遣")):
        assert reading.json("cases", "list", *words).json["total"] == filed["total"]
    unit = reading.json("cases", "list", "--state", "closed", "--limit", 1).json["cases"][0]["unit"]
    assert 0 < reading.json("cases", "list", "--unit", unit).json["total"] < CASES
    township = reading.json("cases", "list", "--grid", "371002003", "--limit", 200).json
    assert 0 < township["total"] < CASES
    assert all(case["grid"].startswith("371002003") for case in township["cases"])


def test_overdue_ones_are_those_whose_deadline_is_past(reading: CommandLine) -> None:
    late, soon = (reading.json("cases", "list", "--box", box).json["cases"] for box in ("overdue", "due_soon"))
    assert late and all(case["overdue"] for case in late)
    assert soon and not any(case["overdue"] for case in soon)


def test_two_characters_find_a_case_and_every_word_must_occur(reading: CommandLine) -> None:
    title = reading.json("cases", "list", "--limit", 1).json["cases"][0]["title"]
    found = reading.json("cases", "list", "--text", title[:2]).json
    assert found["total"] >= 1
    assert reading.json("cases", "list", "--text", f"{title[:2]} 没有这个词").json["total"] == 0


def test_a_unit_and_a_grid_may_be_called_by_name_or_initials(reading: CommandLine) -> None:
    by_code = reading.json("cases", "list", "--grid", "371002003").json["total"]
    assert reading.json("cases", "list", "--grid", "竹岛街道").json["total"] == by_code
    assert reading.json("cases", "list", "--grid", "zdjd").json["total"] == by_code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--grid", "371002999"), "grid.unknown"),
        (("--unit", "nobody"), "unit.unknown"),
        (("--after", "rubbish"), "list.cursor"),
    ],
)
def test_a_mistyped_name_is_no_empty_list(reading: CommandLine, words: tuple[str, ...], code: str) -> None:
    ran = reading.json("cases", "list", *words)
    assert (ran.status, ran.code) == (1, code)


def test_a_case_is_shown_whole_with_a_proposal_while_it_can_be_dispatched(reading: CommandLine) -> None:
    case = reading.json("cases", "show", reading.first("filed")).json
    assert {"assignments", "clocks", "timeline", "proposal"} <= set(case)
    assert {"lead", "cooperating", "reason", "alternatives"} <= set(case["proposal"])
    assert all({"unit", "reason"} <= set(other) for other in case["proposal"]["alternatives"])
    assert all({"at", "kind", "actor", "text", "payload"} <= set(entry) for entry in case["timeline"])
    assert case["timeline"][0]["kind"] == "case_registered"
    assert "proposal" not in reading.json("cases", "show", reading.first("closed")).json


def test_a_case_is_found_by_its_number_too(reading: CommandLine) -> None:
    case = reading.json("cases", "list", "--limit", 1).json["cases"][0]
    assert reading.json("cases", "show", case["number"]).json["id"] == case["id"]
    assert reading.json("cases", "show", "no such case").code == "case.unknown"


def test_a_case_goes_from_its_report_to_its_end_and_back(desk: CommandLine) -> None:
    standard = desk.json("cases", "show", desk.first("filed")).json["standard"]
    facts = {"title": "路灯不亮", "grid": BASIC, "channel": "12345", "standard": standard}
    case = desk.json("cases", "new", "--json-args", json.dumps(facts)).json
    assert case["state"] == "reported"
    key = case["id"]
    assert desk.act(key, "file").json["state"] == "filed"
    proposed = desk.json("cases", "show", key).json["proposal"]
    dispatched = desk.act(key, "dispatch").json
    assert (dispatched["state"], dispatched["unit"]) == ("dispatched", proposed["lead"])
    assert [a["unit"] for a in dispatched["assignments"]] == [proposed["lead"], *proposed["cooperating"]]
    units = [a["unit"] for a in dispatched["assignments"]]
    assert len(units) > 1
    for unit in units:
        assert desk.act(key, "sign", unit, unit=unit).status == 0
    for unit in units:
        assert desk.act(key, "feed_back", unit, unit=unit, result="已修好").status == 0
    for unit in units:
        running = [c for c in desk.json("cases", "show", key).json["clocks"] if c["ended"] is None]
        assert [c["stage"] for c in running] == ["verify"], "until the last result has its verdict"
        assert desk.act(key, "verify", unit=unit).status == 0
    assert desk.act(key, "close", closing_condition_met=False).code == "case.closing_condition_open"
    assert desk.act(key, "close").json["state"] == "closed"
    assert desk.act(key, "reopen", reason="又坏了").code == "role.not_allowed"
    assert desk.act(key, "reopen", "leader", reason="又坏了").json["state"] == "filed"
    assert desk("verify").status == 0


def test_the_lead_may_be_chosen_with_a_reason(desk: CommandLine) -> None:
    key = desk.first("filed")
    other = desk.json("cases", "show", key).json["proposal"]["alternatives"][0]["unit"]
    assert desk.act(key, "dispatch", lead=other, cooperating=[]).code == "dispatch.reason_missing"
    assert desk.act(key, "dispatch", lead=other, cooperating=[], reason="已商定").json["unit"] == other


def test_a_forbidden_action_names_its_rule_and_changes_nothing(desk: CommandLine) -> None:
    key = desk.first("closed")
    before = desk.json("cases", "show", key).json["version"]
    ran = desk.act(key, "dispatch")
    assert (ran.status, ran.code) == (1, "case.not_dispatchable")
    assert ran.json["error"]["message"] in ran.err
    assert desk.json("cases", "show", key).json["version"] == before


@pytest.mark.parametrize("action", ["supervise", "extend", "suspend", "resume", "merge", "unmerge", "appeal"])
def test_what_comes_later_is_refused_and_not_misunderstood(desk: CommandLine, action: str) -> None:
    ran = desk.act(desk.first("handling"), action)
    assert (ran.status, ran.code) == (1, "action.not_available")


@pytest.mark.parametrize(
    ("action", "args", "code"),
    [
        ("dispatch", {"leed": "nix"}, "arguments.unknown"),
        ("urge", {"rating": "fair"}, "arguments.unknown"),
        ("urge", {"text": "请尽快", "note": "雨前办完"}, "arguments.unknown"),
        ("attach", {"sha256": "zz", "name": "x.jpg"}, "attachment.missing"),
        ("attach", {"sha256": "a" * 64, "name": "x.jpg"}, "attachment.missing"),
        ("attach", {"sha256": "a" * 64, "size": -5}, "arguments.negative"),
        ("amend", {"level": 9}, "case.no_such_level"),
        ("amend", {"title": ""}, "case.title_missing"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(desk: CommandLine, action: str, args: dict[str, Any], code: str) -> None:
    key = desk.first("filed")
    before = desk.json("cases", "show", key).json
    ran = desk.act(key, action, **args)
    assert (ran.status, ran.code) == (1, code)
    assert desk.json("cases", "show", key).json["version"] == before["version"]


@pytest.mark.parametrize(
    ("state", "action", "given", "kept"),
    [
        ("filed", "urge", {"reason": "请尽快"}, "text"),
        ("reported", "decline", {"reason_code": "out_of_scope", "text": "不属本辖区"}, "reason"),
        ("dispatched", "return", {"reason_code": "not_ours", "note": "不属本单位职责"}, "reason"),
        ("handling", "feed_back", {"text": "已修好"}, "result"),
    ],
)
def test_an_actions_words_are_kept_whatever_they_are_called(
    desk: CommandLine, state: str, action: str, given: dict[str, str], kept: str
) -> None:
    words = [text for name, text in given.items() if name != "reason_code"]
    done = desk.act(desk.first(state), action, **given)
    assert (done.status, [done.json["timeline"][-1]["payload"][kept]]) == (0, words), done.err


@pytest.mark.parametrize("action", Action)
def test_it_is_known_of_every_action_what_it_takes(action: Action) -> None:
    with pytest.raises(InvalidInput) as refused:
        of_action(action, {"leed": "nix"})
    assert (refused.value.code, bool(refused.value.params["known"])) == ("arguments.unknown", True)


def test_an_unknown_action_is_wrong_use(reading: CommandLine) -> None:
    assert reading.json("cases", "act", "x", "fly").status == 2


def test_a_unit_acts_under_its_own_code_for_itself_only(desk: CommandLine) -> None:
    key = desk.first("dispatched")
    unit = desk.json("cases", "show", key).json["unit"]
    stranger = next(
        case["unit"]
        for case in desk.json("cases", "list", "--state", "closed").json["cases"]
        if case["unit"] not in (None, unit)
    )
    assert desk.act(key, "sign", stranger, unit=unit).code == "role.other_unit"
    assert desk.act(key, "sign", unit).json["timeline"][-1]["actor"] == unit


@pytest.mark.parametrize("account", ["leader", "shift_leader", "值班长"])
def test_an_account_may_be_named_by_its_role(desk: CommandLine, account: str) -> None:
    case = desk.first("reported")
    assert desk.act(case, "void", account, reason="误报").json["state"] == "void"


@pytest.mark.parametrize(
    ("account", "code"),
    [(role, "role.not_allowed") for role in ("admin", "auditor", "supervisor")]
    + [(name, "account.unknown") for name in ("nobody", "")],
)
def test_who_may_not_register_is_refused(desk: CommandLine, account: str, code: str) -> None:
    ran = desk.json("cases", "new", "--as", account, "--json-args", '{"title": "路灯不亮"}')
    assert (ran.status, ran.code) == (1, code)
    assert "“登记”" in ran.err or code == "account.unknown"
    assert desk.json("cases", "list").json["total"] == CASES


def test_a_point_of_another_system_lands_in_its_grid(desk: CommandLine) -> None:
    known = next(c for c in desk.json("cases", "list").json["cases"] if c["lon"] is not None)
    shifted = desk.json("convert", known["lon"], known["lat"], "--from", "wgs84", "--to", "gcj02").json
    facts = {"title": "井盖松动", "lon": shifted["lon"], "lat": shifted["lat"], "crs": "GCJ-02"}
    facts |= {
        "happened_at": "2024-11-20T09:30",
        "reporter": {"name": "张三", "phone": "13800001234", "wants_reply": True},
    }
    case = desk.json("cases", "new", "--json-args", json.dumps(facts)).json
    assert case["grid"] == known["grid"]
    assert (case["lon"], case["lat"]) == pytest.approx((known["lon"], known["lat"]), abs=1e-6)
    people = {"name": "张*", "phone": "138****1234", "wants_reply": True, "keep_secret": False}
    assert (case["reporter"], case["happened_at"]) == (people, "2024-11-20T09:30:00+08:00")
    payload = desk.json("cases", "show", case["id"]).json["timeline"][0]["payload"]
    assert payload["facts"]["happened_at"] == 1732066200
    assert payload["facts"]["source_point"].startswith("gcj02 ")


def test_what_was_shown_with_stars_is_not_written_over_the_whole(desk: CommandLine) -> None:
    whole = {"title": "欠薪13800001234", "address": "城里家园", "description": "致电13800001234"}
    given = json.dumps(
        {**whole, "reporter": {"name": "张三", "phone": "13800001234"}, "extra": {"备用": "13800001234"}}
    )
    key = desk.json("cases", "new", "--json-args", given).json["id"]
    shown = desk.json("cases", "show", key).json
    for name in ("title", "description", "reporter", "extra"):
        ran = desk.act(key, "amend", **{"address": shown["address"], name: shown[name]})
        assert (ran.status, ran.code) == (1, "arguments.masked"), name
    assert "打星号" in ran.err
    assert desk.act(key, "amend", title="欠薪13900001234", address=shown["address"]).status == 0


def test_nothing_that_names_or_reaches_a_person_is_printed(desk: CommandLine) -> None:
    phone, card = "13800001234", "371002199001011234"
    facts = {
        "title": f"欠薪{phone}", "address": f"{card}家",
        "description": f"致电{phone}，证件{card}", "people": f"李某 {card}", "grid": BASIC,
        "reporter": {"name": "欧阳建国", "phone": phone}, "extra": {"备用电话": phone, "空": None},
    }  # fmt: skip
    key = desk.json("cases", "new", "--json-args", json.dumps(facts)).json["id"]
    desk.act(key, "note", text=f"已联系{phone}")
    desk.act(key, "amend", reporter={"phone": "13900005678"})
    for ran in (
        desk.json("cases", "show", key),
        desk("cases", "show", key),
        desk.json("cases", "list"),
        desk("cases", "list"),
    ):
        assert not [secret for secret in (phone, card, "13900005678", "建国") if secret in ran.out]
    shown = desk.json("cases", "show", key).json
    said = shown["timeline"][0]["payload"]["facts"]
    assert not any(TRIALS & entry["payload"].keys() for entry in shown["timeline"])
    assert (said["reporter_name"], said["reporter_phone"]) == ("欧*", "138****1234")
    assert (shown["title"], shown["address"]) == ("欠薪138****1234", "3710**********1234家")
    assert shown["description"] == said["description"] == "致电138****1234，证件3710**********1234"
    assert shown["extra"] == said["extra"] == {"备用电话": "138****1234", "空": None}
    assert said["grid"] == BASIC and shown["timeline"][1]["payload"]["text"] == "已联系138****1234"


def test_the_contact_goes_along_on_request_and_is_masked_as_the_reporter_is(desk: CommandLine) -> None:
    facts = {"title": "欠薪", "grid": BASIC, "reporter": {"name": "欧阳建国", "phone": "13800001234"}}
    key = desk.json("cases", "new", "--json-args", json.dumps(facts)).json["id"]
    standard = desk.json("cases", "show", desk.first("filed")).json["standard"]
    assert desk.act(key, "file", standard=standard).status == 0
    lead = desk.json("cases", "show", key).json["proposal"]["lead"]
    assert desk.act(key, "dispatch", lead=lead, contact=True).status == 0
    shown, told = desk.json("cases", "show", key), desk("cases", "show", key)
    assert not [secret for secret in ("13800001234", "建国") if secret in shown.out + told.out]
    masked = {"name": "欧*", "phone": "138****1234"}
    assert shown.json["contact"] == masked == shown.json["timeline"][-1]["payload"]["contact"]
    assert "已提供联系方式" in told.out
    assert desk.act(key, "amend", keep_secret=True).status == 0
    assert desk.act(key, "reassign", lead=lead, reason="再派", contact=True).code == "dispatch.contact_secret"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "arguments.not_json"),
        ("[]", "arguments.not_an_object"),
        ('{"titel": "x"}', "arguments.unknown"),
        ('{"title": 5}', "arguments.not_text"),
        ('{"title": "x", "level": "three"}', "arguments.not_whole"),
        ('{"title": "x", "level": 9}', "case.no_such_level"),
        ('{"title": "x", "urgency": 7}', "arguments.no_such_choice"),
        ('{"title": "x", "channel": "pigeon"}', "arguments.no_such_choice"),
        ('{"title": "x", "lon": "122", "lat": 37}', "arguments.not_number"),
        ('{"title": "x", "lon": 122}', "point.half"),
        ('{"title": "x", "crs": "gcj02"}', "crs.without_point"),
        ('{"title": "x", "lon": 222, "lat": 37}', "point.out_of_range"),
        ('{"title": "x", "lon": 122, "lat": 37, "crs": "mars"}', "crs.unknown"),
        ('{"title": "x", "happened_at": "yesterday"}', "time.unreadable"),
        ('{"title": "x", "happened_at": "2099-01-01"}', "time.ahead"),
        ('{"title": "x", "wants_reply": "yes"}', "arguments.not_truth"),
        ('{"title": "x", "extra": 1}', "arguments.not_object"),
        ('{"title": "x", "grid": "371002999999999"}', "grid.unknown"),
        ('{"description": "  "}', "case.title_missing"),
        ('{"title": "x\\ud800"}', "arguments.half_a_sign"),
    ],
)
def test_a_wrong_value_is_a_sentence_and_never_a_traceback(desk: CommandLine, text: str, code: str) -> None:
    ran = desk.json("cases", "new", "--json-args", text)
    assert (ran.status, ran.code) == (1, code)
    assert "操作没有完成" not in ran.err


def test_a_case_does_not_come_to_have_happened_later_than_now(desk: CommandLine) -> None:
    ran = desk.act(desk.first("handling"), "amend", happened_at="2099-01-01T00:00")
    assert (ran.status, ran.code) == (1, "time.ahead")


def test_a_limit_that_nobody_can_count_is_shown_as_it_was_written(desk: CommandLine) -> None:
    key = desk.first("dispatched")  # one that was signed long ago cannot be given back any more
    desk.act(key, "sign")
    unit = desk.json("cases", "show", key).json["unit"]
    clock = {"stage": "handle", "limit": "尽快", "started": 1795000000, "due": 1995000000, "unit": unit}
    with open_profile(desk.profile, now=datetime.now(CHINA_TIME)) as profile:
        with profile.database.reader() as connection:
            stream = connection.execute("SELECT stream FROM origins").fetchone()[0]
        with SqliteWork(profile.database, profile.device, SystemClock())() as work:
            work.record(EventDraft(EventKind.ESCALATED, key, stream, "other", {"reason": "x", "clocks": [clock]}))
    shown = desk.json("cases", "show", key)
    assert shown.json["clocks"][-1]["limit"] == "尽快"
    (said,) = shown.json["clocks"][-1]["steps"]
    assert said == "时限“尽快”不是可计算的时限，到期时间按所记的 2033-03-21 14:40（周一）"
    returned = desk.act(key, "return", reason_code="not_ours", reason="不属本单位职责").json
    assert returned["state"] == "filed"


def test_a_unit_that_gave_the_case_back_has_no_part_in_it_once_another_has_it(desk: CommandLine) -> None:
    key = desk.first("dispatched")
    before = desk.json("cases", "show", key).json["unit"]
    assert desk.act(key, "return", before, reason_code="not_ours", reason="不属本单位职责").json["state"] == "filed"
    other = next(
        one["unit"] for one in desk.json("cases", "show", key).json["proposal"]["alternatives"] if one["unit"] != before
    )
    given = desk.act(key, "dispatch", lead=other, cooperating=[], reason="已商定").json
    assert [(part["unit"], part["role"]) for part in given["assignments"]] == [(other, "lead")]


def test_what_stands_in_a_case_commands_no_terminal(desk: CommandLine) -> None:
    key = desk.json("cases", "new", "--json-args", json.dumps({"title": "怪\x1b[31m\r\n题\u202e字"})).json["id"]
    for shown in (desk("cases", "list", "--text", "怪").out, desk("cases", "show", key).out):
        assert "怪 [31m  题 字" in shown


def test_lists_and_cases_for_people_are_in_chinese(reading: CommandLine) -> None:
    listed = reading("cases", "list", "--limit", 2)
    assert listed.out.startswith("编号")
    assert f"共 {CASES} 件" in listed.out
    shown = reading("cases", "show", reading.first("filed"))
    assert "建议派遣" in shown.out and "待派遣" in shown.out
