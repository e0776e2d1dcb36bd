"""One of several processes of a hub, with a log of its own."""

from __future__ import annotations

import logging
import socket
from multiprocessing.synchronize import Event

from gridclient.hub.serve import Part, serve_part
from gridclient.logs import kept_log


def serve_member(number: int, listens: Event, channel: socket.socket, part: Part) -> None:
    """Serves until a signal comes."""
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    with kept_log(part.settings.files.parent / "logs" / f"process-{number + 1}"):
        serve_part(number, listens, channel, part)
