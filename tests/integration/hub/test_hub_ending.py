"""A hub that is told to end (systemd, Ctrl+C) has done what it should, whatever its database and its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import urllib3

from gridclient.hub.certificate import fingerprint_of
from gridclient.hub.crew import CAN_SHARE_PORT
from gridclient.hub.serve import Listening, serve
from tests.fakes.hub_databases import KINDS, database
from tests.fakes.running_hub import HubLine, hub_process

PATIENCE_S = 30.0


@pytest.mark.parametrize("in_terminal", [False, True])
@pytest.mark.parametrize("processes", ["1", "2"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_hub_that_is_told_to_end_ends_well_and_says_so_in_its_log(
    tmp_path: Path, kind: str, processes: str, in_terminal: bool
) -> None:
    """A service that ends with 143 stands as failed in the list of services, and its watcher calls somebody. In a
    terminal Ctrl+C goes to all processes, and none may answer with a traceback."""
    with (
        database(kind, tmp_path) as url,
        (tmp_path / "errors").open("wb") as errors,
        hub_process(url, tmp_path, "--processes", processes, errors=errors) as (process, address),
        urllib3.PoolManager(timeout=PATIENCE_S) as pool,
    ):
        assert HubLine(address, pool).ask("GET", "/health").status == 200  # a desk's line, which stays open
        if in_terminal:
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    assert "Traceback" not in (tmp_path / "errors").read_text(encoding="utf-8")
    lines = (tmp_path / "logs" / "gridclient.log").read_text(encoding="utf-8").splitlines()
    assert f"the hub begins: port {address.rpartition(':')[2]}" in lines[0]
    assert lines[-1].endswith("the hub ends, as it was told to")


def test_a_hub_does_not_wait_for_desks_that_keep_their_line_for_the_next_round(tmp_path: Path) -> None:
    """Over TLS it waited for each to say farewell, until its time was up: ten seconds without a hub at every start."""
    with hub_process(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path, listen="0.0.0.0:0") as (process, address):
        url, mark = f"https://127.0.0.1:{urlsplit(address).port}", fingerprint_of(tmp_path / "hub-cert.pem").hex()
        with urllib3.PoolManager(timeout=PATIENCE_S, cert_reqs="CERT_NONE", assert_fingerprint=mark) as pool:
            assert HubLine(url, pool).ask("GET", "/health").status == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
    assert "timeout" not in (tmp_path / "logs" / "gridclient.log").read_text(encoding="utf-8")


def never_listens(*_: object) -> None:
    """A process of a hub whose administrator changes their mind while it starts."""
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)


@pytest.mark.skipif(not CAN_SHARE_PORT, reason="this system does not share a port between sockets")
def test_a_hub_that_is_told_to_end_while_its_processes_start_ends_well_too(tmp_path: Path) -> None:
    listened, before = list[str](), [signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)]
    serve(
        f"sqlite:///{tmp_path / 'hub.db'}",
        Listening("127.0.0.1", 0),
        tmp_path,
        processes=2,
        member=never_listens,
        ready=listened.append,
    )
    assert listened == []
    assert [signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)] == before, "the signals are not its own"


def is_loading(process: psutil.Process) -> bool:
    return any("httptools" in part.path for part in process.memory_maps())


@pytest.mark.skipif(not CAN_SHARE_PORT, reason="this system does not share a port between sockets")
def test_ctrl_c_while_the_processes_of_a_hub_start_ends_it_without_a_word(tmp_path: Path) -> None:
    """It goes to all of them, also to one that has not loaded yet what would answer it."""
    words = ["hub", "serve", "--db", f"sqlite:///{tmp_path / 'hub.db'}", "--listen", "127.0.0.1:0", "--processes", "2"]
    command = [sys.executable, "-m", "gridclient", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as hub:
        while not any(map(is_loading, psutil.Process(hub.pid).children())):
            assert hub.poll() is None
        os.killpg(hub.pid, signal.SIGINT)
        _, errors = hub.communicate(timeout=PATIENCE_S)
    assert (hub.returncode, errors) == (0, b"")
