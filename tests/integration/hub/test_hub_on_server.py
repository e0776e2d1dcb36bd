"""A hub's database server, as who sets it up meets it: what is wrong is told so that it can be mended, and two hubs do
not share one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from gridclient.hub.opening import held, open_backend
from gridclient.hub.serve import FINGERPRINT_FACT
from tests.fakes.command_line import CommandLine
from tests.fakes.postgres import narrow_account
from tests.fakes.running_hub import hub_process


def test_a_database_that_is_not_there_is_named(office: CommandLine, server: str) -> None:
    ran = office.json("hub", "serve", "--listen", "127.0.0.1:0", "--db", server.replace("/hub_", "/nix_"))
    assert (ran.code, '"nix_' in ran.err) == ("hub.not_opened", True)
    assert "failed" in ran.err and "connection failed: " not in ran.err, "it is told once"


def test_an_account_that_may_make_no_tables_is_told_so(office: CommandLine, server: str) -> None:
    with narrow_account(server, "CREATE ON SCHEMA public") as url:
        ran = office.json("hub", "status", "--db", url)
    assert (ran.code, "permission denied" in ran.err) == ("hub.not_opened", True)


@pytest.mark.parametrize("tail", ["?nothing=1", "?sslmode=nothing"])
def test_a_mistyped_address_is_no_fault_of_the_program_and_its_password_is_not_repeated(
    office: CommandLine, tail: str
) -> None:
    ran = office.json("hub", "status", "--db", f"postgresql://hub:geheim@127.0.0.1:1/hub{tail}")
    broken = office.json("hub", "status", "--db", "postgresql://hub:geheim@[::1/hub")
    assert (ran.code, broken.code) == ("hub.not_opened", "hub.not_opened")
    assert "nothing" in ran.err
    assert "geheim" not in ran.err + broken.err


def test_what_a_server_that_does_not_answer_is_told_as_is_one_line(office: CommandLine) -> None:
    ran = office.json("hub", "status", "--db", "postgresql://hub@127.0.0.1:1/hub")
    assert (ran.code, "port 1 failed: " in ran.err, "Is the server" in ran.err) == ("hub.not_opened", True, False)


def test_an_address_that_cannot_be_read_is_named_by_its_option_whatever_its_password(office: CommandLine) -> None:
    """The server's library quotes the whole of it, and this password ends the quotation."""
    ran = office.json("hub", "status", "--db", 'postgresql://hub:ge"heim@[::1/hub')
    assert (ran.code, "heim" in ran.err, '"--db"' in ran.err) == ("hub.not_opened", False, True)


@pytest.mark.parametrize(
    "address",
    ["hub:ge%heim@127.0.0.1:1/hub", "hub:wort@geheim@127.0.0.1:1/hub", "hub@127.0.0.1:1/hub?password=ge%25%heim"],
)
def test_of_a_password_with_signs_that_an_address_cannot_have_no_part_is_repeated(
    office: CommandLine, address: str
) -> None:
    """The server's library quotes what it could not read, which is such a password or its end."""
    ran = office.json("hub", "status", "--db", f"postgresql://{address}")
    assert (ran.code, "heim" in ran.err) == ("hub.not_opened", False)


def test_one_database_on_a_server_is_served_once(office: CommandLine, server: str, tmp_path: Path) -> None:
    """A second hub would give out codes with its own certificate, for the first one's address."""
    with hub_process(server, tmp_path / "first", "--processes", "2", listen="0.0.0.0:0"):
        second = office.json("hub", "serve", "--listen", "127.0.0.1:0", "--db", server)
        assert second.code == "hub.running"
        with closing(open_backend(server)) as backend, backend.reading() as ledger:
            assert ledger.fact(FINGERPRINT_FACT)
    with held(server):  # the first one is gone, and so is its lock
        pass
