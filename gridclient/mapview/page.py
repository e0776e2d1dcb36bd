"""Makes the map's page with folium: only its frame; the behaviour is in ``gridmap.js``.

Importing folium takes half a second and 50 MB, so the page is made in development and stored beside its scripts:
``python -m gridclient.mapview.page`` writes it, and a test compares the file with folium's output. The desk reads the
file (``mapview.routes``) and never imports this module.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import folium
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from gridclient.mapview.assets import page_root, refuse_external_assets
from gridclient.mapview.scheme import ORIGIN

PAGE = f"{ORIGIN}/page"
SCRIPTS = ("outlines", "marks", "basemaps", "controls", "tools", "pointer", "gridmap")

# Fixed names, so that the same sources give the same file.
_MAP_ID = "desk"


class OfflineMap(folium.Map):
    """A folium map that loads only the vendored Leaflet."""

    default_js = [("leaflet", f"{PAGE}/vendor/leaflet/leaflet.js")]
    default_css = [("leaflet_css", f"{PAGE}/vendor/leaflet/leaflet.css")]


class GridMapScript(JSCSSMixin, MacroElement):
    """Passes folium's map object to our own scripts."""

    default_js = [
        ("qwebchannel", "qrc:///qtwebchannel/qwebchannel.js"),
        *((name, f"{PAGE}/{name}.js") for name in SCRIPTS),
    ]
    default_css = [("gridmap_css", f"{PAGE}/gridmap.css")]
    _template = Template(
        """{% macro script(this, kwargs) %}
            window.gridmap = new GridMap({{ this._parent.get_name() }});
        {% endmacro %}"""
    )


def render_page(asset: MacroElement | None = None) -> str:
    """The page as folium makes it, with a policy that lets it run only its own scripts.

    ``asset`` is an additional folium element (a plugin). Raises ValueError if the page would load anything from
    outside.
    """
    frame = OfflineMap(
        [36.0, 118.0],
        zoom_start=7,
        tiles=None,
        zoom_control=False,
        prefer_canvas=True,
        **_leaflet_options(),
    )
    frame._id = _MAP_ID
    frame.add_child(GridMapScript())  # type: ignore[no-untyped-call]  # branca is untyped
    if asset is not None:
        frame.add_child(asset)
    html: str = frame.get_root().render()
    html = "\n".join(line.rstrip() for line in html.splitlines() if line.strip()) + "\n"
    html = html.replace("<html>", '<html lang="zh-CN">', 1)
    html = html.replace("<head>", f"<head>\n{_policy(html)}\n<title>map</title>", 1)
    refuse_external_assets(html)
    return html


def _leaflet_options() -> dict[str, Any]:
    return {
        "minZoom": 4,
        "maxZoom": 19,
        "boxZoom": False,
        "attributionControl": False,
        "zoomAnimation": False,
        "fadeAnimation": False,
        "inertia": False,
    }


def _policy(html: str) -> str:
    """The Content-Security-Policy: only the application's scheme, and only the inline blocks that the page has now."""
    scripts = " ".join(_hashes(html, "script"))
    styles = " ".join(_hashes(html, "style"))
    directives = (
        "default-src 'none'",
        f"script-src grid: qrc: {scripts}",
        f"style-src grid: {styles}",
        "img-src grid: data: blob:",
        "connect-src grid:",
        "font-src grid:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(directives)}">'


def _hashes(html: str, tag: str) -> list[str]:
    blocks = re.findall(rf"<{tag}>(.*?)</{tag}>", html, flags=re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(block.encode()).digest()).decode() for block in blocks)
    return [f"'sha256-{digest}'" for digest in digests]


if __name__ == "__main__":
    (page_root() / "index.html").write_text(render_page(), encoding="utf-8", newline="\n")
