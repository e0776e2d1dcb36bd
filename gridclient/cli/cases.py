"""``gridclient cases``: list, new, show, act."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gridclient.cli.arguments import checked, json_object, of_action
from gridclient.cli.naming import grid_code, unit_code
from gridclient.cli.opening import open_desk
from gridclient.cli.output import Exit, answer, say, table
from gridclient.cli.parsing import add_account, count_of, one_of
from gridclient.cli.shapes import Json, case_json, proposal_json, row_json, sent_back_masked, timeline_json
from gridclient.domain.case import FACTS, CaseFacts, CaseState
from gridclient.domain.errors import InvalidInput, NotFound, RuleViolation
from gridclient.domain.roles import Action
from gridclient.services.deadline_text import brief_text
from gridclient.services.desk import Desk
from gridclient.services.rows import Box, CaseFilter, Sort
from gridclient.services.words import ACTIONS, BOXES, STATES

_DISPATCHABLE: Final = (CaseState.FILED, CaseState.DISPATCHED, CaseState.HANDLING)
_LATER: Final = {
    "supervise": "督办",
    "extend": "延期",
    "suspend": "挂账",
    "resume": "恢复",
    "merge": "并案",
    "unmerge": "撤销并案",
    "appeal": "超时申诉",
}
"""Actions that this version does not have yet: asking for one is refused with its name."""


def add_commands(commands: Any, output: argparse.ArgumentParser) -> None:
    """Adds ``cases list|new|show|act``."""
    room = commands.add_parser("cases", parents=[output], help="案件")
    cases = room.add_subparsers(metavar="操作", required=True)
    _add_list(cases.add_parser("list", parents=[output], help="案件列表"))
    new = cases.add_parser("new", parents=[output], help="登记案件")
    new.add_argument("--json-args", required=True, metavar="JSON", help="案件内容")
    add_account(new)
    new.set_defaults(run=register)
    show = cases.add_parser("show", parents=[output], help="案件详情、时间线与派遣建议")
    show.add_argument("case", metavar="案件")
    show.set_defaults(run=show_case)
    act = cases.add_parser("act", parents=[output], help="办理案件")
    act.add_argument("case", metavar="案件")
    act.add_argument("action", type=one_of({**ACTIONS, **_LATER}), metavar="动作")
    add_account(act)
    act.add_argument("--json-args", default="{}", metavar="JSON")
    act.set_defaults(run=act_on)


def _add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--grid", default="", metavar="网格", help="编码、名称或拼音首字母")
    parser.add_argument("--state", type=one_of(STATES), metavar="状态")
    parser.add_argument("--box", type=one_of(BOXES), metavar="今日必办")
    parser.add_argument("--unit", default="", metavar="单位", help="编码、名称或拼音首字母")
    parser.add_argument("--text", default="", metavar="词")
    parser.add_argument("--limit", type=count_of(1), default=50, metavar="件数")
    parser.add_argument("--after", metavar="游标")
    parser.set_defaults(run=list_cases)


def list_cases(args: argparse.Namespace) -> Exit:
    """Prints a page of the list, the total, and the cursor of the next page."""
    with open_desk(args.profile, read_only=True) as opened:
        chosen = _filter(args, opened.desk)
        page = opened.desk.queries.page(chosen, Sort(), limit=args.limit, after=args.after)
        total = opened.desk.queries.total(chosen)
        if not total:
            _require_known(opened.desk, chosen)
        now = opened.desk.clock.now()
    document = {"cases": [row_json(r, now) for r in page.rows], "total": total, "next": page.next}
    rows = (
        (r.number, r.title[:24], STATES.get(r.state, r.state), f"{r.level}级", r.unit_name or "—", _due(r.due))
        for r in page.rows
    )
    lines = table(("编号", "标题", "状态", "级别", "主办单位", "时限"), rows)
    return answer(args, document, [*lines, f"共 {total} 件"])


def _filter(args: argparse.Namespace, desk: Desk) -> CaseFilter:
    return CaseFilter(
        grid=grid_code(desk.reference, args.grid),
        box=Box(args.box) if args.box else None,
        states=frozenset([args.state]) if args.state else frozenset(),
        unit=unit_code(desk.reference, args.unit),
        text=args.text,
    )


def _require_known(desk: Desk, chosen: CaseFilter) -> None:
    """Raises ``NotFound`` for an unknown grid or unit: an empty list for a mistyped code would look like good news."""
    if chosen.grid and desk.reference.grid(chosen.grid) is None and chosen.grid not in desk.queries.figures():
        raise NotFound("grid.unknown", grid=chosen.grid)
    if chosen.unit and desk.reference.unit(chosen.unit) is None:
        raise NotFound("unit.unknown", unit=chosen.unit)


def _due(due: Any) -> str:
    return brief_text(due) if due else "—"


def register(args: argparse.Namespace) -> Exit:
    """Registers a case. ``crs`` in the arguments names the system of ``lon`` and ``lat``."""
    given, unknown = checked(json_object(args.json_args))
    level = given.pop("level", 3)
    unknown += sorted(set(given) - FACTS)
    if unknown:
        raise InvalidInput("arguments.unknown", names=unknown, known=sorted(FACTS | {"level", "crs"}))
    with open_desk(args.profile, account=args.account) as opened:
        registered = opened.desk.register(CaseFacts(**{"title": "", **given}), level=level)
        case = opened.desk.queries.case(registered.case_id)
        document = case_json(case, opened.desk.clock.now(), opened.desk.reference)
    _say_assumed(given)
    return answer(args, document, [f"已登记 {registered.number}"])


def show_case(args: argparse.Namespace) -> Exit:
    """Prints a case with its timeline and, if it waits for a unit, the proposal."""
    with open_desk(args.profile, read_only=True) as opened:
        document = _whole(opened.desk, args.case)
        due = opened.desk.queries.case(document["id"]).due
        lead = opened.desk.reference.unit((document.get("proposal") or {}).get("lead") or "")
    return answer(args, document, _lines(document, _due(due), lead.name if lead else ""))


def act_on(args: argparse.Namespace) -> Exit:
    """Carries out one action; a forbidden one changes nothing and names the rule. ``close`` counts as the statement
    that the closing condition is met, unless ``closing_condition_met`` says otherwise."""
    if args.action in _LATER:
        raise RuleViolation("action.not_available", action=_LATER[args.action])
    action = Action(args.action)
    given = of_action(action, json_object(args.json_args))
    if action is Action.CLOSE:
        given.setdefault("closing_condition_met", True)
    with open_desk(args.profile, account=args.account) as opened:
        case = opened.desk.queries.case(args.case)
        if masked := sent_back_masked(case, given):
            raise InvalidInput("arguments.masked", names=masked)
        opened.desk.act(action, case.id, given)
        document = _whole(opened.desk, case.id)
    _say_assumed(given)
    return answer(args, document, [f"{document['number']} 现为“{STATES.get(document['state'], document['state'])}”"])


def _say_assumed(given: Mapping[str, Any]) -> None:
    """A wrong system puts a case some 500 m off, so what nobody told is said."""
    if "lon" in given and "source_point" not in given:
        say('没有说明坐标系，按 WGS-84（CGCS2000）记下。高德、手机的坐标请加 "crs": "gcj02"，百度的加 "crs": "bd09"。')


def _whole(desk: Desk, case_ref: str) -> Json:
    case = desk.queries.case(case_ref)
    document = case_json(case, desk.clock.now(), desk.reference)
    document["timeline"] = timeline_json(desk.queries.timeline(case.id), desk.reference)
    if case.state in _DISPATCHABLE:
        document["proposal"] = proposal_json(desk.propose(case.id))
    return document


def _lines(document: Json, due: str, lead: str) -> Iterable[str]:
    yield f"{document['number']}  {document['title']}"
    state = STATES.get(document["state"], document["state"])
    yield f"状态 {state} · {document['level']}级 · 时限 {due}"
    for entry in document["timeline"]:
        yield f"  {entry['at'][5:16].replace('T', ' ')}  {entry['text']}"
    if proposal := document.get("proposal"):
        yield f"建议派遣 {lead or '—'}：{proposal['reason'] or '没有单位服务这一网格'}"
