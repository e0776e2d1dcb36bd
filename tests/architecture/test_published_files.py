"""What is published names no machine and no address of a package registry, and the lock is complete."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tests.architecture.sources import ROOT, tracked_files

# Written in pieces, so that this file passes its own check.
MACHINE_PATH = re.compile(r"(?<![\w.~$}>)-])/(?:" + "|".join(("ro" + "ot", "wo" + "rk", "ho" + "me")) + r")/")
REGISTRY = re.compile(
    "|".join((r"\bpypi\.(?:o" + "rg|python)", "pythonh" + "osted", "registry\\.np" + "mjs", r"deb\.deb" + "ian"))
)
LOCKS = ("requirements.lock", ".ci/requirements-lower.lock")
PINNED = re.compile(r"^[a-z0-9][a-z0-9._-]*==\S+( ; .+)? \\$")


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked_files():
        if "vendor" in path.parts:
            continue
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            found.append((path, content.decode("utf-8", errors="replace")))
    assert {ROOT / "pyproject.toml", Path(__file__)} <= {path for path, _ in found}, "the search finds nothing"
    return found


def places(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}"
        for path, text in texts()
        for match in pattern.finditer(text)
    ]


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert not places(MACHINE_PATH)


def test_no_file_names_a_package_registry() -> None:
    assert not places(REGISTRY)


def test_locks_pin_every_package_by_hash_and_name_no_address() -> None:
    for name in LOCKS:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text, f"{name} names an address"
        blocks = [line for line in text.splitlines() if line and line[0] not in " #"]
        assert blocks, f"{name} is empty"
        assert all(PINNED.match(line) for line in blocks), f"{name} holds more than pins with hashes"
        assert text.count("\n    --hash=") >= len(blocks)


def test_lock_names_every_dependency_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {line.split("==")[0] for line in lock.splitlines() if "==" in line and line[0] not in " #"}
    missing = [name for item in wanted if (name := re.split(r"[<>=!; \[]", item)[0].lower()) not in pinned]
    assert not missing, f"run `make lock`: {missing}"


def test_every_lower_bound_is_a_version_that_a_check_runs() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = config["project"]
    wanted = [*config["build-system"]["requires"], *project["dependencies"], *project["optional-dependencies"]["dev"]]
    pins = {line.split(" ")[0] for name in LOCKS for line in (ROOT / name).read_text(encoding="utf-8").splitlines()}
    bounds = [match.groups() for item in wanted if (match := re.match(r"([\w-]+).*?>=([\d.]+)", item))]
    assert bounds, "pyproject.toml names no bound"
    untried = [f"{name}>={version}" for name, version in bounds if f"{name.lower()}=={version}" not in pins]
    assert not untried, f"name the versions that a lock pins, no check runs these: {untried}"
