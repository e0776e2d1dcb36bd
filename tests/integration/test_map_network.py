"""Seen from the kernel: the map's processes, with a hostile page in them, connect to nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]


def calls_of_a_map(log: Path, *arguments: str) -> str:
    """What the map's processes asked of the kernel's network while the map was moved about."""
    tracer = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(log)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
    ended = subprocess.run(
        [*tracer, sys.executable, "-m", "tests.fakes.map_window", *arguments],
        cwd=ROOT, env=environment, check=False, capture_output=True, timeout=120,
    )  # fmt: skip
    if ended.returncode != 0 and b"ptrace" in ended.stderr.lower():
        pytest.skip("strace may not trace here")
    assert ended.returncode == 0, ended.stderr.decode(errors="replace")[-2000:]
    calls = log.read_text(encoding="utf-8", errors="replace")
    assert "sendmsg" in calls  # the trace saw Chromium's processes talk to each other
    return calls


def test_no_process_of_the_map_connects_to_an_address(tmp_path: Path) -> None:
    assert re.findall(r".*AF_INET.*", calls_of_a_map(tmp_path / "calls.txt")) == []


def test_a_hostile_page_reaches_nobody(tmp_path: Path) -> None:
    """Chromium looks for a route when a page asks for a preconnect (a UDP connect, which sends nothing); no more."""
    calls = calls_of_a_map(tmp_path / "calls.txt", "hostile")
    assert "192.0.2.1" not in calls
    assert re.findall(r".*send(?:to|msg|mmsg)\(.*AF_INET.*", calls) == []
