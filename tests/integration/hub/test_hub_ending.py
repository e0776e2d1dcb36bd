"""A hub that is told to end (systemd, Ctrl+C) has done what it should, whatever its database and its processes."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
import urllib3

from tests.fakes.hub_databases import KINDS, database
from tests.fakes.running_hub import HubLine, hub_process

PATIENCE_S = 30.0


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("processes", ["1", "2"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_hub_that_is_told_to_end_ends_well_and_says_so_in_its_log(
    tmp_path: Path, kind: str, processes: str, sign: signal.Signals
) -> None:
    """A service that ends with 143 stands as failed in the list of services, and its watcher calls somebody."""
    with (
        database(kind, tmp_path) as url,
        hub_process(url, tmp_path, "--processes", processes) as (process, address),
        urllib3.PoolManager(timeout=PATIENCE_S) as pool,
    ):
        assert HubLine(address, pool).ask("GET", "/health").status == 200  # a desk's line, which stays open
        process.send_signal(sign)
        assert process.wait(PATIENCE_S) == 0
    lines = (tmp_path / "logs" / "gridclient.log").read_text(encoding="utf-8").splitlines()
    assert f"the hub begins: port {address.rpartition(':')[2]}" in lines[0]
    assert lines[-1].endswith("the hub ends, as it was told to")
