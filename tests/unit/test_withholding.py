"""What a department gets of an event: the case, and not who reported it, unless it is to call that person."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gridclient.domain.case import Contact
from gridclient.domain.events import EventKind, payload_text
from gridclient.domain.fold import fold_all
from gridclient.domain.handing import SALT
from gridclient.services.withholding import for_unit, lacks, lacks_less, new_salt, new_salts, salted
from tests.fakes.two_desks import Two, given_to

UNIT, KEY = "U1", b"k" * 32
PHONE, NAME, IDENTITY = "13900005678", "钱某某", "371002199001011234"
FACTS: dict[str, Any] = {
    "title": f"{NAME}反映路灯不亮",
    "description": f"{NAME}（{PHONE}，{IDENTITY}）来电：路灯不亮。",
    "address": f"古陌路12号，联系 139-0000-5678，{NAME}路口",
    "reporter_name": NAME,
    "reporter_phone": PHONE,
    "people": f"{NAME}、李某",
    "grid": "371002001001001",
    "keep_secret": True,
    "extra": {"家庭住址": "幸福里3号", "身份证号": IDENTITY},
}


def handed(payload: dict[str, Any], kind: str = "case_registered", unit: str = UNIT, subject: str = "c1") -> Any:
    return json.loads(for_unit(unit, kind, subject, payload_text(payload), KEY))


@pytest.mark.parametrize("kind", ["case_registered", "case_imported", "case_amended", "case_filed", "kind_of_later"])
def test_a_department_does_not_get_who_reported_whatever_the_event(kind: str) -> None:
    text = for_unit(UNIT, kind, "c1", payload_text({"number": "1", "digest": "abcd", "facts": FACTS}), KEY)
    for secret in (PHONE, NAME, IDENTITY, "139-0000-5678", "0000-5678", "幸福里", "李某", "abcd"):
        assert secret not in text.replace(f"{NAME}路口", "")
    got = json.loads(text)
    assert got["facts"]["title"] == "钱*反映路灯不亮"
    assert got["facts"]["grid"] == FACTS["grid"] and got["facts"]["keep_secret"] is True
    assert got["facts"]["address"] == f"古陌路12号，联系 *************，{NAME}路口", "a street may have a person's name"
    assert set(got["withheld"]) == {
        "title", "description", "address", "reporter_name", "reporter_phone", "people", "extra",
    }  # fmt: skip
    assert lacks(text)


@pytest.mark.parametrize(
    ("payload", "protects"),
    [
        ({"facts": {"title": "路灯不亮"}}, True),
        ({"facts": {"extra": {"住址": "幸福里3号"}}}, True),
        ({"contact": {"name": NAME, "phone": PHONE}}, True),
        ({"text": "已电话联系"}, True),
        ({"facts": {"standard": "S1", "grid": "371002001001001"}, "level": 3}, False),
        ({"facts": {"reporter_name": "", "extra": {}, "standard": "S1"}}, False),
        ({"assignments": [{"unit": "U1", "role": "lead"}], "reason": ""}, False),
        ({"unit": "U1", "on_behalf": True}, False),
    ],
)
def test_a_salt_stands_in_what_may_tell_who_reported_and_goes_with_it(payload: dict[str, Any], protects: bool) -> None:
    written = salted(payload)
    assert (SALT in written) is protects
    assert {name: value for name, value in written.items() if name != SALT} == payload
    whole = {**FACTS, **payload.get("facts", {})}
    assert SALT not in handed({**written, "facts": whole})
    assert salted(payload) != written or not protects


def test_the_salts_of_many_rows_are_as_long_as_others_and_all_different() -> None:
    salts = list(new_salts(5))
    assert {len(salt) for salt in salts} == {len(new_salt())} and len(set(salts)) == 5
    assert not list(new_salts(0))


def test_fields_of_a_later_shape_count_where_they_stand_beside_the_facts() -> None:
    got = handed({"reporter_phone": PHONE, "text": "x"}, "kind_of_later")
    assert "reporter_phone" not in got and set(got["withheld"]) == {"reporter_phone"}


@pytest.mark.parametrize(
    "payload",
    [
        {"facts": {"title": "路灯不亮", "reporter_name": "", "reporter_phone": "", "extra": {}}, "digest": "abcd"},
        {"facts": {"upper_number": "13900005678", "grid": "371002001001001"}, "level": 3},
        {"text": f"请与 {PHONE} 联系"},
        {"facts": "nothing", "people": None},
        {"text": 5, "reason": ["x"]},
        {"level": 3, "clocks": [{"withheld": {}}]},
        {"assignments": [{"unit": "U1", "role": "lead"}], "reason": "就近"},
    ],
)
def test_an_event_that_names_nobody_stays_as_it_is(payload: dict[str, Any]) -> None:
    text = payload_text(payload)
    assert for_unit(UNIT, "case_amended", "c1", text, KEY) == text
    assert not lacks(text)


def test_a_contact_goes_to_the_units_of_its_own_dispatch_only() -> None:
    contact = {"name": NAME, "phone": PHONE}
    dispatch = {"assignments": [{"unit": "U1", "role": "lead"}, {"unit": "U2", "role": "cooperating"}]}
    for unit in ("U1", "U2"):
        assert handed({**dispatch, "contact": contact}, "case_dispatched", unit)["contact"] == contact
    before = handed({**dispatch, "contact": contact}, "case_reassigned", "U0")
    assert "contact" not in before and PHONE not in json.dumps(before)
    assert before["assignments"] == dispatch["assignments"]


def test_a_text_that_is_changed_later_does_not_name_the_reporter_either() -> None:
    case = [payload_text({"facts": FACTS}), payload_text({"text": "x"})]
    later = payload_text({"facts": {"description": f"{NAME}再次来电：仍不亮"}})
    got = json.loads(for_unit(UNIT, "case_amended", "c1", later, KEY, case=lambda: case))
    assert got["facts"] == {"description": "钱*再次来电：仍不亮"}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("case_noted", "text"),
        ("case_urged", "text"),
        ("case_reassigned", "reason"),
        ("case_fed_back", "result"),
        ("case_closed", "note"),
        ("attachment_added", "name"),
    ],
)
def test_what_is_written_beside_the_facts_does_not_name_the_reporter(kind: str, name: str) -> None:
    case = [payload_text({"facts": FACTS}), payload_text({"text": "x"})]
    said = payload_text({name: f"{NAME} {PHONE}、139 0000 5678、１３９-0000-5678；物业 13800001111"})
    text = for_unit(UNIT, kind, "c1", said, KEY, case=lambda: case)
    assert not any(secret in text for secret in (NAME, PHONE, "5678"))
    assert "物业 13800001111" in text
    assert set(json.loads(text)["withheld"]) == {name}


def test_a_telephone_told_before_is_hidden_where_only_the_name_is_changed_later() -> None:
    case = [payload_text({"facts": {"reporter_name": "李某某", "reporter_phone": "5201314"}})]
    later = payload_text({"facts": {"reporter_name": NAME, "description": "回电5201314，未接"}})
    got = json.loads(for_unit(UNIT, "case_amended", "c1", later, KEY, case=lambda: case))
    assert got["facts"] == {"description": "回电*******，未接"}


@pytest.mark.parametrize("other", ["13900005679", "13900005678"])
def test_two_results_that_name_the_reporter_are_the_same_deed_where_they_are_for_the_township(other: str) -> None:
    two = Two()
    two.a.do(EventKind.AMENDED, facts={"reporter_phone": "13900005678"})
    two.a.do(EventKind.AMENDED, facts={"reporter_phone": "13900005679"})
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    two.a.do(EventKind.SIGNED, unit=UNIT)
    two.meet()
    two.a.do(EventKind.FED_BACK, unit=UNIT, result="已回复13900005678")
    two.b.do(EventKind.FED_BACK, unit=UNIT, result=f"已回复{other}")
    here = two.meet()
    told = [payload_text(event.payload) for event in two.hub.events]
    texts = [for_unit(UNIT, e.kind, e.subject, payload_text(e.payload), KEY, case=lambda: told) for e in two.hub.events]
    there = fold_all(replace(e, payload=json.loads(text)) for e, text in zip(two.hub.events, texts, strict=True))
    assert there is not None and not any("1390000567" in text for text in texts)
    assert bool(here.contentions) is (other != "13900005678")
    assert [c.key for c in there.contentions] == [c.key for c in here.contentions]
    assert there.refused == here.refused


def test_a_word_that_stands_for_no_name_is_left_in_the_texts() -> None:
    facts = {"description": "市民反映路灯不亮", "reporter_name": "市民", "reporter_phone": PHONE}
    assert handed({"facts": facts})["facts"] == {"description": "市民反映路灯不亮"}


@pytest.mark.parametrize(
    ("phone", "written"),
    [
        ("13900005678、5201314", "139.0000.5678 5201314"),
        ("13900005678 5201314", "13900005678，5201314"),
        ("0631-5201314转8012", "0631－5201314"),
        ("0631-5201314", "5201314"),
        ("+86 139 0000 5678", "139\u00a00000 5678"),
        ("１３９００００５６７８", "139—0000—5678"),
    ],
)
def test_a_telephone_is_hidden_however_it_and_the_note_are_written(phone: str, written: str) -> None:
    case = [payload_text({"facts": {"reporter_name": NAME, "reporter_phone": phone}})]
    text = for_unit(UNIT, "case_noted", "c1", payload_text({"text": f"回电{written}，未接"}), KEY, case=lambda: case)
    assert not any(sign.isdecimal() for sign in json.loads(text)["text"])


@pytest.mark.parametrize("name", ["钱某某（女士）", "钱某某、李某", "钱 某某", "钱某某女士", "业主/钱某某"])
def test_a_name_is_hidden_however_it_is_entered(name: str) -> None:
    case = [payload_text({"facts": {"reporter_name": name, "reporter_phone": PHONE}})]
    text = for_unit(UNIT, "case_noted", "c1", payload_text({"text": f"已答复{NAME}，业主满意"}), KEY, case=lambda: case)
    assert json.loads(text)["text"] == "已答复钱*，业主满意"


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        ("王小明（小明）", "已答复王小明、小明", "已答复王*、小*"),
        ("钱某", "已答复钱某", "已答复钱*"),
        ("王", "王家村路灯已修好", "王家村路灯已修好"),
    ],
)
def test_the_longest_form_of_a_name_is_hidden_and_a_single_sign_is_none(name: str, written: str, told: str) -> None:
    case = [payload_text({"facts": {"reporter_name": name, "reporter_phone": PHONE}})]
    text = for_unit(UNIT, "case_noted", "c1", payload_text({"text": written}), KEY, case=lambda: case)
    assert json.loads(text)["text"] == told


def test_digits_with_words_between_them_are_no_telephone() -> None:
    case = [payload_text({"facts": {"reporter_phone": "5201314"}})]
    said = payload_text({"text": "5201号楼314室，回电5201314、520-1314"})
    text = for_unit(UNIT, "case_noted", "c1", said, KEY, case=lambda: case)
    assert json.loads(text)["text"] == "5201号楼314室，回电*******、********"


def test_who_is_named_as_the_reporter_later_is_hidden_in_what_was_registered_before() -> None:
    opening: dict[str, Any] = {"number": "1", "facts": {"title": "路灯不亮", "description": f"{NAME}来电，电话5201314"}}
    wrong = {"number": "1", "facts": {**opening["facts"], "reporter_name": "李某某", "reporter_phone": PHONE}}
    later = payload_text({"facts": {"reporter_name": NAME, "reporter_phone": "0631-5201314"}})
    for payload in (opening, wrong):
        text = payload_text(payload)
        got = json.loads(for_unit(UNIT, "case_registered", "c1", text, KEY, case=partial(iter, (text, later))))
        assert got["facts"]["description"] == "钱*来电，电话*******"


def test_an_event_without_texts_does_not_ask_for_the_case() -> None:
    def case() -> list[str]:
        raise AssertionError

    for facts in ({"standard": "S1", "grid": "371002001001001"}, {"reporter_phone": PHONE}):
        for_unit(UNIT, "case_filed", "c1", payload_text({"facts": facts}), KEY, case=case)


def test_a_token_tells_the_same_from_another_and_nothing_more() -> None:
    def token(phone: str, subject: str = "c1", key: bytes = KEY) -> str:
        text = for_unit(UNIT, "case_amended", subject, payload_text({"facts": {"reporter_phone": phone}}), key)
        return str(json.loads(text)["withheld"]["reporter_phone"])

    assert token(PHONE) == token(PHONE)
    assert len({token(PHONE), token("13900005679"), token(PHONE, "c2"), token(PHONE, key=b"l" * 32)}) == 4


def test_of_two_forms_of_an_event_the_one_that_lacks_less_is_known() -> None:
    whole = payload_text({"facts": FACTS})
    less = for_unit(UNIT, "case_registered", "c1", whole, KEY)
    assert lacks_less(whole, less)
    assert not lacks_less(less, whole) and not lacks_less(less, less)


@pytest.mark.parametrize("first", [True, False])
def test_of_two_same_dispatches_the_contact_that_one_gave_along_stands(first: bool) -> None:
    two = Two()
    contact = {"contact": {"name": "钱某某", "phone": "13900005678"}}
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT), **(contact if first else {}))
    two.b.do(EventKind.DISPATCHED, **given_to(UNIT), **({} if first else contact))
    case = two.meet()
    assert case.contact == Contact("钱某某", "13900005678")
    assert (case.contentions, case.refused) == ((), ())


_PHONES = st.sampled_from(["13900005678", "13900005679", ""])
_AMENDED = st.fixed_dictionaries(
    {},
    optional={
        "reporter_phone": _PHONES,
        "description": st.sampled_from(["来电13900005678", "来电13900005679", "无"]),
        "address": st.sampled_from(["古陌路1号", "古陌路2号"]),
    },
)


_SAME: Final = {"reporter_phone": "13900005679", "description": "来电13900005678", "address": "古陌路1号"}


@given(st.lists(st.tuples(st.booleans(), _AMENDED, st.booleans()), max_size=8))
@example([(True, {"address": "古陌路2号"}, False), (True, _SAME, False), (False, dict(sorted(_SAME.items())), False)])
def test_a_department_folds_a_case_as_its_township_does(steps: list[tuple[bool, dict[str, str], bool]]) -> None:
    two = Two()
    for at_a, facts, meets in steps:
        (two.a if at_a else two.b).do(EventKind.AMENDED, facts=facts)
        if meets:
            two.meet()
    two.meet()
    texts = [for_unit(UNIT, e.kind, e.subject, payload_text(e.payload), b"key") for e in two.hub.events]
    there = fold_all(replace(e, payload=json.loads(text)) for e, text in zip(two.hub.events, texts, strict=True))
    here = fold_all(two.hub.events)
    assert here is not None and there is not None
    assert (there.version, there.refused, there.last) == (here.version, here.refused, here.last)
    assert [c.key for c in there.contentions] == [c.key for c in here.contentions]
    assert there.facts.address == here.facts.address
    assert not any("1390000567" in text for text in texts)
