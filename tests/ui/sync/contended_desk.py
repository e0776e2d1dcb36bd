"""A desk on which another desk's events arrive: before or after its own last one, as the hub's order has it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from gridclient.domain.events import Event, EventKey, next_hlc
from gridclient.domain.fold import fold_all
from gridclient.domain.roles import Action
from tests.ui.fakes.invented_desk import LEAD, NOW, OTHER, InventedDesk, empty_desk

DUE: Final = 1_795_230_000  # 2026-11-20 16:20 in China


def given_to(unit: str) -> dict[str, Any]:
    """The payload of a dispatch."""
    return {
        "assignments": [
            {"unit": unit, "role": "lead", "limit": "8 work_hour", "due": DUE, "return_until": DUE + 86_400}
        ]
    }


def arrives(
    invented: InventedDesk,
    case_id: str,
    kind: str,
    payload: dict[str, Any],
    *,
    first: bool,
    actor: str = "li",
    missed: int = 1,
) -> None:
    """Another desk's event, whose author had not seen this desk's last ones; ``first``: it came before those."""
    store = invented.store
    history = store.events[case_id]
    known = len(history) - missed
    number = sum(event.key.device == "B2" for event in store.log) + 1
    key = EventKey(history[0].key.stream, "B2", 1, number)
    hlc = next_hlc(0, NOW - timedelta(minutes=3))
    foreign = Event(key, hlc, kind, case_id, known, actor, payload)
    store.log.insert(store.log.index(history[known]) if first else len(store.log), foreign)
    case = fold_all(store.events[case_id])
    assert case is not None
    store.cases[case_id] = case


def dispatched_twice(invented: InventedDesk, title: str, *, first: bool = False) -> str:
    """This desk gave the case to one unit, another desk to another one; ``first``: the other desk came first."""
    case_id = invented.filed(title, ago=timedelta(minutes=20))
    invented.act(Action.DISPATCH, case_id, ago=timedelta(minutes=5), lead=LEAD, reason="熟悉情况")
    arrives(invented, case_id, "case_dispatched", given_to(OTHER), first=first)
    return case_id


def contended_desk() -> InventedDesk:
    """Two cases dispatched twice, one that was closed here and sent back there, one that nobody contends."""
    made = empty_desk()
    dispatched_twice(made, "夜间施工噪音扰民")
    dispatched_twice(made, "窨井盖缺失", first=True)
    case_id = made.handled("占道经营", ago=timedelta(hours=2), standard="C-02-01-01")
    made.act(Action.VERIFY, case_id, ago=timedelta(minutes=4))
    arrives(made, case_id, "case_reworked", {"unit": LEAD, "reason": "照片看不清"}, first=False)
    made.filed("广告牌松动")
    return made
