"""The started desk: ten dispatches by keys, death at the worst moment, and nothing that leaves the machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gridclient.demo.building import make_demo
from tests.e2e.desk_driver import DRAFT
from tests.fakes.command_line import copied

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
PATIENCE_S = 240
LOOPBACK = re.compile(r'inet_addr\("127\.|inet_pton\(AF_INET6, "::1"')
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo in which more than ten cases wait for their units."""
    folder = tmp_path_factory.mktemp("desk") / "demo"
    make_demo(folder, cases=600, seed=7)
    return folder


@pytest.fixture
def profile(demo: Path, tmp_path: Path) -> Path:
    return copied(demo, tmp_path / "desk")


def command(profile: Path, walk: str) -> list[str]:
    return [sys.executable, "-m", "tests.e2e.desk_driver", str(profile), walk]


def walked(profile: Path, walk: str, *before: str) -> dict[str, Any]:
    """What a walk to its end has seen. What the desk says goes to a file: a pipe that nobody reads would stop it."""
    told = profile.with_name(f"{walk}.log")
    with told.open("wb") as errors:
        ran = subprocess.run(
            [*before, *command(profile, walk)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            check=False,
            timeout=PATIENCE_S,
        )
    assert ran.returncode == 0, last_words(told)
    seen: dict[str, Any] = json.loads(ran.stdout)
    return seen


def last_words(told: Path) -> str:
    return told.read_text("utf-8", "replace")[-2000:]


@pytest.fixture
def killed(profile: Path) -> Iterator[dict[str, Any]]:
    """What a desk showed that had no time to say goodbye."""
    told = profile.with_name("killed.log")
    with (
        told.open("wb") as errors,
        subprocess.Popen(
            command(profile, "work"), cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        ) as desk,
    ):
        assert desk.stdout is not None
        line = desk.stdout.readline()
        os.killpg(desk.pid, signal.SIGKILL)
    assert line, last_words(told)
    yield json.loads(line)


def test_a_killed_desk_reopens_where_it_was_and_nothing_that_was_done_or_typed_is_lost(
    profile: Path, killed: dict[str, Any]
) -> None:
    again = walked(profile, "look")
    assert killed["grid"]
    assert {name: again[name] for name in ("grid", "box", "case")} == {
        name: killed[name] for name in ("grid", "box", "case")
    }
    assert again["shown"] == killed["case"]
    assert again["draft"] == DRAFT
    show = ("-m", "gridclient", "cases", "show", killed["dispatched"], "--profile", str(profile), "--json")
    shown = subprocess.run([sys.executable, *show], cwd=ROOT, capture_output=True, check=True, timeout=PATIENCE_S)
    assert json.loads(shown.stdout)["state"] == "dispatched"


def test_ten_imported_messages_are_filed_together_and_dispatched_by_keys(profile: Path, real_data: Path) -> None:
    """They come without condition and grid: one form gives both to all ten."""
    words = ("import", "cases", str(real_data / "tipdm2020" / "附件3.xlsx"), "--profile", str(profile), "--json")
    ran = subprocess.run(
        [sys.executable, "-m", "gridclient", *words], cwd=ROOT, capture_output=True, check=True, timeout=PATIENCE_S
    )
    assert json.loads(ran.stdout)["imported"] == 4326
    seen = walked(profile, "noise")
    assert len(set(seen["chosen"])) == 10
    assert set(seen["states"]) == {"dispatched"}
    assert [len(seen[name]) for name in ("standards", "grids")] == [1, 1]
    assert all(unit.startswith(seen["grids"][0][:9]) for unit in seen["units"])


def test_ten_cases_are_dispatched_by_keys_and_nothing_leaves_the_machine(profile: Path, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    trace = tmp_path / "connects"
    watched = (strace, "-f", "-q", "-e", "trace=connect", "-o", str(trace)) if strace else ()
    seen = walked(profile, "ten", *watched)
    assert len(set(seen["dispatched"])) == 10
    assert set(seen["states"]) == {"dispatched"}
    assert seen["blocked"] == []
    assert seen["page_errors"] == []
    if not strace:
        pytest.skip("strace is not on this machine: what the page asked for was looked at, system calls were not")
    calls = re.findall(r"connect\(.*AF_INET6?,.*", trace.read_text("utf-8", "replace"))
    outside = [call for call in calls if not LOOPBACK.search(call)]  # a hub may be on this very machine
    assert outside == []
    assert trace.read_text("utf-8", "replace").count("+++ exited") > 1, "the trace did not follow the desk's processes"
