"""What a desk keeps for itself."""

from __future__ import annotations

from gridclient.services.rows import Box, CaseFilter, SavedView, Sort, SortKey
from tests.contract.stage import Stage

VIEW = SavedView(
    "夜班",
    CaseFilter(
        "371002001", Box.OVERDUE, frozenset({"filed", "handling"}), True, "U-1", 3, "12345", "噪音", (1, 2, 3, 4.5)
    ),
    Sort(SortKey.TITLE, descending=True),
)


def test_a_draft_is_kept_until_it_is_emptied(stage: Stage) -> None:
    assert stage.queries.draft("intake") == ""
    stage.settings.keep_draft("intake", "路灯")
    stage.settings.keep_draft("intake", "路灯不亮")
    assert stage.queries.draft("intake") == "路灯不亮"
    stage.settings.keep_draft("intake", "")
    assert stage.queries.draft("intake") == ""


def test_a_view_comes_back_as_it_was_saved(stage: Stage) -> None:
    stage.settings.keep_view(VIEW)
    assert stage.queries.views() == (VIEW,)


def test_views_stand_by_name_and_are_replaced_and_dropped(stage: Stage) -> None:
    plain = SavedView("a", CaseFilter(), Sort())
    stage.settings.keep_view(VIEW)
    stage.settings.keep_view(plain)
    stage.settings.keep_view(SavedView("a", CaseFilter(level=1), Sort()))
    assert [(view.name, view.filter.level) for view in stage.queries.views()] == [("a", 1), ("夜班", 3)]
    stage.settings.drop_view("夜班")
    stage.settings.drop_view("never there")
    assert [view.name for view in stage.queries.views()] == ["a"]


def test_a_value_is_kept_and_an_unknown_one_is_empty(stage: Stage) -> None:
    assert stage.settings.value("window") == ""
    stage.settings.keep_value("window", "{}")
    assert stage.settings.value("window") == "{}"
    stage.settings.keep_value("window", "")
    assert stage.settings.value("window") == ""
