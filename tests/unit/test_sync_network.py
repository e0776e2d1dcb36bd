"""By which route a machine would reach the hub. What leads out of the machine is not asked here: no test may."""

from __future__ import annotations

from gridclient.sync.network import way_to


def test_to_a_hub_on_this_machine_the_way_is_the_machine_itself() -> None:
    assert way_to("http://127.0.0.1:8700") == "127.0.0.1"
    assert way_to("http://[::1]:8700/hub") in ("::1", ""), "some machines have no IPv6"
