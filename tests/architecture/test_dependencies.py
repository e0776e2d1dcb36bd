"""The package imports nothing that pyproject.toml does not name: what comes along with others may go away with them."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.architecture.sources import ROOT, imports_of, python_files

# Parts of a named dependency that it brings in its own second package.
COMES_WITH = {"branca": "folium", "shiboken6": "pyside6", "pyside6-essentials": "pyside6", "pyside6-addons": "pyside6"}
ALIASES = {"pysqlite3"}  # a name under which the store's driver presents sqlcipher3 to sqlite-utils


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {normal(re.split(r"[<>=!; \[]", item)[0]) for item in project["dependencies"]}


def imported() -> dict[str, str]:
    """Every outside package that the code imports, with one place that does."""
    found: dict[str, str] = {}
    for path in python_files():
        for name in imports_of(path):
            top = name.partition(".")[0]
            if top not in {*sys.stdlib_module_names, *ALIASES, "gridclient", ""}:
                found[top] = str(path.relative_to(ROOT))
    return found


def test_every_imported_package_is_a_named_dependency() -> None:
    providers, named = packages_distributions(), declared()
    unnamed = {}
    for package, place in imported().items():
        distributions = {normal(name) for name in providers.get(package, ())}
        if not {COMES_WITH.get(name, name) for name in distributions} & named:
            unnamed[package] = place
    assert not unnamed, f"name these in pyproject.toml, then `make lock`: {unnamed}"
