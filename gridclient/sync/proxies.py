"""The proxy through which a hub is reached: the one chosen for this desk, otherwise the machine's.

The machine's proxies are those of the environment (``HTTPS_PROXY``, ``HTTP_PROXY``, ``NO_PROXY``), on Windows and macOS
those of the system's settings.
"""

from __future__ import annotations

import socket
from base64 import b64encode
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

from gridclient.domain.errors import InvalidInput, SyncFault

SETTING: Final = "sync.proxy"
"""The name of the desk's setting that holds the choice."""
DIRECT: Final = "direct"
"""The choice of no proxy, whatever the machine's setting."""
_PORT: Final = 8080
_MOST_HEAD: Final = 16 << 10
_GRANTED: Final = b"200"
_END: Final = b"\r\n\r\n"


def checked_choice(chosen: str) -> str:
    """The choice as it is kept: an ``http://`` address, :data:`DIRECT`, or "" for the machine's setting.

    Raises:
        InvalidInput: ``sync.proxy``: not an address, or of a proxy of another kind (``https``, ``socks``).
    """
    text = chosen.strip()
    if text in ("", DIRECT):
        return text
    text = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(text)
        fits = parts.scheme == "http" and bool(parts.hostname) and parts.port != 0
        fits = fits and not any(sign.isspace() for sign in text)
    except ValueError:
        fits = False
    if not fits:
        raise InvalidInput("sync.proxy", text=chosen)
    return text


def without_password(chosen: str) -> str:
    """The choice with the password cut out, for the screen."""
    parts = urlsplit(chosen)
    name, _, place = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{name.partition(':')[0]}@{place}").geturl() if name else chosen


def proxy_for(url: str, chosen: str = "") -> str:
    """The proxy for a URL, "" for none; a hub on this machine is always reached directly.

    A machine's proxy of a kind that cannot be used here (``https``, ``socks``) counts as none.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if chosen == DIRECT or is_here(host):
        return ""
    if chosen:
        return chosen
    found = getproxies()
    named = found.get(parts.scheme) or found.get("all") or ""
    if not named or proxy_bypass(host):  # macOS may look up the name
        return ""
    try:
        return checked_choice(named)
    except InvalidInput:  # of a kind that nobody here can use (socks, https)
        return ""


def proxy_manager(proxy: str, **settings: Any) -> urllib3.ProxyManager:
    """A pool of connections through a proxy, whose address may contain name and password."""
    return urllib3.ProxyManager(proxy, proxy_headers=_pass(proxy), **settings)


def connect(proxy: str, host: str, port: int, timeout: float) -> socket.socket:
    """A socket connected to ``host``, through the proxy if one is given.

    Raises:
        OSError: host or proxy cannot be reached.
        SyncFault: ``sync.proxy_refused``: the proxy did not connect, or is none (retryable).
    """
    if not proxy:
        return socket.create_connection((host, port), timeout)
    parts = urlsplit(proxy)
    line = socket.create_connection((parts.hostname or "", parts.port or _PORT), timeout)
    try:
        name = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {name} HTTP/1.1", f"Host: {name}", *(f"{k}: {v}" for k, v in _pass(proxy).items()), "", ""]
        line.sendall("\r\n".join(lines).encode("latin-1"))
        head = bytearray()
        while not head.endswith(_END):
            sign = line.recv(1)
            if not sign or len(head) > _MOST_HEAD:
                break
            head += sign
        if not head.endswith(_END) or head.split(b" ")[1:2] != [_GRANTED]:
            raise SyncFault("sync.proxy_refused", retryable=True)
    except BaseException:
        line.close()
        raise
    return line


def _pass(proxy: str) -> dict[str, str]:
    parts = urlsplit(proxy)
    if not parts.username:
        return {}
    told = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(told.encode()).decode()}"}


def is_here(host: str) -> bool:
    """Whether the host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
