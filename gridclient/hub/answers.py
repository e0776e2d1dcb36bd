"""HTTP's side of the hub's faults: which status a code has, and the JSON in which the desk is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.responses import JSONResponse

from gridclient.domain.errors import GridClientError, StoreUnavailable
from gridclient.services.error_text import sentence_of

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
    "enrol.code_mistyped": 400,
    "enrol.device_invalid": 400,
    "enrol.code_unknown": 403,
    "enrol.code_used": 403,
    "enrol.code_expired": 403,
    "enrol.device_known": 409,
    "enrol.too_many": 429,
}


def answer(error: GridClientError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """``{"error": {"code", "message"}}`` with the status of the code; a failed database asks to come again."""
    status = 503 if isinstance(error, StoreUnavailable) else _STATUS.get(error.code, 400)
    told = dict(headers or {})
    if status == 503:
        told.setdefault("Retry-After", str(BUSY_RETRY_S))
    if status == 401:
        told["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"error": {"code": error.code, "message": sentence_of(error)}}, status, told)
