"""Files stay small and say by their name what they are for."""

from __future__ import annotations

from pathlib import Path

from tests.architecture.sources import PACKAGE, ROOT, python_files

MOST_LINES = 400
MOST_LINES_OF_THE_MAIN_WINDOW = 300
JUNK_DRAWERS = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
TOP_LEVEL = {
    "gridclient", "resources", "maps", "tests", ".ci", "pyproject.toml", "build.spec", "README.md", "CONTRIBUTING.md",
    "CHANGELOG.md", "LICENSE", "Makefile", "requirements.lock", ".gitignore",
}  # fmt: skip


def own_sources() -> list[Path]:
    folders = (PACKAGE, *(ROOT / name for name in ("maps", "resources", "tests", ".ci")))
    own = [path for folder in folders for path in python_files(folder)]
    scripts = [path for path in (ROOT / "resources").rglob("*.js") if "vendor" not in path.parts]
    return own + scripts


def limit_for(path: Path) -> int:
    return MOST_LINES_OF_THE_MAIN_WINDOW if path.stem in {"main_window", "window"} else MOST_LINES


def test_no_source_file_grows_past_its_limit() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in own_sources()}
    too_long = {str(path.relative_to(ROOT)): count for path, count in lines.items() if count > limit_for(path)}
    assert not too_long, f"split these by what they are responsible for: {too_long}"


def test_no_module_is_a_junk_drawer() -> None:
    junk = [
        str(path.relative_to(ROOT))
        for path in own_sources()
        if JUNK_DRAWERS & {word for part in path.relative_to(ROOT).with_suffix("").parts for word in part.split("_")}
    ]
    assert not junk, f"name these by what they do: {junk}"


def test_top_level_holds_only_what_has_its_place_there() -> None:
    from tests.architecture.sources import tracked_files

    strangers = {path.relative_to(ROOT).parts[0] for path in tracked_files()} - TOP_LEVEL
    assert not strangers, f"these have no place at the top level: {sorted(strangers)}"
