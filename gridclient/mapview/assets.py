"""Reads the page's files: only paths below one of the roots, nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from gridclient.domain.errors import NotFound

MEDIA_TYPES = {
    ".html": "text/html;charset=utf-8",
    ".js": "text/javascript;charset=utf-8",
    ".css": "text/css;charset=utf-8",
    ".geojson": "application/geo+json",
    ".png": "image/png",
}

_EXTERNAL = re.compile(r"""(?:src|href)\s*=\s*["']?\s*(?:https?:|wss?:|ftp:)?//""", re.IGNORECASE)

_PART = re.compile(r'<script src="(?P<script>[^"]+)"></script>|<link rel="stylesheet" href="(?P<style>[^"]+)"/>')


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
    """Media type and content of a file below ``root``. Raises NotFound for all other paths (``..``, absolute)."""
    try:
        base = root.resolve()
        path = (base / relative).resolve()
        if path.is_relative_to(base) and path.suffix in MEDIA_TYPES:
            return MEDIA_TYPES[path.suffix], path.read_bytes()
    except (OSError, ValueError):  # ValueError: NUL in the path
        pass
    raise NotFound("map.address", address=relative)


def refuse_external_assets(html: str) -> None:
    """Raises ValueError if the page loads a script, style sheet or picture from outside."""
    if found := _EXTERNAL.search(html):
        raise ValueError(f"external asset: {html[found.start() : found.start() + 120]!r}")


def in_one_piece(html: str, read: Callable[[str], bytes]) -> str:
    """The page with scripts and style sheets inlined, because each separate request would wait for the GUI thread.

    Their hashes are added to the page's Content-Security-Policy.

    Args:
        read: returns the file at an address of the page. If it raises NotFound, the page will ask for it itself.
    """
    allowed: dict[str, list[str]] = {"script": [], "style": []}

    def put(found: re.Match[str]) -> str:
        tag, address = ("script", found["script"]) if found["script"] else ("style", found["style"])
        try:
            body = read(address)
        except NotFound:
            return found[0]
        block = body.decode("utf-8").replace("\r\n", "\n")  # as browsers hash it
        block = block.replace("url(images/", f"url({address.rpartition('/')[0]}/images/")
        allowed[tag].append(base64.b64encode(hashlib.sha256(block.encode()).digest()).decode())
        return f"<{tag}>{block}</{tag}>"

    html = _PART.sub(put, html)
    for tag, digests in allowed.items():
        html = html.replace(f"{tag}-src ", " ".join([f"{tag}-src", *(f"'sha256-{one}'" for one in digests), ""]), 1)
    return html


def with_answers(html: str, answers: Mapping[str, bytes]) -> str:
    """The page with the answers to its first requests embedded as JSON by address, so that it need not ask."""
    blocks = []
    for address, body in answers.items():
        told = body.decode("utf-8").replace("<", r"\u003c")
        blocks.append(f'<script type="application/json" id="{address}">{told}</script>\n')
    return html.replace("<body>\n", "<body>\n" + "".join(blocks), 1)
