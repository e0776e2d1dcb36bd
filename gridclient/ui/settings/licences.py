"""The packages and files of others in this program, with their licences. Blocking; no Qt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

from gridclient.domain.frozen import frozen

_OWN: Final = "gridclient"
_REQUIRED: Final = re.compile(r"(?P<name>[\w.-]+)(\[(?P<extra>\w+)\])?[^;]*(;.*extra == ['\"](?P<only_for>[\w-]+))?")
"""One line of a package's metadata: ``name[extra]>=1; extra == "only for"``."""
_UNTOLD: Final = "—"
_NAMED: Final = ("LICEN", "COPYING", "NOTICE", "THIRD-PARTY")
_SHARED: Final = "licences/LICENSE-*.txt"
"""Texts that packages name and do not bring, each under its identifier."""


@frozen
class Licence:
    """A package or file: its version ("" for files), the licence's name, and its text if it is there."""

    name: str
    version: str
    kind: str
    text: str


def licences(roots: Sequence[Path]) -> list[Licence]:
    """The packages that the program needs, directly or not, then the files in ``roots`` that have a licence beside
    them."""
    shared = {
        path.stem.removeprefix("LICENSE-"): path.read_text("utf-8") for root in roots for path in root.glob(_SHARED)
    }
    return [*_of_packages(shared), *(licence for root in roots for licence in _of_files(root))]


def _of_packages(shared: Mapping[str, str]) -> Iterator[Licence]:
    for found in _needed():
        said = {key: found.metadata[key] for key in ("License-Expression", "License") if key in found.metadata}
        classified = _from_classifiers(found.metadata.get_all("Classifier") or [])
        kind = said.get("License-Expression") or classified or said.get("License", "").split("\n")[0][:60]
        texts = [file for file in found.files or [] if _is_licence(file.name)]
        text = "\n\n".join(Path(str(file.locate())).read_text("utf-8", "replace") for file in texts[:3])
        text = text or "\n\n".join(shared[each] for each in " ".join(said.values()).split() if each in shared)
        yield Licence(found.name, found.version, kind or _first_line(text) or _UNTOLD, text)


def _needed() -> list[metadata.Distribution]:
    """Every installed package that the program needs at run time, directly or not, by name."""
    known: dict[str, metadata.Distribution] = {}
    wanted = [(_OWN, "")]
    while wanted:
        name, extra = wanted.pop()
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # needed on another system only
            continue
        if found.name.lower() not in known:
            known[found.name.lower()] = found
            wanted += [
                (match["name"], match["extra"] or "")
                for line in found.requires or ()
                if (match := _REQUIRED.match(line)) and match["only_for"] in (None, extra)
            ]
    known.pop(_OWN, None)  # the bundle may lack the program's own metadata
    return [known[name] for name in sorted(known)]


def _from_classifiers(classifiers: Sequence[str]) -> str:
    named = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License ::")]
    return "、".join(named)


def _of_files(root: Path) -> Iterator[Licence]:
    for path in sorted(root.rglob("*")):
        if path.is_file() and _is_licence(path.name) and path.suffix.lower() in ("", ".txt", ".md"):
            text = path.read_text("utf-8", "replace")
            yield Licence(f"{path.parent.relative_to(root.parent)}/{path.name}", "", _first_line(text), text)


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:60]


def _is_licence(name: str) -> bool:
    return any(word in name.upper() for word in _NAMED)
