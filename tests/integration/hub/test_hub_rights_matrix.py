"""Who may do what: every end point, every role, its own and a foreign stream."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from starlette.routing import Route
from urllib3 import BaseHTTPResponse

from gridclient.domain.events import EventKey, Record
from gridclient.hub.access import Access
from gridclient.hub.app import HubSettings, build_hub
from gridclient.hub.backend import Backend
from gridclient.hub.rights import grants_for
from gridclient.services.enrolment import Grant
from gridclient.services.sync_port import FeedPage
from gridclient.sync.proofs import NONCE_BYTES
from gridclient.sync.terms import NONCE
from gridclient.sync.wire import FeedAsk, PushStatus, decode_reply
from tests.fakes.hub_desk import HubDesk
from tests.fakes.running_hub import ADMIN, HubLine

OWN, FOREIGN, REFERENCE = "t:371002001", "t:371002002", "ref"
UNIT: Final = "U1"
HANDED, KEPT = "a" * 32, "b" * 32
CONTENT = {
    stream + subject: f"{stream} {subject}".encode() * 50 for stream in (OWN, FOREIGN) for subject in (HANDED, KEPT)
}
ROLES: Final[dict[str, tuple[Grant, ...]]] = {
    "desk": grants_for("371002001"),
    "unit": grants_for("371002001", unit=UNIT),
    "unit_of_county": grants_for("", unit=UNIT),
    "supervisor": grants_for("", supervisor=True),
    "county": grants_for("", county=True),
    "revoked": grants_for("371002001"),
    "none": (),
}
# What each role may: read and write of its own township, of another one, of the reference data.
READS = {
    "desk": {OWN, REFERENCE},
    "unit": {f"d:{UNIT}@{OWN}", REFERENCE},
    "unit_of_county": {f"d:{UNIT}@{OWN}", f"d:{UNIT}@{FOREIGN}", REFERENCE},
    "supervisor": {OWN, FOREIGN, REFERENCE},
    "county": {OWN, FOREIGN, REFERENCE},
    "revoked": set(),
    "none": set(),
}
WRITES = {
    "desk": {(OWN, HANDED), (OWN, KEPT)},
    "unit": {(OWN, HANDED)},
    "unit_of_county": {(OWN, HANDED), (FOREIGN, HANDED)},
    "supervisor": set(),
    "county": {(REFERENCE, HANDED), (REFERENCE, KEPT)},
    "revoked": set(),
    "none": set(),
}
FEEDS = (OWN, FOREIGN, REFERENCE, f"d:{UNIT}@{OWN}", f"d:{UNIT}@{FOREIGN}", "d:U2@" + OWN, "t:*", "")
OUTSIDE = ("revoked", "none")


@dataclass(frozen=True)
class Scene:
    line: HubLine
    desks: dict[str, HubDesk]

    def token(self, role: str) -> str:
        return "" if role == "none" else self.desks[role].token


def happening(desk: HubDesk, seq: int, subject: str, kind: str, text: str) -> Record:
    key = EventKey(desk.stream, desk.device, desk.incarnation, seq)
    return Record(key, seq << 16, kind, 1, subject, 0, "somebody", text)


def sha(stream: str, subject: str) -> str:
    return hashlib.sha256(CONTENT[stream + subject]).hexdigest()


@pytest.fixture
def scene(line: HubLine, backend: Backend) -> Scene:
    """Two townships with a case each that went to a unit, and one that did not; every case has an attachment."""
    access = Access(backend, time.time)
    for stream in (OWN, FOREIGN):
        township = stream.removeprefix("t:")
        writer = HubDesk(f"writer-{township}", stream)
        writer.enrol(access, grants_for(township), township)
        for subject in (HANDED, KEPT):
            size, name = len(CONTENT[stream + subject]), sha(stream, subject)
            given = f'{{"assignments":[{{"unit":"{UNIT}"}}]}}' if subject == HANDED else "{}"
            attached = f'{{"name":"a.png","sha256":"{name}","size":{size}}}'
            for kind, text in (("case_dispatched", given), ("attachment_added", attached)):
                writer.records.append(happening(writer, len(writer.records) + 1, subject, kind, text))
        reply = writer.round(line.sync, [writer.push(1, 4)])
        assert reply.results[0].status is PushStatus.APPLIED
        for subject in (HANDED, KEPT):
            assert put(line, writer.token, stream, subject).status == 200
    desks = {role: HubDesk(f"desk-{role}", OWN) for role in ROLES if role != "none"}
    for role, desk in desks.items():
        desk.enrol(access, ROLES[role], "371002001")
    access.revoke(desks["revoked"].device)
    return Scene(line, desks)


def put(line: HubLine, token: str, stream: str, subject: str) -> BaseHTTPResponse:
    content = CONTENT[stream + subject]
    headers = {"Upload-Offset": "0", "Upload-Length": str(len(content))}
    return line.ask("PUT", f"/v1/files/{sha(stream, subject)}", content, token=token, headers=headers)


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("role", ROLES)
def test_a_feed_is_read_by_those_who_may(scene: Scene, role: str, feed: str) -> None:
    desk = scene.desks.get(role, HubDesk("nobody-01", OWN))
    answer = scene.line.ask("POST", "/v1/sync", desk.request(feeds=[FeedAsk(feed, 0, False)]), token=scene.token(role))
    if role in OUTSIDE:
        assert answer.status == 401
        return
    pages = decode_reply(answer.data, desk.device).pages
    assert [page.feed for page in pages] == ([feed] if feed in READS[role] else [])
    subjects = {placed.record.subject for page in pages if isinstance(page, FeedPage) for placed in page.foreign}
    assert subjects <= ({HANDED} if "unit" in role else {HANDED, KEPT})
    assert bool(subjects) == (feed in READS[role] and feed != REFERENCE)


@pytest.mark.parametrize("subject", [HANDED, KEPT])
@pytest.mark.parametrize("stream", [OWN, FOREIGN, REFERENCE])
@pytest.mark.parametrize("role", ROLES)
def test_a_stream_is_written_by_those_who_may(scene: Scene, role: str, stream: str, subject: str) -> None:
    known = scene.desks.get(role, HubDesk("nobody-01", OWN))
    desk = HubDesk(known.device, stream, signing_key=known.signing_key, token=scene.token(role), hub=known.hub)
    desk.records = [happening(desk, 1, subject, "case_noted", '{"text":"x"}')]
    answer = scene.line.ask("POST", "/v1/sync", desk.request([desk.push(1, 1)]), token=desk.token)
    if role in OUTSIDE:
        assert answer.status == 401
        return
    (result,) = decode_reply(answer.data, desk.device).results
    allowed = (stream, subject) in WRITES[role]
    assert result.status is (PushStatus.APPLIED if allowed else PushStatus.FORBIDDEN)


def may_see_file(role: str, stream: str, subject: str) -> bool:
    return stream in READS[role] or (subject == HANDED and f"d:{UNIT}@{stream}" in READS[role])


@pytest.mark.parametrize("subject", [HANDED, KEPT])
@pytest.mark.parametrize("stream", [OWN, FOREIGN])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_a_file_is_there_for_those_who_may(scene: Scene, method: str, role: str, stream: str, subject: str) -> None:
    path = f"/v1/files/{sha(stream, subject)}"
    if method == "PUT":
        answer = put(scene.line, scene.token(role), stream, subject)
        allowed = (stream, subject) in WRITES[role]
    else:
        answer = scene.line.ask(method, path, token=scene.token(role))
        allowed = may_see_file(role, stream, subject)
    expected = 401 if role in OUTSIDE else 200 if allowed else 404
    assert answer.status == expected
    if method == "GET" and allowed:
        assert answer.data == CONTENT[stream + subject]


@pytest.mark.parametrize("role", ROLES)
def test_a_file_that_no_event_names_is_nobodys(scene: Scene, role: str) -> None:
    for method in ("GET", "HEAD"):
        answer = scene.line.ask(method, f"/v1/files/{'0' * 64}", token=scene.token(role))
        assert answer.status == (401 if role in OUTSIDE else 404)
    answer = scene.line.ask(
        "PUT", f"/v1/files/{'0' * 64}", b"x", token=scene.token(role), headers={"Upload-Offset": "0"}
    )
    assert answer.status == (401 if role in OUTSIDE else 404)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/", "/metrics"])
@pytest.mark.parametrize("role", [*ROLES, "admin"])
@pytest.mark.parametrize("forwarded", [True, False])
def test_the_pages_for_administrators_are_for_this_machine_and_for_the_token(
    scene: Scene, method: str, path: str, role: str, forwarded: bool
) -> None:
    token = ADMIN if role == "admin" else scene.token(role)
    headers = {"X-Forwarded-For": "203.0.113.9"} if forwarded else {}
    answer = scene.line.ask(method, path, token=token, headers=headers)
    assert answer.status == (401 if forwarded and role != "admin" else 200)


@pytest.mark.parametrize("role", ROLES)
def test_health_is_for_everybody_and_tells_nothing(scene: Scene, role: str) -> None:
    answer = scene.line.ask("GET", "/health", token=scene.token(role), headers={"X-Forwarded-For": "203.0.113.9"})
    assert answer.status == 200
    assert set(answer.json()) == {"ok", "hub"}


@pytest.mark.parametrize("role", ROLES)
def test_enrolling_asks_for_a_code_whoever_comes(scene: Scene, role: str) -> None:
    told = {"code": "0000-0000-0000-0000", "device": "desk-new-1", "name": "", "public_key": "00" * 32}
    answer = scene.line.ask("POST", "/v1/enrol", json.dumps(told).encode(), token=scene.token(role))
    assert (answer.status, answer.json()["error"]["code"]) == (403, "enrol.code_unknown")


def nonce() -> dict[str, str]:
    return {NONCE: "00" * NONCE_BYTES}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("role", ROLES)
def test_that_this_is_the_hub_is_told_to_everybody(scene: Scene, method: str, role: str) -> None:
    answer = scene.line.ask(method, "/v1/hub", token=scene.token(role), headers=nonce())
    assert answer.status == 200
    assert not any(name.encode() in answer.data for name in (OWN, FOREIGN, "desk-", UNIT))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("role", ROLES)
def test_a_device_is_told_its_own_rights(scene: Scene, method: str, role: str) -> None:
    answer = scene.line.ask(method, "/v1/me", token=scene.token(role), headers=nonce())
    assert answer.status == (401 if role in OUTSIDE else 200)
    text = answer.data.decode()
    assert not any(f"desk-{other}" in text for other in ROLES if other != role and not role.startswith(other))
    if method == "GET":
        assert (FOREIGN in text) == any(FOREIGN in feed for feed in READS[role])


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("role", ROLES)
def test_files_that_the_hub_lost_are_named_to_those_who_could_bring_them(
    scene: Scene, tmp_path: Path, method: str, role: str
) -> None:
    """With what lies on the shelf taken away."""
    for stream, subject in ((OWN, HANDED), (OWN, KEPT), (FOREIGN, HANDED)):
        name = sha(stream, subject)
        (tmp_path / "files" / name[:2] / name).unlink()
    answer = scene.line.ask(method, "/v1/files", token=scene.token(role))
    assert answer.status == (401 if role in OUTSIDE else 200)
    if method == "GET" and answer.status == 200:
        found = {answer.data[start : start + 32].hex() for start in range(0, len(answer.data), 32)}
        lost = {(OWN, HANDED), (OWN, KEPT), (FOREIGN, HANDED)} & WRITES[role]
        assert found == {sha(stream, subject) for stream, subject in lost}


ROWS: Final[dict[tuple[str, str], tuple[Callable[..., None], ...]]] = {
    ("POST", "/v1/sync"): (test_a_feed_is_read_by_those_who_may, test_a_stream_is_written_by_those_who_may),
    ("POST", "/v1/enrol"): (test_enrolling_asks_for_a_code_whoever_comes,),
    ("GET", "/v1/hub"): (test_that_this_is_the_hub_is_told_to_everybody,),
    ("HEAD", "/v1/hub"): (test_that_this_is_the_hub_is_told_to_everybody,),
    ("GET", "/v1/me"): (test_a_device_is_told_its_own_rights,),
    ("HEAD", "/v1/me"): (test_a_device_is_told_its_own_rights,),
    ("GET", "/v1/files"): (test_files_that_the_hub_lost_are_named_to_those_who_could_bring_them,),
    ("HEAD", "/v1/files"): (test_files_that_the_hub_lost_are_named_to_those_who_could_bring_them,),
    **dict.fromkeys(
        [(method, "/v1/files/{sha256}") for method in ("GET", "HEAD", "PUT")],
        (test_a_file_is_there_for_those_who_may, test_a_file_that_no_event_names_is_nobodys),
    ),
    **dict.fromkeys(
        [(method, path) for method in ("GET", "HEAD") for path in ("/", "/metrics")],
        (test_the_pages_for_administrators_are_for_this_machine_and_for_the_token,),
    ),
    **dict.fromkeys(
        [(method, "/health") for method in ("GET", "HEAD")],
        (test_health_is_for_everybody_and_tells_nothing,),
    ),
}
"""Which tests say who may use an end point. One that is added needs its row here, with tests over all roles."""


def test_every_end_point_has_a_row_in_the_matrix(backend: Backend, tmp_path: Path) -> None:
    app = build_hub(backend, HubSettings(tmp_path, ADMIN))
    there = {(method, route.path) for route in app.routes if isinstance(route, Route) for method in route.methods or ()}
    assert len(app.routes) == len([route for route in app.routes if isinstance(route, Route)])
    assert there == set(ROWS)


@pytest.mark.parametrize("end", ROWS)
def test_every_row_is_tried_by_every_role(end: tuple[str, str]) -> None:
    for test in ROWS[end]:
        marks = {mark.args[0]: mark.args[1] for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"}
        assert set(ROLES) <= set(marks["role"]), test.__name__
        assert end[0] in marks.get("method", (end[0],)), test.__name__
