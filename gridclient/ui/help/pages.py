"""The pages of help as text: found in a folder, titled by their first line, searched for words. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FIRST: Final = "operator"


@dataclass(frozen=True, slots=True)
class HelpPageText:
    """One page: its name in links, its title, its Markdown."""

    name: str
    title: str
    text: str


def read_pages(folder: Path) -> list[HelpPageText]:
    """All pages of a folder, the operator's first. Blocking."""
    files = sorted(folder.glob("*.md"), key=lambda path: (path.stem != FIRST, path.name))
    return [page_of(path.stem, path.read_text("utf-8")) for path in files]


def page_of(name: str, text: str) -> HelpPageText:
    """A page from its Markdown; without a title line it is called by its name."""
    first = next((line for line in text.splitlines() if line.startswith("# ")), f"# {name}")
    return HelpPageText(name, first.removeprefix("# ").strip(), text)


def keys_page(title: str, heads: tuple[str, str], keys: Sequence[tuple[str, str]]) -> HelpPageText:
    """The keys as they are bound, as a page: (key, what it does)."""
    lines = [f"# {title}", "", f"| {heads[0]} | {heads[1]} |", "|---|---|"]
    lines += [f"| **{key}** | {what} |" for key, what in keys if key]
    return HelpPageText("keys", title, "\n".join(lines))


def found_in(pages: Sequence[HelpPageText], words: str) -> dict[str, int]:
    """How often the words stand in each page, by its name."""
    wanted = words.strip().lower()
    return {page.name: page.text.lower().count(wanted) if wanted else 0 for page in pages}
