"""The command line as a test uses it: one call, its status, what it printed; and a demo profile made once a session."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from gridclient.cli import main

CASES = 240
SEED = 7


@dataclass(frozen=True)
class Ran:
    """What came of one command."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout; fails when there is anything else."""
        return json.loads(self.out)

    @property
    def code(self) -> str:
        """The code of the error that was told."""
        return str(self.json["error"]["code"])


class CommandLine:
    """Runs commands on one profile, in this process."""

    def __init__(self, profile: Path, captured: pytest.CaptureFixture[str]) -> None:
        self.profile = profile
        self.captured = captured

    def __call__(self, *words: object) -> Ran:
        """For people."""
        self.captured.readouterr()
        status = main(["--profile", str(self.profile), *map(str, words)])
        out, err = self.captured.readouterr()
        return Ran(status, out, err)

    def json(self, *words: object) -> Ran:
        """With ``--json``."""
        return self(*words, "--json")

    def act(self, case: str, action: str, as_account: str = "", **args: object) -> Ran:
        """One action on one case."""
        who = ("--as", as_account) if as_account else ()
        return self.json("cases", "act", case, action, *who, "--json-args", json.dumps(args))

    def first(self, state: str) -> str:
        """The key of one case in this state."""
        return str(self.json("cases", "list", "--state", state, "--limit", 1).json["cases"][0]["id"])


def new_case(desk: CommandLine, title: str) -> str:
    """Registers a case and returns its key."""
    return str(desk.json("cases", "new", "--json-args", json.dumps({"title": title})).json["id"])


def made_demo(base: Path) -> Path:
    """The demo profile of this session, which nobody writes to. Processes that test side by side make it once and have
    a copy each."""
    folder, shared = base / "demo-of-the-session", base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    if not (folder / "profile.json").exists():
        made = shared / "demo-as-made"
        with FileLock(shared / "demo.lock"):
            if not (made / "profile.json").exists():
                size = ("--cases", str(CASES), "--seed", str(SEED))
                assert main(["demo", "--profile", str(made), *size, "--no-window", "--json"]) == 0
        copied(made, folder)
    return folder


def copied(profile: Path, target: Path) -> Path:
    """A profile of one's own."""
    shutil.copytree(profile, target, ignore=shutil.ignore_patterns("desk.lock"))
    return target
