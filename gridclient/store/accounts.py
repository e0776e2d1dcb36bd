"""Accounts and business settings of a store: read at the start, changed by administrators only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gridclient.domain.errors import NotFound
from gridclient.domain.roles import AccountRole, Actor
from gridclient.store.driver import Connection, Database, schema_tool
from gridclient.store.reference import touch_reference


def read_account(database: Database, code: str) -> Actor:
    """A real-name account, as who acts.

    Raises:
        NotFound: there is none (``account.unknown``).
    """
    with database.reader() as connection:
        row = connection.execute("SELECT role, unit, name FROM accounts WHERE code = ?", (code,)).fetchone()
    if row is None:
        raise NotFound("account.unknown", account=code)
    role, unit, name = row
    return Actor(code, AccountRole(role), unit, name)


def keep_accounts(connection: Connection, accounts: Iterable[Actor]) -> None:
    """Adds accounts, or changes those whose code is known, in the open transaction."""
    schema_tool(connection).table("accounts").upsert_all(
        ({"code": a.account, "name": a.name, "role": a.role.value, "unit": a.unit} for a in accounts), pk="code"
    )


def keep_settings(connection: Connection, settings: Mapping[str, str]) -> None:
    """Sets business settings, in the open transaction."""
    schema_tool(connection).table("business_settings").upsert_all(
        ({"name": name, "value": value} for name, value in settings.items()), pk="name"
    )
    touch_reference(connection)
