"""Finding an area by typing: a part of its name, its code, or pinyin initials (``gmsq`` → 古陌社区)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gridclient.ui.grids.model import Node


def find(typed: str, nodes: Sequence[Node], initials: Mapping[str, str], *, after: int = -1) -> Node | None:
    """The next area that matches, behind the one with number ``after`` and round again; beginnings come first."""
    typed = typed.strip().lower()
    if not typed or not nodes:
        return None
    ordered = [*nodes[after + 1 :], *nodes[: after + 1]]
    rest: Node | None = None
    for node in ordered:
        short = initials.get(node.row.name, "")
        if node.row.name.startswith(typed) or short.startswith(typed) or node.row.code == typed:
            return node
        if rest is None and (typed in node.row.name or typed in short or node.row.code.endswith(typed)):
            rest = node
    return rest
