"""What a hub begins with: the administrator's token, a port, an address for desks, as many processes as make sense."""

from __future__ import annotations

import json
import os
import socket
import stat
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import urllib3

from gridclient.hub.certificate import fingerprint_of
from gridclient.hub.crew import CAN_SHARE_PORT
from gridclient.hub.opening import MOVED_FACT, open_backend
from gridclient.hub.serve import admin_token, sensible_processes
from gridclient.sync.http import Address, HttpTransport
from tests.fakes.command_line import CommandLine
from tests.fakes.running_hub import HubLine, hub_process

PATIENCE_S = 30.0


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'hub.db'}"


def test_the_administrators_token_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    token = admin_token(tmp_path / "hub")
    assert len(token) == 32
    assert admin_token(tmp_path / "hub") == token != admin_token(tmp_path / "other")
    assert stat.S_IMODE((tmp_path / "hub" / "admin-token").stat().st_mode) == 0o600


@pytest.mark.parametrize(("words", "status"), [((), 200), (("--plain",), 401), (("--behind", "192.0.2.7"), 401)])
def test_who_comes_through_a_proxy_on_this_machine_is_no_administrator(
    tmp_path: Path, database: str, words: tuple[str, ...], status: int
) -> None:
    with (
        hub_process(database, tmp_path, *words) as (_, url),
        urllib3.PoolManager(timeout=PATIENCE_S) as pool,
    ):
        line = HubLine(url, pool)
        assert line.ask("GET", "/metrics").status == status
        token = (tmp_path / "admin-token").read_text(encoding="ascii").strip()
        assert line.ask("GET", "/metrics", token=token).status == 200


def test_of_a_proxy_that_was_named_it_is_believed_who_guesses_codes(tmp_path: Path, database: str) -> None:
    wrong = {"code": "0000-0000-0000-0000", "device": "desk-0009", "name": "", "public_key": "11" * 32}
    with (
        hub_process(database, tmp_path, "--behind", "127.0.0.1") as (_, url),
        urllib3.PoolManager(timeout=PATIENCE_S) as pool,
    ):

        def guess(address: str) -> int:
            words = json.dumps(wrong).encode()
            return HubLine(url, pool).ask("POST", "/v1/enrol", words, headers={"X-Forwarded-For": address}).status

        assert [guess("198.51.100.1") for _ in range(11)] == [403] * 10 + [429]
        assert guess("198.51.100.2") == 403


def test_a_port_that_another_program_has_is_named(office: CommandLine, database: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ran = office.json("hub", "serve", "--db", database, "--listen", f"127.0.0.1:{port}")
    assert (ran.code, str(port) in ran.json["error"]["message"]) == ("hub.port_taken", True)


def test_a_hub_that_was_moved_does_not_run_any_more(office: CommandLine, database: str) -> None:
    backend = open_backend(database)
    with backend.writing() as ledger:
        ledger.set_fact(MOVED_FACT, "PostgreSQL db grid")
    backend.close()
    assert office.json("hub", "serve", "--db", database, "--listen", "127.0.0.1:0").code == "hub.moved"


@pytest.mark.parametrize(
    ("listen", "words", "told"),
    [
        ("127.0.0.1:0", (), "http://127.0.0.1:{port}"),
        ("0.0.0.0:0", ("--plain",), f"http://{socket.gethostname()}:{{port}}"),
        ("127.0.0.1:0", ("--url", "https://gate.example/hub/"), "https://gate.example/hub"),
    ],
)
def test_codes_tell_the_address_at_which_desks_reach_the_hub(
    office: CommandLine, database: str, listen: str, words: tuple[str, ...], told: str
) -> None:
    with hub_process(database, office.profile, *words, listen=listen) as (process, url):
        (port,) = {line.laddr.port for line in psutil.Process(process.pid).net_connections() if line.status == "LISTEN"}
        assert url == told.format(port=port)
    assert office.json("hub", "enrol", "--db", database, "--county").json["url"] == url


def test_a_code_is_issued_with_the_words_what_it_opens(office: CommandLine, database: str) -> None:
    for words, told in (
        (("--supervisor", "--township", "371002001"), "督导，371002001"),
        (("--supervisor", "--township", "371002"), "督导，371002"),
        (("--supervisor",), "督导，全部"),
    ):
        assert f"身份：{told}\n" in office("hub", "enrol", "--db", database, *words).out


def test_a_file_has_one_process_and_a_server_up_to_four(database: str) -> None:
    assert sensible_processes(database) == 1
    assert sensible_processes("postgresql://grid@db/grid") == min(os.cpu_count() or 1, 4)


@pytest.mark.skipif(not CAN_SHARE_PORT, reason="this system does not share a port between sockets")
def test_several_processes_speak_tls_and_go_on_after_somebody_who_does_not(tmp_path: Path, database: str) -> None:
    with hub_process(database, tmp_path, "--processes", "2", listen="0.0.0.0:0") as (_, url):
        address, mark = ("127.0.0.1", urlsplit(url).port), fingerprint_of(tmp_path / "hub-cert.pem").hex()
        for _ in range(2):
            with socket.create_connection(address, timeout=PATIENCE_S) as stranger:
                stranger.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
                assert b"HTTP" not in stranger.recv(100)
        for _ in range(2):
            with urllib3.PoolManager(timeout=PATIENCE_S, cert_reqs="CERT_NONE", assert_fingerprint=mark) as pool:
                assert HubLine(f"https://127.0.0.1:{address[1]}", pool).ask("GET", "/health").status == 200
        desk = HttpTransport(Address(f"https://127.0.0.1:{address[1]}", mark), silence_s=PATIENCE_S)
        assert desk.prove().certificate.hex() == mark, "what desks compare after it was renewed"
        desk.close()
