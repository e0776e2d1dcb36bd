"""What an administrator may write wrongly when a hub is started: it is said before anything runs, and said rightly."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from gridclient.domain.errors import StoreUnavailable
from gridclient.hub.crew import CAN_SHARE_PORT
from gridclient.hub.serve import Listening, serve
from tests.fakes.command_line import CommandLine
from tests.fakes.lined_desk import new_pem

TOWNSHIP = "371002001"


def with_password(key: Path) -> Path:
    secret = load_pem_private_key(key.read_bytes(), None)
    locked = key.with_name("locked.pem")
    locked.write_bytes(secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"invented")))
    return locked


def test_a_key_that_is_not_the_certificates_is_named_before_the_hub_says_that_it_runs(
    office: CommandLine, tmp_path: Path
) -> None:
    certificate, key = new_pem(tmp_path / "one")
    _, others = new_pem(tmp_path / "two")
    for wrong in (("--key", others), ("--key", with_password(key)), ("--key", tmp_path / "nothing.pem"), ()):
        words = ("hub", "serve", "--listen", "127.0.0.1:0", "--cert", certificate, *wrong)
        ran = office.json(*map(str, words))
        assert ran.code == "hub.key"
        assert (wrong[1] if wrong else certificate).name in ran.json["error"]["message"]
        assert "运行在" not in ran.err


def test_halves_of_a_certificate_that_the_hub_made_are_not_put_together(office: CommandLine, tmp_path: Path) -> None:
    """One of them came from a backup, the other was made anew."""
    _, others = new_pem(tmp_path / "backup")
    folder = tmp_path / "hub"
    new_pem(folder)[1].write_bytes(others.read_bytes())
    ran = office.json("hub", "serve", "--listen", "0.0.0.0:0", "--folder", str(folder))
    assert ran.code == "hub.key"


def test_ways_of_encryption_that_contradict_each_other_are_refused(office: CommandLine, tmp_path: Path) -> None:
    certificate, key = new_pem(tmp_path / "one")
    for words in (("--key", key), ("--key", key, "--plain"), ("--cert", certificate, "--key", key, "--plain")):
        ran = office.json("hub", "serve", "--listen", "127.0.0.1:0", *map(str, words))
        assert ran.code == "hub.tls_unclear"


@pytest.mark.parametrize(
    "url", ["hub.example", "ftp://hub.example", "https://", "https://hub.example:x", "http://[::1"]
)
def test_an_address_that_no_desk_would_take_is_not_written_into_codes(
    office: CommandLine, tmp_path: Path, url: str
) -> None:
    database = f"sqlite:///{tmp_path / 'hub.db'}"
    assert office.json("hub", "serve", "--listen", "127.0.0.1:0", "--url", url).code == "sync.url"
    assert office.json("hub", "enrol", "--db", database, "--township", TOWNSHIP, "--url", url).code == "sync.url"
    assert not (tmp_path / "hub.db").exists()


def test_an_address_for_desks_is_given_as_it_is_written(office: CommandLine, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'hub.db'}"
    for url in ("https://hub.example:8700", "http://10.1.2.3", "https://gate.example/hub/"):
        ran = office.json("hub", "enrol", "--db", database, "--township", TOWNSHIP, "--url", url)
        assert ran.json["url"] == url.rstrip("/")


def test_a_name_that_is_no_machine_is_no_busy_port(office: CommandLine) -> None:
    ran = office.json("hub", "serve", "--listen", "nowhere.invalid:8700")
    assert (ran.code, "nowhere.invalid:8700" in ran.json["error"]["message"]) == ("hub.listen", True)


@pytest.mark.parametrize(
    ("database", "folder"),
    [("file/hub.db", "hub"), ("hub.db", "file"), ("hub.db", "hub/file/deeper"), ("hub.db", "hub")],
)
def test_where_nothing_can_be_written_no_hub_runs(
    office: CommandLine, tmp_path: Path, database: str, folder: str
) -> None:
    """A file stands where a folder should be, or a folder where the hub notes which kind its database is."""
    (tmp_path / "hub" / "database").mkdir(parents=True)
    for file in (tmp_path / "file", tmp_path / "hub" / "file"):
        file.touch()
    words = ("--db", f"sqlite:///{tmp_path / database}", "--listen", "127.0.0.1:0", "--folder", str(tmp_path / folder))
    assert office.json("hub", "serve", *words).code == "hub.store_failed"


def ends_at_once(*_: object) -> None:
    """A process of a hub that cannot serve: its database takes no more connections, its memory is used up."""


@pytest.mark.skipif(not CAN_SHARE_PORT, reason="this system does not share a port between sockets")
def test_a_process_that_does_not_start_is_not_told_as_a_busy_port(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'hub.db'}"
    with pytest.raises(StoreUnavailable, match=r"hub\.not_started"):
        serve(database, Listening("127.0.0.1", 0), tmp_path, processes=2, member=ends_at_once, ready=print)
