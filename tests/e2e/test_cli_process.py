"""The program as its own process: streams, the second instance, a pipe that closes, and death at any moment."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.fakes.command_line import copied, made_demo

pytestmark = pytest.mark.e2e
ROUNDS = 6
NOTES = """
import json, sys
from gridclient.cli import main
profile, case = sys.argv[1:]
for number in range(10_000):
    args = json.dumps({"text": f"note {number}"})
    if main(["cases", "act", case, "note", "--profile", profile, "--json-args", args]) == 0:
        print(f"done {number}", file=sys.stderr, flush=True)
"""


@pytest.fixture
def profile(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "desk")


def run(*words: object, **given: Any) -> subprocess.CompletedProcess[bytes]:
    """One command in a process of its own."""
    command = [sys.executable, "-m", "gridclient", *map(str, words)]
    return subprocess.run(command, capture_output=True, check=False, timeout=120, **given)


def answered(*words: object) -> Any:
    ran = run(*words, "--json")
    assert ran.returncode == 0, ran.stderr.decode()
    return json.loads(ran.stdout)


def first_filed(profile: Path) -> str:
    return str(answered("cases", "list", "--profile", profile, "--state", "filed", "--limit", 1)["cases"][0]["id"])


def test_json_alone_is_on_stdout_in_utf8_whatever_the_console(profile: Path) -> None:
    ran = run(
        "cases", "list", "--profile", profile, "--json", env={**os.environ, "PYTHONIOENCODING": "gbk", "LC_ALL": "C"}
    )
    assert json.loads(ran.stdout.decode("utf-8"))["total"] > 0
    assert ran.stderr == b""


def test_the_version_is_told(profile: Path) -> None:
    ran = run("--version")
    assert (ran.returncode, ran.stdout.split()[0]) == (0, b"gridclient")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_a_screen_that_cannot_be_reached_is_told_in_chinese(profile: Path) -> None:
    nowhere = {name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    ran = run("--profile", profile, env={**nowhere, "DISPLAY": ":987"})
    assert (ran.returncode, "连不上图形界面" in ran.stderr.decode()) == (4, True), ran


@pytest.mark.skipif(sys.platform != "win32", reason="elsewhere there are the same fonts without a screen")
def test_the_self_check_looks_for_fonts_where_the_desk_finds_them(profile: Path) -> None:
    on_the_desk = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    checks = json.loads(run("self-check", "--profile", profile, "--json", env=on_the_desk).stdout)["checks"]
    assert [check for check in checks if check["name"] == "fonts" and check["ok"]], checks


def test_a_pipe_that_closes_early_is_no_fault(profile: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "gridclient", "grids", "tree", "--profile", str(profile)]
    with os.fdopen(writing, "wb") as pipe:
        ended = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, check=False, timeout=120)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
@pytest.mark.parametrize(("output", "as_json"), [(">/dev/full", True), (">/dev/full", False), ("1>&-", True)])
def test_what_was_done_and_could_not_be_answered_is_not_called_refused(
    profile: Path, output: str, as_json: bool
) -> None:
    case = first_filed(profile)
    words = ["cases", "act", case, "dispatch", "--profile", str(profile), *(["--json"] if as_json else [])]
    command = shlex.join([sys.executable, "-m", "gridclient", *words])
    ran = subprocess.run(f"{command} {output}", shell=True, capture_output=True, check=False, timeout=120)
    assert ran.returncode == 4
    assert ran.stderr.decode().startswith("命令已执行完，但结果没能输出") and ran.stderr.count(b"\n") == 1
    assert answered("cases", "show", case, "--profile", profile)["state"] == "dispatched"


def test_bytes_that_are_no_text_are_wrong_use_and_leave_nothing(tmp_path: Path) -> None:
    words = ["init", "--county", "371002", "--township", "371002003", "--name"]
    ran = subprocess.run(
        [sys.executable, "-m", "gridclient", "--profile", str(tmp_path / "new"), *words, b"\xd6\xf1", "--json"],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert (ran.returncode, json.loads(ran.stdout)["error"]["code"]) == (2, "command.wrong_use")
    assert not list(tmp_path.iterdir())


def test_sentences_are_in_utf8_whatever_the_console(tmp_path: Path) -> None:
    ran = run("cases", "list", "--profile", tmp_path, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert "里没有席位数据" in ran.stderr.decode()


@pytest.fixture
def holder(profile: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the profile as a desk does."""
    script = (
        "import sys; from pathlib import Path; from gridclient.composition import open_desk\n"
        "with open_desk(Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(profile)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_second_writer_is_refused_while_readers_work(profile: Path, holder: subprocess.Popen[bytes]) -> None:
    case = first_filed(profile)
    refused = run("cases", "act", case, "dispatch", "--profile", profile, "--json")
    assert refused.returncode == 4
    assert json.loads(refused.stdout)["error"]["code"] == "profile.in_use"
    assert "正由另一个程序使用" in refused.stderr.decode()
    holder.kill()
    holder.wait()
    assert run("cases", "act", case, "dispatch", "--profile", profile).returncode == 0


def test_death_at_any_moment_loses_nothing_that_was_shown_as_done(profile: Path, tmp_path: Path) -> None:
    case = first_filed(profile)
    random = Random(5)
    done = 0
    for number in range(ROUNDS):
        told = tmp_path / f"told-{number}"
        with told.open("wb") as errors:
            command = [sys.executable, "-c", NOTES, str(profile), case]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
            until = time.monotonic() + 60
            while b"done" not in told.read_bytes() and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(random.random() * 0.3)
            process.send_signal(signal.SIGKILL)
            process.wait()
        done += told.read_bytes().count(b"done ")
        report = answered("verify", "--profile", profile)
        assert report["ok"], report
    notes = [e for e in answered("cases", "show", case, "--profile", profile)["timeline"] if e["kind"] == "case_noted"]
    assert done > ROUNDS
    assert done <= len(notes) <= done + ROUNDS  # the one that was under way may have been written already
