"""The demo's hub."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from gridclient.demo.line import demo_hub, hub_address, hub_database
from gridclient.hub.access import URL_FACT
from gridclient.hub.opening import open_backend


def test_a_second_demo_on_one_machine_has_a_hub_of_its_own(tmp_path: Path) -> None:
    folders = tmp_path / "one", tmp_path / "two"
    for folder in folders:
        (folder / "hub").mkdir(parents=True)
    with demo_hub(folders[0]):
        first = hub_address(folders[0])
    host, port = first.split(":")
    with socket.create_server((host, int(port))), demo_hub(folders[1]):
        second = hub_address(folders[1])
    assert second.startswith(f"{host}:") and second != first
    assert hub_address(folders[0]) == first, "its desks know it by this address"


def test_demos_that_are_made_while_no_other_one_runs_have_addresses_of_their_own(tmp_path: Path) -> None:
    found = set()
    for name in "abcdef":
        (tmp_path / name / "hub").mkdir(parents=True)
        with demo_hub(tmp_path / name):
            found.add(hub_address(tmp_path / name))
    assert len(found) > 1


def test_a_hub_that_is_reached_over_tls_listens_where_its_desks_look_for_it(tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()
    with demo_hub(tmp_path), (backend := open_backend(hub_database(tmp_path))).writing() as ledger:
        ledger.set_fact(URL_FACT, "https://127.0.0.1:8799")
    backend.close()
    assert hub_address(tmp_path) == "127.0.0.1:8799"


_ABORTED = """
import os, sys
from pathlib import Path
import psutil
from gridclient.demo.line import demo_hub
from gridclient.demo.running import demo_running
folder = Path(sys.argv[1])
with demo_hub(folder):
    pass
with demo_running(folder):
    print(*(child.pid for child in psutil.Process().children()), flush=True)
    os.abort()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_a_hub_ends_with_a_desk_that_aborts(tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()
    command = [sys.executable, "-c", _ABORTED, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == -signal.SIGABRT, ended.stderr
    hub = int(ended.stdout)
    deadline = time.monotonic() + 20
    while psutil.pid_exists(hub) and psutil.Process(hub).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the hub was left behind"
        time.sleep(0.1)
