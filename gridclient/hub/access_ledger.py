"""The SQL statements about devices, codes and the hub's own facts, shared by both databases."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from gridclient.hub.ledger import OrderLedger, Row
from gridclient.hub.rows import Code, Device, Holding, Note
from gridclient.services.enrolment import Grant

_DEVICE: Final = "device, name, public_key, short, township, grants, enrolled_at, revoked_at, seen_at"
_OF_TOKEN: Final = f"SELECT {_DEVICE} FROM devices WHERE token_hash = ?"
_CODE: Final = "code_hash, name, township, grants, expires_at, device"
_HELD: Final = "held:"
_DAY_S: Final = 86_400
_ADD_NOTE: Final = (
    "INSERT INTO audit(day, kind, device, stream, detail, at, times) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (day, kind, device, stream, detail) DO UPDATE SET at = excluded.at, "
    "times = audit.times + excluded.times"
)


class Ledger(OrderLedger):
    """Everything that a transaction of the hub can do: also devices, codes, the hub's own facts, and whole tables."""

    def fact(self, name: str) -> str | None:
        found = self.rows("SELECT value FROM facts WHERE name = ?", (name,))
        return str(found[0][0]) if found else None

    def keep_fact(self, name: str, value: str) -> str:
        """Stores the value unless there is one; returns the stored one."""
        self.rows("INSERT INTO facts(name, value) VALUES (?, ?) ON CONFLICT DO NOTHING", (name, value))
        return self.fact(name) or value

    def set_fact(self, name: str, value: str) -> None:
        self.rows(
            "INSERT INTO facts(name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )

    def held(self) -> Mapping[str, Holding]:
        """What devices told last."""
        found = self.rows("SELECT name, value FROM facts WHERE name LIKE ?", (f"{_HELD}%",))
        return {str(name).removeprefix(_HELD): _holding(str(value)) for name, value in found}

    def keep_held(self, held: Mapping[str, Holding]) -> None:
        """Stores what devices told. Also that one holds nothing any more stays, as another process may come later with
        what it heard before."""
        for device, told in sorted(held.items()):
            self.set_fact(f"{_HELD}{device}", f"{told.at} {told.text}")

    def devices_of_tokens(self, token_hashes: Sequence[bytes]) -> Sequence[Device | None]:
        found = self.together([(_OF_TOKEN, (token_hash,)) for token_hash in token_hashes])
        return [_device(rows[0]) if rows else None for rows in found]

    def device(self, device: str) -> Device | None:
        found = self.rows(f"SELECT {_DEVICE} FROM devices WHERE device = ?", (device,))
        return _device(found[0]) if found else None

    def devices(self) -> Sequence[Device]:
        return [_device(row) for row in self.rows(f"SELECT {_DEVICE} FROM devices ORDER BY enrolled_at, device")]

    def keep_device(self, device: Device, token_hash: bytes) -> None:
        self.rows(
            "INSERT INTO devices(device, name, public_key, token_hash, short, township, grants, enrolled_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device) DO UPDATE SET name = excluded.name, "
            "token_hash = excluded.token_hash, short = excluded.short, township = excluded.township, "
            "grants = excluded.grants, enrolled_at = excluded.enrolled_at, revoked_at = NULL",
            (
                device.device,
                device.name,
                device.public_key,
                token_hash,
                device.short,
                device.township,
                grants_text(device.grants),
                device.enrolled_at,
            ),
        )

    def change_device(self, device: Device) -> None:
        """Stores other rights, township and short of a known device; its token stays."""
        self.rows(
            "UPDATE devices SET short = ?, township = ?, grants = ? WHERE device = ?",
            (device.short, device.township, grants_text(device.grants), device.device),
        )

    def revoke(self, device: str, at: int) -> bool:
        return bool(self.rows("UPDATE devices SET revoked_at = ? WHERE device = ? RETURNING device", (at, device)))

    def seen(self, devices: Mapping[str, int]) -> None:
        """Stores when devices were last seen; of what several processes say the latest counts."""
        later = "UPDATE devices SET seen_at = ? WHERE device = ? AND coalesce(seen_at, 0) < ?"
        self.later([(later, (at, device, at)) for device, at in devices.items()])

    def add_code(self, code: Code) -> None:
        self.rows(
            "INSERT INTO codes(code_hash, name, township, grants, expires_at) VALUES (?, ?, ?, ?, ?)",
            (code.code_hash, code.name, code.township, grants_text(code.grants), code.expires_at),
        )

    def code(self, code_hash: bytes) -> Code | None:
        found = self.rows(f"SELECT {_CODE} FROM codes WHERE code_hash = ?", (code_hash,))
        if not found:
            return None
        row = found[0]
        return Code(bytes(row[0]), str(row[1]), str(row[2]), grants_of(row[3]), int(row[4]), str(row[5]))

    def take_code(self, code_hash: bytes, device: str) -> bool:
        """Spends a code. ``False`` if another device has spent it; the same one may repeat a lost request."""
        taken = "UPDATE codes SET device = ? WHERE code_hash = ? AND device IN ('', ?) RETURNING device"
        return bool(self.rows(taken, (device, code_hash, device)))

    def drop_codes(self, before: int) -> int:
        """Deletes codes that expired before an instant; returns how many."""
        return len(self.rows("DELETE FROM codes WHERE expires_at < ? RETURNING device", (before,)))

    def add_notes(self, notes: Sequence[Note]) -> None:
        self.later([(_ADD_NOTE, (note.at // _DAY_S, *note[1:5], note.at, note.times)) for note in notes])

    def notes(self, limit: int) -> Sequence[Note]:
        """The newest lines of the hub's record, newest first."""
        found = self.rows(
            "SELECT at, kind, device, stream, detail, times FROM audit ORDER BY at DESC LIMIT ?", (limit,)
        )
        return [Note(*row) for row in found]

    def drop_notes(self, before: int) -> None:
        """Deletes lines from before an instant."""
        self.later([("DELETE FROM audit WHERE at < ?", (before,))])

    def shorts(self, township: str) -> frozenset[str]:
        """The two characters of all devices the township has or had."""
        return frozenset(str(row[0]) for row in self.rows("SELECT short FROM devices WHERE township = ?", (township,)))

    @abstractmethod
    def whole(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        """All rows of a table, in any order, read in portions."""

    @abstractmethod
    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Inserts rows unchanged."""


def grants_text(grants: Sequence[Grant]) -> str:
    """Grants as text for a column."""
    return json.dumps(grants, ensure_ascii=False)


def grants_of(text: str) -> tuple[Grant, ...]:
    """The inverse of :func:`grants_text`."""
    return tuple(Grant(*row) for row in json.loads(text))


def _holding(value: str) -> Holding:
    """The inverse of what :meth:`Ledger.keep_held` writes; without a moment it is from an earlier version."""
    at, moment, text = value.partition(" ")
    return Holding(int(at), text) if moment else Holding(0, value)


def _device(row: Row) -> Device:
    device, name, public_key, short, township, grants, enrolled_at, revoked_at, seen_at = row
    return Device(
        device=str(device),
        name=str(name),
        public_key=bytes(public_key),
        short=str(short),
        township=str(township),
        grants=grants_of(grants),
        enrolled_at=int(enrolled_at),
        revoked_at=revoked_at,
        seen_at=seen_at,
    )
