"""A proxy of a township: it takes lines for any name to this machine, and keeps the names."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_HEAD = re.compile(rb"(CONNECT|GET|POST) (?:http://)?([^:/ ]+):(\d+)(\S*) ")


@dataclass
class Proxy:
    """``asked``: for whom it was asked, and how; ``wants``: what has to stand in a request for it to answer."""

    url: str
    wants: bytes = b""
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def running_proxy() -> Iterator[Proxy]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread = threading.Thread(target=_serve, args=(listener, proxy), daemon=True)
        thread.start()
        yield proxy
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _serve(listener: socket.socket, proxy: Proxy) -> None:
    with suppress(OSError):
        while True:
            line, _ = listener.accept()
            threading.Thread(target=_talk, args=(line, proxy), daemon=True).start()


def _talk(line: socket.socket, proxy: Proxy) -> None:
    with suppress(OSError), line:
        head = line.recv(1 << 16)
        found = _HEAD.match(head)
        if found is None or proxy.wants not in head:
            line.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        proxy.asked.append((found[1].decode(), found[2].decode()))
        with socket.create_connection(("127.0.0.1", int(found[3]))) as hub:
            if found[1] == b"CONNECT":
                line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                hub.sendall(found[1] + b" " + found[4] + head[found.end() - 1 :])
            back = threading.Thread(target=_pass_on, args=(hub, line), daemon=True)
            back.start()
            _pass_on(line, hub)
            back.join(5)


def _pass_on(giver: socket.socket, taker: socket.socket) -> None:
    with suppress(OSError):
        while data := giver.recv(1 << 16):
            taker.sendall(data)
        taker.shutdown(socket.SHUT_WR)
