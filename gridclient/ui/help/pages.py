"""The pages of help: read from a folder, ordered, searched. No Qt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from gridclient.domain.frozen import frozen

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "desk": ("operator", "importing", "backup", "keys"),
    "sync": ("sync-1-events", "sync-2-round", "sync-3-conflicts", "sync-4-stick", "sync-5-trust"),
    "county": ("hub",),
}
"""Groups of pages in their order. Other pages come after them and belong to no group."""
_ORDER: Final = {name: place for place, name in enumerate(name for names in GROUPS.values() for name in names)}
_GROUP: Final = {name: group for group, names in GROUPS.items() for name in names}
_UNREAD: Final = re.compile(r"!\[[^\]]*\]\([^)]*\)|(?<=\])\([^)]*\)")


@frozen
class HelpPageText:
    """A page: its name in links, its title, its Markdown."""

    name: str
    title: str
    text: str

    @property
    def group(self) -> str:
        """The group of the page; "" for none."""
        return _GROUP.get(self.name, "")


@frozen
class HelpBook:
    """All pages in order, and their drawings (SVG as text) by file name."""

    pages: tuple[HelpPageText, ...]
    pictures: Mapping[str, str]


def read_book(folder: Path) -> HelpBook:
    """Reads the pages and drawings of a folder. Blocking."""
    pages = in_order([page_of(path.stem, path.read_text("utf-8")) for path in folder.glob("*.md")])
    return HelpBook(tuple(pages), {path.name: path.read_text("utf-8") for path in folder.glob("*.svg")})


def in_order(pages: Sequence[HelpPageText]) -> list[HelpPageText]:
    """The pages in the order of :data:`GROUPS`; other pages follow by name."""
    return sorted(pages, key=lambda page: (_ORDER.get(page.name, len(_ORDER)), page.name))


def page_of(name: str, text: str) -> HelpPageText:
    """A page from its Markdown. Without a line of title its name is the title."""
    first = next((line for line in text.splitlines() if line.startswith("# ")), f"# {name}")
    return HelpPageText(name, first.removeprefix("# ").strip(), text)


def keys_page(title: str, heads: tuple[str, str], keys: Sequence[tuple[str, str]]) -> HelpPageText:
    """A page that lists the keys: pairs of key and what it does."""
    lines = [f"# {title}", "", f"| {heads[0]} | {heads[1]} |", "|---|---|"]
    lines += [f"| **{key}** | {what} |" for key, what in keys if key]
    return HelpPageText("keys", title, "\n".join(lines))


def found_in(pages: Sequence[HelpPageText], words: str) -> dict[str, int]:
    """How often the words occur in each page, by its name. Targets of links and pictures are not searched."""
    wanted = words.strip().lower()
    return {page.name: _UNREAD.sub("", page.text).lower().count(wanted) if wanted else 0 for page in pages}
