"""``gridclient conflicts``: what two desks did to one case at the same time, and choosing one side."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any, Final

from gridclient.cli.opening import open_desk
from gridclient.cli.output import Exit, answer
from gridclient.cli.parsing import add_account, one_of
from gridclient.cli.shapes import Json, case_json, timeline_json
from gridclient.domain.errors import RuleViolation
from gridclient.domain.roles import Action
from gridclient.services.desk import Desk
from gridclient.services.rows import Box, CaseFilter, ContentionSide, ContentionView, Sort
from gridclient.services.words import CONFLICT_CHOICES, STATES

_PAGE: Final = 200


def add_commands(commands: Any, output: argparse.ArgumentParser) -> None:
    """Adds ``conflicts list|resolve``."""
    room = commands.add_parser("conflicts", parents=[output], help="两个席位同时处理同一案件的冲突")
    conflicts = room.add_subparsers(metavar="操作", required=True)
    listing = conflicts.add_parser("list", parents=[output], help="等待选择的冲突")
    listing.set_defaults(run=list_conflicts)
    resolve = conflicts.add_parser("resolve", parents=[output], help="选择其中一方")
    resolve.add_argument("case", metavar="案件")
    resolve.add_argument("choice", type=one_of(CONFLICT_CHOICES), metavar="选择", help="keep 先到的，take 后到的")
    resolve.add_argument("--key", default="", metavar="冲突", help="list 给出的 key；不写则取最早的一项")
    add_account(resolve)
    resolve.set_defaults(run=resolve_conflict)


def list_conflicts(args: argparse.Namespace) -> Exit:
    """Prints every conflict with both sides."""
    with open_desk(args.profile, read_only=True) as opened:
        found = [_conflict_json(opened.desk, case_id, view) for case_id, view in _waiting(opened.desk)]
    return answer(args, {"conflicts": found}, _lines(found))


def _lines(conflicts: Sequence[Json]) -> Iterator[str]:
    for conflict in conflicts:
        yield f"{conflict['number']}  {conflict['title']}"
        for name, word in (("first", "先到"), ("later", "后到")):
            texts = "；".join(entry["text"] for entry in conflict[name]["timeline"])
            yield f"  {word}{'（本席位）' if conflict[name]['mine'] else ''}：{texts}"
    yield f"共 {len(conflicts)} 项冲突"


def _waiting(desk: Desk) -> Iterator[tuple[str, ContentionView]]:
    after = None
    while True:
        page = desk.queries.page(CaseFilter(box=Box.CONFLICT), Sort(), limit=_PAGE, after=after)
        for row in page.rows:
            for view in desk.queries.contentions(row.id):
                yield row.id, view
        if page.next is None:
            return
        after = page.next


def _conflict_json(desk: Desk, case_id: str, view: ContentionView) -> Json:
    now = desk.clock.now()

    def side(of: ContentionSide) -> Json:
        return {
            "mine": of.mine,
            "timeline": timeline_json(of.entries, desk.reference),
            "case": case_json(of.case, now, desk.reference),
        }

    end = STATES.get(view.end_withdrawn)
    take = CONFLICT_CHOICES["take"]
    base = case_json(view.base, now, desk.reference)
    return {
        "key": str(view.key),
        "case": case_id,
        "number": base["number"],
        "title": base["title"],
        "base": base,
        "first": side(view.first),
        "later": side(view.later),
        "choices": CONFLICT_CHOICES | {"take": f"{take}，“{end}”随之撤回" if end else take},
    }


def resolve_conflict(args: argparse.Namespace) -> Exit:
    """Chooses one side. ``cases act CASE undo`` takes the choice back while nobody has acted on it."""
    with open_desk(args.profile, account=args.account) as opened:
        desk = opened.desk
        case = desk.queries.case(args.case)
        if not case.contentions:
            raise RuleViolation("conflict.unknown")
        desk.act(Action.RESOLVE, case.id, {"choice": args.choice, "target": args.key}, base=case.version)
        document = case_json(desk.queries.case(case.id), desk.clock.now(), desk.reference)
    return answer(args, document, [f"{document['number']} 已按“{CONFLICT_CHOICES[args.choice]}”处理"])
