"""What answers and failures of the line mean to a desk: whether it tries again, stops, or asks somebody."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Grant
from gridclient.sync.http_answers import (
    Answer,
    line_fault,
    read_admission,
    read_json,
    read_place,
    read_whole,
    require_ok,
)

NOBODY: Any = None


def unverified(code: int) -> SSLError:
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_code = code
    return SSLError(cause)


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (ConnectTimeoutError(NOBODY, "late"), "sync.timeout", True),
        (ReadTimeoutError(NOBODY, "/v1/sync", "silent"), "sync.timeout", True),
        (ProtocolError("aborted", TimeoutError()), "sync.timeout", True),
        (ProtocolError("aborted", ConnectionResetError()), "sync.unreachable", True),
        (NewConnectionError(NOBODY, "refused"), "sync.unreachable", True),
        (LocationParseError("http://"), "sync.unreachable", False),
        (unverified(9), "sync.certificate_expired", True),
        (unverified(10), "sync.certificate_expired", True),
        (unverified(62), "sync.certificate_name", True),
        (unverified(64), "sync.certificate_name", True),
        (unverified(18), "sync.certificate_untrusted", True),
        (SSLError(ssl.SSLError(1, "not TLS")), "sync.unreachable", True),
        (SSLError("Fingerprints did not match"), "sync.certificate_changed", False),
        (SSLError(), "sync.certificate_changed", False),
    ],
)
def test_what_befell_the_line_says_whether_it_is_tried_again(error: HTTPError, code: str, retryable: bool) -> None:
    fault = line_fault(error)
    assert (fault.code, fault.retryable) == (code, retryable)


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (400, "sync.refused", False),
        (401, "sync.revoked", False),
        (403, "sync.forbidden", False),
        (404, "sync.hub_failed", True),  # a proxy before the hub, while it starts
        (408, "sync.timeout", True),
        (409, "sync.hub_changed", False),
        (413, "sync.refused", False),
        (426, "sync.update_due", False),
        (429, "sync.busy", True),
        (500, "sync.hub_failed", True),
        (503, "sync.busy", True),
        (507, "sync.files_full", True),
    ],
)
def test_a_status_says_whether_the_hub_will_have_it_another_time(status: int, code: str, retryable: bool) -> None:
    for body in (b"", b"<html>", b"[" * 100_000, b'{"error": 7}'):
        fault = fault_of(partial(require_ok, Answer(status, {}, body)))
        assert (fault.code, fault.retryable) == (code, retryable)


def test_what_is_well_passes() -> None:
    for status in (200, 206):
        require_ok(Answer(status, {}, b""))


@pytest.mark.parametrize(
    ("said", "waits"),
    [("7", 7), ("99999", 99_999), ("100000", 0), ("", 0), ("-1", 0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0)],
)
def test_how_long_to_wait_is_believed_up_to_a_day(said: str, waits: int) -> None:
    fault = fault_of(lambda: require_ok(Answer(503, {"Retry-After": said} if said else {}, b"")))
    assert fault.params["retry_after"] == waits


ADMISSION: dict[str, Any] = {
    "hub": "hub-1",
    "token": "t",
    "short": "A1",
    "grants": [["t:371002001", True, True, ""]],
    "bundle_keys": {"t:371002001": "11" * 32},
}


def test_an_older_hub_tells_neither_its_key_nor_a_stamp() -> None:
    admission = read_admission(Answer(200, {}, json.dumps(ADMISSION).encode()))
    assert (admission.hub, admission.token, admission.short) == ("hub-1", "t", "A1")
    assert (admission.grants, admission.hub_key, admission.rights) == ((Grant("t:371002001", writes=True),), b"", "")
    assert admission.bundle_keys == {"t:371002001": b"\x11" * 32}


@pytest.mark.parametrize(
    "changed", [{"grants": 7}, {"grants": [["t:1"]]}, {"bundle_keys": []}, {"hub_key": "zz"}, {"bundle_keys": {"a": 1}}]
)
def test_what_is_not_shaped_like_an_admission_is_refused(changed: dict[str, Any]) -> None:
    body = json.dumps({**ADMISSION, **changed}).encode()
    assert fault_of(lambda: read_admission(Answer(200, {}, body))).code == "sync.refused"


@pytest.mark.parametrize(
    "code", ["code_mistyped", "code_unknown", "code_used", "code_expired", "device_invalid", "device_known", "too_many"]
)
def test_why_a_code_was_not_taken_is_said_in_the_hubs_words(code: str) -> None:
    body = json.dumps({"error": {"code": f"enrol.{code}"}}).encode()
    fault = fault_of(lambda: read_admission(Answer(403, {"Retry-After": "90"}, body)))
    assert (fault.code, fault.retryable) == (f"enrol.{code}", code == "too_many")
    assert fault.params["minutes"] == 2


def test_words_of_a_hub_that_this_program_does_not_know_give_way_to_the_status() -> None:
    fault = fault_of(lambda: read_admission(Answer(403, {}, b'{"error": {"code": "enrol.later"}}')))
    assert fault.code == "sync.forbidden"


def test_how_much_is_there_has_to_be_a_number_that_can_be() -> None:
    assert read_place(Answer(200, {"Upload-Offset": "9" * 15, "Upload-Complete": "?1"}, b"")) == (10**15 - 1, True)
    assert read_place(Answer(200, {"Upload-Offset": "0"}, b"")) == (0, False)
    assert read_whole(Answer(206, {"Content-Range": f"bytes 0-1/{'9' * 15}"}, b"")) == 10**15 - 1
    for said in ("", "x", "-1", "9" * 16):
        for read in (
            partial(read_place, Answer(200, {"Upload-Offset": said}, b"")),
            partial(read_whole, Answer(206, {"Content-Range": f"bytes 0-1/{said}"}, b"")),
        ):
            assert fault_of(read).code == "sync.refused"


def test_json_that_is_no_object_is_none() -> None:
    for body in (b"[]", b"{", b"7", b"[" * 100_000, b"\xff"):
        assert fault_of(partial(read_json, body, "sync.hub_unproven")).code == "sync.hub_unproven"


def fault_of(call: Callable[[], object]) -> SyncFault:
    with pytest.raises(SyncFault) as caught:
        call()
    return caught.value
