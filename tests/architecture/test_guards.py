"""The guards of tests/conftest.py can fail: each is shown a test that does what it forbids."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT

OFFENDERS = """
import socket, sqlite3, threading, warnings

def test_calls_outside_and_hides_it():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            line.connect(("192.0.2.1", 9))
        except OSError:
            pass

def test_leaves_a_thread_behind():
    stop = threading.Event()
    threading.Timer(6, stop.set).start()

def test_warns():
    warnings.warn("old", DeprecationWarning)

def test_leaves_a_database_open(tmp_path):
    test_leaves_a_database_open.kept = sqlite3.connect(tmp_path / "a.db")

def test_speaks_to_itself():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.connect(("127.0.0.1", 9))
"""


def test_guards_catch_what_they_are_for(tmp_path: Path) -> None:
    offenders = tmp_path / "test_offenders.py"
    offenders.write_text(OFFENDERS, encoding="utf-8")
    arguments = ["-c", str(ROOT / "pyproject.toml"), "-p", "tests.conftest", "-p", "no:cacheprovider", str(offenders)]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    summary = run.stdout[run.stdout.rindex("short test summary") :]
    assert "the test tried to reach" in run.stdout
    assert "threads left running" in run.stdout
    assert "files left open" in run.stdout
    assert "FAILED" in summary and "test_warns" in summary
    assert "test_speaks_to_itself" not in summary
