"""Translates the hub's answers and the line's failures: faults with their codes, values from headers and JSON."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from typing import Any, Final

from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from gridclient.domain.errors import SyncFault
from gridclient.domain.frozen import frozen
from gridclient.services.enrolment import Admission, Grant
from gridclient.sync.terms import FILE_COMPLETE, FILE_OFFSET, FilePlace

_FINAL: Final[Mapping[int, str]] = {
    400: "sync.refused",
    401: "sync.revoked",
    403: "sync.forbidden",
    409: "sync.hub_changed",
    413: "sync.refused",
    426: "sync.update_due",
}
_UNVERIFIED: Final[Mapping[int, str]] = {
    9: "sync.certificate_expired",  # not yet valid: a clock is wrong
    10: "sync.certificate_expired",
    62: "sync.certificate_name",
    64: "sync.certificate_name",
}
"""The fault by OpenSSL's verdict on a certificate (``X509_V_ERR_…``); any other one means that it is not trusted."""
_LATER: Final[Mapping[int, str]] = {
    408: "sync.timeout",
    429: "sync.busy",
    503: "sync.busy",
    507: "sync.files_full",
}
_TOLD: Final[Mapping[str, str]] = {
    "hub.store_failed": "sync.hub_store",
    "sync.file_too_large": "sync.file_too_large",
}
"""The fault by the code in the hub's answer, where it says more than the status."""
_ENROL_CODES: Final = frozenset(
    {
        "enrol.code_mistyped",
        "enrol.code_unknown",
        "enrol.code_used",
        "enrol.code_expired",
        "enrol.device_invalid",
        "enrol.device_known",
        "enrol.too_many",
    }
)


@frozen
class Answer:
    """A complete answer of the hub."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def line_fault(error: HTTPError) -> SyncFault:
    """The fault for a failure of the line: certificate, time-out, no connection."""
    if isinstance(error, SSLError):
        return _certificate_fault(error.args[0] if error.args else None)
    silent = isinstance(error, ConnectTimeoutError | ReadTimeoutError)
    if silent and not isinstance(error, NewConnectionError | NameResolutionError):
        return SyncFault("sync.timeout", retryable=True)
    if isinstance(error, LocationValueError):
        return SyncFault("sync.unreachable")
    if isinstance(error, ProtocolError) and any(isinstance(part, TimeoutError) for part in error.args):
        return SyncFault("sync.timeout", retryable=True)
    return SyncFault("sync.unreachable", retryable=True)


def _certificate_fault(cause: object) -> SyncFault:
    """Whom the line met: another than at enrolment, one that nobody vouches for, or nobody who said who it is."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        code = _UNVERIFIED.get(cause.verify_code, "sync.certificate_untrusted")
        return SyncFault(code, retryable=True)
    if isinstance(cause, ssl.SSLError):  # cut, or not TLS: nothing was said about who it is
        return SyncFault("sync.unreachable", retryable=True)
    return SyncFault("sync.certificate_changed")


def require_ok(answer: Answer) -> None:
    """Passes the statuses 200 and 206; for any other raises the ``SyncFault`` for the hub's own code or the status.

    The fault's ``retry_after`` is the number of seconds that the hub asks to wait, 0 if it does not.
    """
    if answer.status in (200, 206):
        return
    told = _TOLD.get(_told_code(answer))
    if answer.status in _FINAL:
        raise SyncFault(told or _FINAL[answer.status], why=f"status {answer.status}")
    code = told or _LATER.get(answer.status, "sync.hub_failed")
    raise SyncFault(code, retryable=True, status=answer.status, retry_after=_wait(answer))


def read_admission(answer: Answer) -> Admission:
    """What a device received for its one-time code.

    Raises:
        SyncFault: ``enrol.…``: the hub's own code, if it is known here; ``sync.refused``: the answer has another form;
            those of :func:`require_ok`.
    """
    if answer.status != 200:
        _raise_enrolment_fault(answer)
    try:
        return _admission(read_json(answer.body, "sync.refused"))
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise SyncFault("sync.refused", why="admission") from error


def _raise_enrolment_fault(answer: Answer) -> None:
    code = _told_code(answer)
    if code in _ENROL_CODES:
        raise SyncFault(code, retryable=code == "enrol.too_many", minutes=_wait(answer) // 60 + 1)
    require_ok(answer)


def _told_code(answer: Answer) -> str:
    """The code of the hub's own JSON error, "" if the body is something else."""
    try:
        return str(json.loads(answer.body)["error"]["code"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return ""


def _wait(answer: Answer) -> int:
    """The seconds of the header ``Retry-After``; 0 if there is none."""
    told = answer.headers.get("Retry-After", "")
    return int(told) if told.isdecimal() and len(told) < 6 else 0


def _admission(told: Any) -> Admission:
    grants = tuple(Grant(str(s), bool(r), bool(w), str(u)) for s, r, w, u in told["grants"])
    keys = {str(feed): bytes.fromhex(key) for feed, key in told["bundle_keys"].items()}
    hub_key = bytes.fromhex(told.get("hub_key", ""))  # an older hub tells none
    rights = str(told.get("rights", ""))
    return Admission(str(told["hub"]), str(told["token"]), str(told["short"]), grants, keys, hub_key, rights)


def read_json(body: bytes, code: str) -> dict[str, Any]:
    """The JSON object in a body. Raises ``SyncFault(code)`` if it is something else."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SyncFault(code, why="json") from error
    if not isinstance(told, dict):
        raise SyncFault(code, why="json")
    return told


def read_place(answer: Answer) -> FilePlace:
    """How much of a file the hub has, by its headers. Raises ``SyncFault("sync.refused")`` if they do not say."""
    offset = answer.headers.get(FILE_OFFSET, "")
    if not offset.isdecimal() or len(offset) > 15:
        raise SyncFault("sync.refused", why="offset")
    return FilePlace(int(offset), answer.headers.get(FILE_COMPLETE) == "?1")


def read_whole(answer: Answer) -> int:
    """The size in bytes of the whole file, by ``Content-Range``. Raises ``SyncFault("sync.refused")`` without it."""
    size = answer.headers.get("Content-Range", "").rpartition("/")[2]
    if not size.isdecimal() or len(size) > 15:
        raise SyncFault("sync.refused", why="range")
    return int(size)
