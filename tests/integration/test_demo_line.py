"""The demo's hub."""

from __future__ import annotations

import socket
from pathlib import Path

from gridclient.demo.line import demo_hub, hub_address


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
