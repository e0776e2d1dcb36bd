"""Townships whose machines reach the county through a proxy: the machine's own, one chosen for the desk, or none."""

from __future__ import annotations

import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from gridclient.domain.errors import InvalidInput, SyncFault
from gridclient.hub.access import URL_FACT
from gridclient.hub.certificate import own_certificate
from gridclient.services.sync_port import RoundEnd
from gridclient.sync.enrolling import enrol, line_to
from gridclient.sync.moving import move
from gridclient.sync.proxies import DIRECT, checked_choice, connect, proxy_for, without_password
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.transport import Pacing
from tests.contract.stage import NOW
from tests.fakes.lined_desk import RunningHub, kept, running_hub
from tests.fakes.proxy import Proxy, running_proxy
from tests.fakes.toy_desk import ToyDesk, code_of

NAMES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with running_proxy() as proxy:
        yield proxy


def far(hub: RunningHub) -> str:
    """The hub's address by a name that only the proxy knows."""
    return hub.url.replace("127.0.0.1", "hub.invalid")


def works(desk: ToyDesk, hub: RunningHub, proxy: str = "") -> bool:
    enrol(desk.sync, far(hub), hub.code(), name="", key=lambda: desk.key, now=lambda: NOW, proxy=proxy)
    desk.stage.register()
    line = line_to(kept(desk), proxy=proxy)
    try:
        report = run_round(desk.sync, line, RoundPorts(now=desk.stage.clock.now), Pacing())
    finally:
        line.close()
    return (report.end, report.pushed) == (RoundEnd.DONE, 1)


def test_a_hub_with_tls_is_reached_through_the_machines_proxy(
    desk: ToyDesk, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    (tmp_path / "pem").mkdir()
    with running_hub(tmp_path / "hub", pem=own_certificate(tmp_path / "pem")) as hub:
        assert works(desk, hub)
        assert kept(desk).fingerprint == hub.fingerprint.hex()
    assert set(proxy.asked) == {("CONNECT", "hub.invalid")}


def test_a_chosen_proxy_with_name_and_password_is_used(desk: ToyDesk, proxy: Proxy, tmp_path: Path) -> None:
    proxy.wants = b"Basic bmFtZTpwYXNz"  # name:pass
    chosen = proxy.url.replace("//", "//name:pass@")
    (tmp_path / "pem").mkdir()
    with running_hub(tmp_path / "hub", pem=own_certificate(tmp_path / "pem")) as hub:
        assert code_of(lambda: works(desk, hub, proxy.url)) == "sync.proxy_refused"
        assert works(desk, hub, chosen)


def test_a_password_with_signs_that_an_address_cannot_hold_is_said_as_it_is(
    desk: ToyDesk, proxy: Proxy, tmp_path: Path
) -> None:
    proxy.wants = b"Basic " + b64encode("name:p@ss口令".encode())
    (tmp_path / "pem").mkdir()
    for written in ("p%40ss%E5%8F%A3%E4%BB%A4", "p%40ss口令"):
        with running_hub(tmp_path / "hub", pem=own_certificate(tmp_path / "pem")) as hub:
            assert works(desk, hub, proxy.url.replace("//", f"//name:{written}@"))


def test_a_proof_that_somebody_at_another_address_hands_on_is_not_taken(
    desk: ToyDesk, proxy: Proxy, tmp_path: Path
) -> None:
    """A hub that shows no certificate itself signs the address that it tells desks instead."""
    with running_hub(tmp_path / "hub") as hub:
        assert works(desk, hub, proxy.url)
        other = far(hub).replace("hub.invalid", "other.invalid")
        assert code_of(lambda: move(desk.sync, other, proxy=proxy.url)) == "sync.move_untold"
        assert kept(desk).url == far(hub)
        assert move(desk.sync, far(hub), proxy=proxy.url).url == far(hub), "where it is already"
        with hub.access._backend.writing() as ledger:
            ledger.set_fact(URL_FACT, f"{other}/")
        assert move(desk.sync, other, proxy=proxy.url).url == other


def test_plain_http_goes_through_a_proxy_too(desk: ToyDesk, proxy: Proxy, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        assert works(desk, hub, proxy.url)
    assert ("POST", "hub.invalid") in proxy.asked


def test_a_proxy_that_was_chosen_against_is_not_used(
    desk: ToyDesk, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    with running_hub(tmp_path / "hub") as hub, pytest.raises(SyncFault) as caught:
        works(desk, hub, DIRECT)
    assert caught.value.code == "sync.unreachable" and not proxy.asked


def test_which_proxy_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_for("https://hub.example:8700") == ""
    monkeypatch.setenv("HTTPS_PROXY", "10.1.1.1:3128")
    assert proxy_for("https://hub.example:8700") == "http://10.1.1.1:3128"
    assert proxy_for("http://hub.example:8700") == ""
    assert proxy_for("https://127.0.0.1:8700") == proxy_for("https://localhost") == ""
    assert proxy_for("https://hub.example", "http://other:1") == "http://other:1"
    assert proxy_for("https://hub.example", DIRECT) == ""
    monkeypatch.setenv("NO_PROXY", "localhost,.example")
    assert proxy_for("https://hub.example:8700") == ""
    monkeypatch.setenv("ALL_PROXY", "http://all:1")
    assert (proxy_for("http://hub.other"), proxy_for("https://hub.other")) == ("http://all:1", "http://10.1.1.1:3128")
    for unusable in ("socks5://10.1.1.1:1080", "https://10.1.1.1:3128"):
        monkeypatch.setenv("HTTPS_PROXY", unusable)
        assert proxy_for("https://hub.other") == ""


@pytest.mark.parametrize(
    "text", ["ftp://a:1", "https://a:1", "http://", "a b", "http://a:99999", "http://a:0", "http://[1"]
)
def test_what_is_no_proxy_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked_choice(text)
    assert caught.value.code == "sync.proxy"


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 407 Who are you\r\n\r\n", b"HTTP/1.1 2000 Odd\r\n\r\n", b"200", b"HTTP/1.1 200 " + bytes(20_000)],
)
def test_a_proxy_that_does_not_say_that_it_connected_has_not(answer: bytes) -> None:
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk() -> None:
            line, _ = listener.accept()
            with line:
                asked.append(line.recv(1 << 16))
                line.sendall(answer)

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        proxy = f"http://name:pass@127.0.0.1:{listener.getsockname()[1]}"
        assert code_of(lambda: connect(proxy, "2001:db8::1", 443, 5)) == "sync.proxy_refused"
        thread.join(5)
    (head,) = asked
    assert head.startswith(b"CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n")
    assert head.endswith(b"\r\nProxy-Authorization: Basic bmFtZTpwYXNz\r\n\r\n")


def test_a_proxy_that_talks_without_end_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk() -> None:
            line, _ = listener.accept()
            with line, suppress(OSError):
                while True:
                    line.sendall(b"X-Proxy: on and on\r\n" * 100)

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert code_of(lambda: connect(proxy, "hub.invalid", 443, 5)) == "sync.proxy_refused"
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize("text", ["", DIRECT, "http://10.0.0.1:3128", "http://desk@10.0.0.1", "http://[::1]:3128"])
def test_a_choice_without_a_password_is_shown_as_it_is(text: str) -> None:
    assert without_password(text) == text


def test_a_password_is_not_shown() -> None:
    assert without_password("http://desk:p%40ss@word@10.0.0.1:3128") == "http://desk@10.0.0.1:3128"


def test_a_proxy_may_be_written_without_its_kind() -> None:
    assert checked_choice(" 10.0.0.1:3128 ") == "http://10.0.0.1:3128"
    assert (checked_choice(""), checked_choice(DIRECT)) == ("", DIRECT)
