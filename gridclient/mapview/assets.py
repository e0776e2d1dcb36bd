"""Where the page's files lie, and which of them may be read: a path below one of the roots, nothing else."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from gridclient.domain.errors import NotFound

MEDIA_TYPES = {
    ".html": "text/html;charset=utf-8",
    ".js": "text/javascript;charset=utf-8",
    ".css": "text/css;charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}

_EXTERNAL = re.compile(r"""(?:src|href)\s*=\s*["']?\s*(?:https?:|wss?:|ftp:)?//""", re.IGNORECASE)


def _install_root() -> Path:
    """The folder that holds ``resources`` and ``maps``: the checkout, or the bundle's folder."""
    bundle: str | None = getattr(sys, "_MEIPASS", None)
    return Path(bundle) if bundle else Path(__file__).resolve().parents[2]


def page_root() -> Path:
    """The folder of the page, its scripts and the vendored libraries."""
    return _install_root() / "resources" / "page"


def maps_root() -> Path:
    """The folder of the base map that comes with the program, with its index."""
    return _install_root() / "maps"


def read_asset(root: Path, relative: str) -> tuple[str, bytes]:
    """Media type and bytes of a file below ``root``. Raises NotFound for all else, a way out of the root included."""
    try:
        base = root.resolve()
        path = (base / relative).resolve()
        if path.is_relative_to(base) and path.suffix in MEDIA_TYPES:
            return MEDIA_TYPES[path.suffix], path.read_bytes()
    except (OSError, ValueError):  # ValueError: a NUL in the path
        pass
    raise NotFound("map.address", address=relative)


def refuse_external_assets(html: str) -> None:
    """Raise ValueError when the page asks for a script, a style or a picture from outside."""
    if found := _EXTERNAL.search(html):
        raise ValueError(f"external asset: {html[found.start() : found.start() + 120]!r}")
