"""An answer for a desk on a slow line: its end goes on its own behind it, and the desk does not wait for that.

TCP notices a lost packet by those that come after it. Where the answer's last one is lost, the end tells; without it, a
timer of more than a second would. The desk has the same for its requests (:mod:`gridclient.sync.connection`).
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gridclient.sync.terms import COMPANY, LENGTH


def answer_to(request: Request, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
    """In company where the desk asks for it and whoever stands between knows chunks."""
    made = Accompanied if COMPANY in request.headers and request.scope["http_version"] != "1.0" else Response
    return made(body, media_type=media_type, headers=headers)


class Accompanied(Response):
    """In one chunk; how long it is stands in a header of its own."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  (Starlette's own)
        self.headers[LENGTH] = self.headers["content-length"]
        del self.headers["content-length"]
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        await asyncio.sleep(0)  # what is sent within one turn of the loop goes in one packet
        await send({"type": "http.response.body"})
