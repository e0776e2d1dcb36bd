"""A hub that is told to end (systemd, Ctrl+C) has done what it should, whatever its database and its processes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import urllib3

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
