"""The search index: which texts which words find."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.rows import CaseFilter
from gridclient.store.search import numbers_of_text, text_query, tokens_of
from tests.contract.stage import GRIDS, STREAM, Stage, opened

TITLE = "幸福路12号楼下夜间施工噪音扰民"
DESCRIPTION = "居民来电：ＫＴＶ音响 Noise，电话13800001111；Fuß𠀋𠂢龘"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with opened("sqlite", tmp_path) as made:
        made.register(TITLE, description=DESCRIPTION, address="和平街 3-2")
        made.register("别的事情", description="不相干")
        yield made


@pytest.mark.parametrize(
    "text",
    [
        *("噪音", "扰民", "噪音扰民", "施工噪音扰民", "民", "幸", "路12号", "号楼", "12号楼下", "12", "1"),
        *("ktv", "KTV", "kt", "ＫＴ", "noi", "NOISE", "13800001111", "1380", "𠀋𠂢", "龘", "fuß"),
        *("和平街", "和平街3", "3-2", "噪音 ktv 和平", "夜间 噪", "  噪音  ", "噪音扰民电话"[:4], "噪音，扰民"),
        f"{' ' * 120}噪音",
    ],
)
def test_words_that_occur_are_found(stage: Stage, text: str) -> None:
    assert stage.titles(CaseFilter(text=text)) == [TITLE]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "扰民居民",
            "音扰音",
            "民居",
            "噪 白",
            "oise",
            "噪音 别的",
            "路21",
            "13号",
            "12号楼上",
            "！！",
            "-",
            '"',
            "噪音*白",
        ),
        *("OR", "NEAR(噪音 扰民)", "search:噪音x", "街2", "¶"),
    ],
)
def test_words_that_do_not_occur_are_not_found(stage: Stage, text: str) -> None:
    assert stage.titles(CaseFilter(text=text)) == []


def test_blank_text_is_no_filter(stage: Stage) -> None:
    assert stage.queries.total(CaseFilter(text="   ")) == 2


def test_the_number_is_found_by_its_parts(stage: Stage) -> None:
    number = stage.case(stage.ids(CaseFilter(text="噪音"))[0]).number
    township, day, count = number.split("-")
    for text in (number, day, count, f"{day}-{count}", f"{township}-{day}", count[:4]):
        assert TITLE in stage.titles(CaseFilter(text=text))


def test_a_case_is_found_by_the_last_digits_of_its_number(stage: Stage) -> None:
    first, second = (stage.case(case_id).number for case_id in stage.ids(CaseFilter()))
    assert {first[-4:], second[-4:]} == {"0001", "0002"}
    assert stage.titles(CaseFilter(text="0001 噪音")) == stage.titles(CaseFilter(text="噪音 ００１")) == [TITLE]
    assert len(stage.ids(CaseFilter(text="002"))) == len(stage.ids(CaseFilter(text="0002"))) == 1
    for other in ("00001", "0003", "0001 0002", "0002 噪音", "0001 ktv 没有", "一0001", "01"):
        assert stage.ids(CaseFilter(text=other)) == []


def test_of_several_words_of_digits_the_last_may_be_the_end_of_a_number(stage: Stage) -> None:
    assert stage.titles(CaseFilter(text="1380 0001")) == [TITLE]


def test_a_day_with_very_many_cases_is_found_by_more_digits(stage: Stage) -> None:
    payload = {"number": "371002001-20261120-A7100000", "registered_at": 0, "facts": {"title": "十万"}}
    stage.record(EventKind.IMPORTED, stage.new_id(), payload)
    for text in ("100000", "00000", "0000", "000"):
        assert stage.titles(CaseFilter(text=text)) == ["十万"]


def test_no_word_is_found_across_the_end_of_a_field(stage: Stage) -> None:
    stage.register("路灯", description="12号坏了")
    assert stage.titles(CaseFilter(text="路灯12")) == []


def test_what_ends_a_number_is_found_in_texts_too(stage: Stage) -> None:
    stage.register("门牌0001号")
    found = stage.titles(CaseFilter(text="0001"))
    assert sorted(found) == sorted([TITLE, "门牌0001号"])
    assert stage.titles(CaseFilter(text="0001", only_open=True)) == found


def test_initials_find_the_cases_of_units_and_areas_but_no_texts(stage: Stage) -> None:
    """Source: the list's ``--text``: pinyin initials match unit and grid names, not texts."""
    unit, other = (unit.code for unit in stage.known.units.values() if unit.initials in ("zfzd", "pcs"))
    stage.dispatched("派给中队", unit, other, grid=GRIDS[2])
    stage.dispatched("zfzd 字样", other, grid=GRIDS[2])
    assert sorted(stage.titles(CaseFilter(text="ZFZD"))) == ["zfzd 字样", "派给中队"]
    assert stage.titles(CaseFilter(text="zf 中队")) == stage.titles(CaseFilter(text="派给 zfz")) == ["派给中队"]
    assert len(stage.titles(CaseFilter(text="pcs"))) == 2, "also where it cooperates"
    assert set(stage.titles(CaseFilter(text="gmsq"))) == {TITLE, "别的事情"}
    assert stage.titles(CaseFilter(text="gm 噪音")) == [TITLE]
    for text in ("zy", "sf 中队", "pcs gmsq", "zfzd 没有"):
        assert stage.titles(CaseFilter(text=text)) == []


def test_initials_are_found_behind_the_township_with_which_names_begin(stage: Stage) -> None:
    """``zhzf`` found nothing where units are called 张村镇综合执法平台; two letters stand within too many names."""
    unit, other = (unit.code for unit in stage.known.units.values() if unit.initials in ("zfzd", "pcs"))
    stage.dispatched("派给中队", unit, other, grid=GRIDS[2])
    assert stage.titles(CaseFilter(text="fzd")) == stage.titles(CaseFilter(text="派给 fzd")) == ["派给中队"]
    assert stage.titles(CaseFilter(text="msq")) == stage.titles(CaseFilter(text="gmsq")) != []
    assert stage.titles(CaseFilter(text="fz")) == []


def test_an_amended_description_replaces_the_old_one(stage: Stage) -> None:
    (case_id,) = stage.ids(CaseFilter(text="噪音"))
    stage.record(EventKind.AMENDED, case_id, {"facts": {"description": "改为油烟问题"}})
    assert stage.ids(CaseFilter(text="油烟")) == [case_id]
    assert stage.ids(CaseFilter(text="噪音")) == [case_id]
    assert stage.ids(CaseFilter(text="ktv")) == stage.ids(CaseFilter(text="k")) == []
    stage.undo(case_id)
    assert stage.ids(CaseFilter(text="油烟")) == []
    assert stage.ids(CaseFilter(text="ktv")) == [case_id]


def test_a_step_that_changes_no_text_leaves_the_index_alone(stage: Stage) -> None:
    (case_id,) = stage.ids(CaseFilter(text="噪音"))
    with stage.database.reader() as connection:
        before = connection.execute("SELECT count(*), max(id) FROM search_data").fetchone()
    stage.file(case_id)
    with stage.database.reader() as connection:
        assert connection.execute("SELECT count(*), max(id) FROM search_data").fetchone() == before


_signs = st.text(st.sampled_from("噪音扰民占道经营路灯不亮的"), min_size=1, max_size=5)


@given(st.lists(st.text(st.sampled_from("噪音扰民占道经营路灯不亮的，12ab "), max_size=12), min_size=1), _signs)
def test_runs_of_signs_are_found_exactly_where_they_stand(texts: list[str], word: str) -> None:
    """Checked on the tokens, as the index checks them: a phrase is a run of tokens one behind the other."""
    query = text_query(word)
    assert query is not None
    for text in texts:
        tokens = tokens_of(text)
        if query.signs:
            found = any(token[0] == word for token in tokens)
        else:
            wanted = query.words.strip('" *').split()
            found = any(tokens[place : place + len(wanted)] == wanted for place in range(len(tokens)))
        assert found == (word in text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_query_language(text: str) -> None:
    query = text_query(text)
    if query is not None:
        allowed = query.words.replace(" AND ", "").replace('" *', "").replace('"', "").replace(" ", "")
        assert all(sign.isalnum() or ord(sign) > 127 for sign in allowed)


@pytest.mark.parametrize("text", ["'", '""', "(", "%", "_", "^", "{}", "\x00", "＊"])
def test_signs_alone_find_nothing(stage: Stage, text: str) -> None:
    assert stage.queries.total(CaseFilter(text=text)) == 0


def test_the_first_hundred_signs_of_a_text_are_looked_for(stage: Stage) -> None:
    stage.register("路" * 120)
    assert stage.titles(CaseFilter(text=f"{'路' * 100}灯")) == ["路" * 120]
    assert stage.titles(CaseFilter(text=f"{'路' * 99}灯")) == []


@pytest.mark.parametrize("text", ["罐头 AND 风筝", "罐头 OR 风筝", "NOT 罐头", "罐头 NEAR 风筝", "words:罐头"])
def test_the_words_of_the_index_are_only_words(stage: Stage, text: str) -> None:
    stage.register("罐头")
    stage.register("风筝")
    assert stage.titles(CaseFilter(text=text)) == []
    stage.register(f"有{text}")
    assert stage.titles(CaseFilter(text=text)) == [f"有{text}"]


@pytest.mark.parametrize("text", ["^罐头", "{罐头}", '"罐头', "罐头*", "(罐头", "罐头＊"])
def test_signs_beside_a_word_are_passed_over(stage: Stage, text: str) -> None:
    stage.register("罐头")
    stage.register("风筝")
    assert stage.titles(CaseFilter(text=text)) == ["罐头"]


def test_many_cases_in_one_transaction_are_all_found(stage: Stage) -> None:
    with stage.work() as unit_of_work:
        for place in range(500):
            payload = {"number": f"x{place}", "registered_at": 0, "facts": {"title": f"批量导入第{place}件"}}
            unit_of_work.record(EventDraft(EventKind.IMPORTED, stage.new_id(), STREAM, "a", payload))
    assert stage.queries.total(CaseFilter(text="批量导入")) == 500
    assert stage.titles(CaseFilter(text="第77件")) == ["批量导入第77件"]


@given(st.lists(st.integers(0, 10**15)), st.booleans())
def test_numbers_come_out_of_a_text_as_they_went_in(numbers: list[int], ascending: bool) -> None:
    told = sorted(set(numbers)) if ascending else numbers
    assert numbers_of_text(",".join(map(str, told))).tolist() == told
