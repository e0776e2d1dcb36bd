"""Who may know whom, as far as import-linter does not say it (layers, folium, icons and SQLite: pyproject.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache

from tests.architecture.sources import PACKAGE, ROOT, imports_of, module_name, python_files

# Only the named places may import what begins with the key; a place is a module or a folder.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "PySide6.QtWebEngine": ("mapview",),
    "PySide6.QtWebChannel": ("mapview",),
    # the self-check renders the map, the tour sends keys
    "PySide6": ("ui", "mapview", "app", "application", "qt_loading", "start", "self_check", "tour"),
    "shiboken6": ("ui", "mapview", "app"),
    "qtpy": (),
    "xyzservices": ("mapview",),
    "pysqlite3": ("store", "hub.sqlite"),
    "niquests": (),  # replaces the urllib3 module for everybody
}
# What a desk and the hub agree on: the form of messages and files, signatures, proofs.
FORMS = ("wire", "frame", "pages", "terms", "proofs", "signing", "bundle", "enrol_file")
# The rooms of gridclient/ and the rooms each may know.
ROOMS: dict[str, tuple[str, ...]] = {
    "domain": (),
    "services": ("domain",),
    "store": ("services", "domain"),
    "sync": ("services", "domain"),
    "hub": ("services", "domain", *(f"sync.{name}" for name in FORMS)),
    "exchange": ("services", "domain"),
    "mapview": ("services", "domain"),
    "ui": ("mapview", "services", "domain"),
}
# Modules directly in ui that put features together; all others there are drawn on by features and know none of them.
WINDOW_OF_UI = ("main_window", "pages", "case_pane")


def is_in(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


@cache
def composition() -> frozenset[str]:
    """The modules above all rooms, as import-linter knows them."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    contracts = tools["importlinter"]["contracts"]
    above = next(contract["layers"][0] for contract in contracts if contract["id"] == "layers")
    return frozenset(re.findall(r"\w+", above))


def is_composition(module: str) -> bool:
    return not module or module.partition(".")[0] in composition()


def edges() -> Iterator[tuple[str, str]]:
    """Every import as (module below gridclient, dotted name that it imports)."""
    for path in python_files():
        for imported in sorted(imports_of(path)):
            yield module_name(path), imported


def own_edges() -> Iterator[tuple[str, str]]:
    for module, imported in edges():
        if imported.startswith("gridclient.") and not imported.startswith("gridclient.__"):
            yield module, imported.removeprefix("gridclient.")


def test_each_outside_package_stays_in_its_room() -> None:
    strays = []
    for module, imported in edges():
        rule = next((prefix for prefix in ONLY_IN if imported == prefix or imported.startswith(prefix)), None)
        if rule is not None and not is_in(module, ONLY_IN[rule]):
            strays.append(f"{module} imports {imported} (only in {ONLY_IN[rule] or 'no place'})")
    assert not strays, "\n".join(strays)


def test_domain_needs_the_standard_library_only() -> None:
    import sys

    strays = [
        f"{module} imports {imported}"
        for module, imported in edges()
        if is_in(module, ("domain",)) and imported.split(".")[0] not in {*sys.stdlib_module_names, "gridclient"}
    ]
    assert not strays, "\n".join(strays)


def test_rooms_know_only_the_rooms_they_may_know() -> None:
    strays = []
    for module, imported in own_edges():
        if is_composition(module):
            continue
        room = module.split(".")[0]
        if not is_in(imported, (room, *ROOMS.get(room, ()))):
            strays.append(f"{module} imports {imported}")
    assert not strays, "\n".join(strays)


def test_features_of_the_ui_do_not_know_each_other() -> None:
    features = {path.parent.name for path in (PACKAGE / "ui").glob("*/__init__.py")}
    strays = []
    for module, imported in own_edges():
        parts, target = module.split("."), imported.split(".")
        if parts[0] != "ui" or target[0] != "ui" or len(parts) < 2 or len(target) < 2 or target[1] not in features:
            continue
        if parts[1] != target[1] and parts[1] not in WINDOW_OF_UI:
            strays.append(f"{module} imports {imported}")
    assert not strays, "features meet only in the main window and by Changes:\n" + "\n".join(strays)
