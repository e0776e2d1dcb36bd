"""HTTP answers of the hub: status and JSON of an error, and replies, if asked for with their end in a packet of its
own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from gridclient.domain.errors import GridClientError, StoreUnavailable
from gridclient.services.error_text import sentence_of
from gridclient.sync.terms import COMPANY, LENGTH

BUSY_RETRY_S: Final = 5
_STATUS: Final[Mapping[str, int]] = {
    "sync.revoked": 401,
    "sync.refused": 400,
    "sync.update_due": 426,
    "sync.hub_old": 426,
    "sync.hub_changed": 409,
    "sync.too_large": 413,
    "sync.busy": 503,
    "sync.file_unknown": 404,
    "sync.file_name": 404,
    "sync.file_too_large": 413,
    "sync.files_full": 507,
    "enrol.code_mistyped": 400,
    "enrol.device_invalid": 400,
    "enrol.code_unknown": 403,
    "enrol.code_used": 403,
    "enrol.code_expired": 403,
    "enrol.device_known": 409,
    "enrol.too_many": 429,
}


def fault_answer(error: GridClientError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """``{"error": {"code", "message"}}`` with the code's status; 503 and ``Retry-After`` if the database failed."""
    status = 503 if isinstance(error, StoreUnavailable) else _STATUS.get(error.code, 400)
    told = dict(headers or {})
    if status == 503:
        told.setdefault("Retry-After", str(BUSY_RETRY_S))
    if status == 401:
        told["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"error": {"code": error.code, "message": sentence_of(error)}}, status, told)


def answer_to(request: Request, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
    """The reply; as :class:`Accompanied` if the desk asks for it and every proxy on the way speaks HTTP/1.1."""
    made = Accompanied if COMPANY in request.headers and request.scope["http_version"] != "1.0" else Response
    return made(body, media_type=media_type, headers=headers)


class Accompanied(Response):
    """A reply for a slow line: its end follows in a packet of its own, for which the desk does not wait.

    TCP notices a lost packet by the packets after it. If the last packet of the body is lost, the end shows that at
    once; without it a timer of more than a second would have to run out. The desk does the same with its requests
    (:mod:`gridclient.sync.connection`). The body is one chunk, and its length is in a header of its own.
    """

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.headers[LENGTH] = self.headers["content-length"]
        del self.headers["content-length"]
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        await asyncio.sleep(0)  # sent in one turn of the loop, both would share a packet
        await send({"type": "http.response.body"})
