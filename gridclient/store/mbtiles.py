"""Reads an MBTiles file: another program's SQLite, opened read-only, held to a time limit and never trusted.

These files are plain SQLite beside the encrypted store, so the standard library's module is used and not the driver.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gridclient.domain.errors import InvalidInput
from gridclient.services.map_port import ArchiveMetadata, Bounds
from gridclient.services.tile_formats import (
    MAX_TILE_BYTES,
    MAX_ZOOM,
    MVT,
    media_type,
    plain_tile,
    safe_bounds,
    safe_text,
    safe_title,
    vector_layers,
)

_LIMIT_S = 5.0  # limit for one query: `tiles` may be a view of any cost
_CHECK_EVERY = 10_000  # SQLite virtual machine steps between two looks at the time
_SAMPLES = 8
_WORDS = "select substr(name, 1, 100), substr(value, 1, 1000000) from metadata limit 50"  # metadata may be a view too


class MBTilesArchive:
    """Implements ``TileArchive``. Raises InvalidInput ``basemap.…`` for a file that is damaged or cannot be drawn."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._lock = threading.Lock()
        self._until = 0.0
        try:
            # immutable: SQLite writes no lock and no other file beside this one
            address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise InvalidInput("basemap.unreadable", name=path.name) from error
        try:
            self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * MAX_TILE_BYTES)  # a view could make huge ones
            self._connection.set_progress_handler(lambda: time.monotonic() > self._until, _CHECK_EVERY)
            self._ask("pragma trusted_schema = off")
            self._metadata = self._describe()
        except InvalidInput:
            self._connection.close()
            raise

    def metadata(self) -> ArchiveMetadata:
        """The metadata read on opening."""
        return self._metadata

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The tile by XYZ numbering (the file's is TMS, from the south). Raises InvalidInput ``basemap.damaged``."""
        if not (0 <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        rows = self._ask(
            "select tile_data from tiles where zoom_level = ? and tile_column = ? and tile_row = ? limit 1",
            z,
            x,
            (1 << z) - 1 - y,
        )
        return self._plain(rows[0][0]) if rows else None

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._lock:
            self._until = time.monotonic() + _LIMIT_S
            try:
                yield
            except sqlite3.Error as error:
                raise InvalidInput("basemap.damaged", name=self._name) from error

    def _ask(self, sql: str, *parameters: int) -> list[tuple[Any, ...]]:
        with self._turn():
            return self._connection.execute(sql, parameters).fetchmany(1000)

    def _plain(self, body: object) -> bytes:
        if not isinstance(body, bytes) or len(body) > MAX_TILE_BYTES:
            raise InvalidInput("basemap.damaged", name=self._name)
        return plain_tile(body)

    def _describe(self) -> ArchiveMetadata:
        said = self._said()
        rows = self._ask(f"select tile_data from tiles limit {_SAMPLES}")
        if not rows:
            raise InvalidInput("basemap.empty", name=self._name)
        samples = [self._plain(body) for (body,) in rows]
        kind = next(filter(None, map(media_type, samples)), None)
        if kind is None:
            raise InvalidInput("basemap.tile_format", name=self._name)
        least, most = self._zooms(said)
        return ArchiveMetadata(
            title=safe_title(said.get("name"), self._name),
            kind="vector" if kind == MVT else "raster",
            min_zoom=least,
            max_zoom=most,
            bounds=_bounds(said.get("bounds")),
            attribution=safe_text(said.get("attribution")),
            vector_layers=_said_layers(said) or vector_layers(samples) if kind == MVT else (),
        )

    def _said(self) -> dict[str, str]:
        tables = {name for (name,) in self._ask("select name from sqlite_master where type in ('table', 'view')")}
        if "tiles" not in tables:
            raise InvalidInput("basemap.not_archive", name=self._name)
        if "metadata" not in tables:
            return {}
        rows = self._ask(_WORDS)
        return {str(name): str(value) for name, value in rows if value is not None}

    def _zooms(self, said: dict[str, str]) -> tuple[int, int]:
        """What the file says, where it says it; what it holds, else."""
        try:
            least, most = int(said["minzoom"]), int(said["maxzoom"])
        except (KeyError, ValueError):
            least, most = self._ask("select min(zoom_level), max(zoom_level) from tiles")[0]
        if not (isinstance(least, int) and isinstance(most, int) and 0 <= least <= most <= MAX_ZOOM):
            raise InvalidInput("basemap.damaged", name=self._name)
        return least, most


def _bounds(said: str | None) -> Bounds:
    try:
        west, south, east, north = (float(part) for part in (said or "").split(","))
    except ValueError:
        return safe_bounds(0, 0, 0, 0)
    return safe_bounds(west, south, east, north)


def _said_layers(said: dict[str, str]) -> tuple[str, ...]:
    try:
        layers = json.loads(said.get("json", "{}"))["vector_layers"]
        return tuple(layer["id"] for layer in layers if isinstance(layer["id"], str))
    except (ValueError, KeyError, TypeError, RecursionError):
        return ()
