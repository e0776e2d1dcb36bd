"""The hub over HTTP: enrolment, limits, files in chunks, TLS, what stands in the log."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import ssl
import sys
import time
from pathlib import Path

import pytest
import urllib3
import zstandard

from gridclient.cli import main
from gridclient.domain.events import EventKey, Record
from gridclient.hub.access import Access
from gridclient.hub.backend import Backend
from gridclient.hub.files import MOST_CHUNK
from gridclient.hub.incoming import bearer
from gridclient.hub.rights import grants_for
from gridclient.hub.serve import Listening, secure
from gridclient.services.enrol_code import read_code
from gridclient.sync.frame import MOST_ON_THE_LINE
from gridclient.sync.wire import FeedAsk, PushStatus
from tests.fakes.hub_databases import opened
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events
from tests.fakes.open_files import open_files_stay
from tests.fakes.running_hub import HubLine, hub_on_thread, hub_process

STREAM = "t:371002001"


@pytest.fixture
def access(backend: Backend) -> Access:
    return Access(backend, time.time)


@pytest.fixture
def desk(line: HubLine, access: Access) -> HubDesk:
    desk = HubDesk("desk-0001", STREAM)
    desk.enrol(access, grants_for("371002001"))
    desk.records = list(invented_events(desk.origin, 30))
    return desk


def application(access: Access, **changes: str) -> dict[str, str]:
    code = access.issue_code(grants_for("371002001"), township="371002001", name="一号席")
    return {"code": code, "device": "desk-0009", "name": "", "public_key": "11" * 32, **changes}


def test_a_desk_enrols_and_syncs_over_the_line(line: HubLine, access: Access) -> None:
    desk = HubDesk("desk-0009", STREAM)
    told = application(access, public_key=desk.applicant.public_key.hex())
    status, got = line.json("POST", "/v1/enrol", told)
    assert status == 200
    assert got["grants"] == [[STREAM, True, True, ""], ["ref", True, False, ""]]
    assert {len(bytes.fromhex(key)) for key in got["bundle_keys"].values()} == {32}
    desk.token, desk.hub = got["token"], got["hub"]
    desk.records = list(invented_events(desk.origin, 5))
    reply = desk.round(line.sync, [desk.push(1, 5)], [FeedAsk(STREAM, 0, False)])
    assert reply.results[0].status is PushStatus.APPLIED
    assert reply.pages[0].complete


def test_a_round_without_news_is_small(line: HubLine, desk: HubDesk) -> None:
    feeds = [FeedAsk(STREAM, 30, False), FeedAsk("ref", 0, False)]
    desk.round(line.sync, [desk.push(1, 30)], feeds)
    request = desk.request([], feeds)
    assert len(request) + len(line.sync(desk.token, request)) <= 300


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "x"},
        {"device": "../etc"},
        {"public_key": "zz"},
        {"public_key": "11"},
        {"name": "n" * 200},
        {"name": "\ud800"},
    ],
)
def test_an_application_that_is_not_one_is_refused(line: HubLine, access: Access, changes: dict[str, str]) -> None:
    status, got = line.json("POST", "/v1/enrol", application(access, **changes))
    assert status == 400
    assert got["error"]["message"]


@pytest.mark.parametrize("document", [[], {}, {"code": 1}, "x", None])
def test_json_of_another_shape_is_refused(line: HubLine, document: object) -> None:
    assert line.json("POST", "/v1/enrol", document)[0] == 400
    assert line.ask("POST", "/v1/enrol", b"\xff{").status == 400
    assert line.ask("POST", "/v1/enrol", b"[" * 4000).status == 400


def test_who_guesses_codes_has_to_wait(line: HubLine, access: Access) -> None:
    wrong = application(access, code="0000-0000-0000-0000")
    assert {line.json("POST", "/v1/enrol", wrong)[0] for _ in range(10)} == {403}
    answer = line.ask("POST", "/v1/enrol", b"{}")
    assert answer.status == 429
    seconds = int(answer.headers["Retry-After"])
    assert seconds > 0
    assert f"{seconds // 60 + 1} 分钟" in answer.json()["error"]["message"]
    status, _ = line.json("POST", "/v1/enrol", application(access))
    assert status == 429, "also the right code waits, or guessing would pay"


def test_what_is_no_request_is_refused(line: HubLine, desk: HubDesk) -> None:
    whole = desk.request([desk.push(1, 30)])
    bomb = whole[:2] + zstandard.ZstdCompressor().compress(bytes(65 << 20))
    for body in (b"", b"x", whole[:-1], whole[:40], bytes(200), bomb):
        assert line.ask("POST", "/v1/sync", body, token=desk.token).status in (400, 426), body[:10]
    assert desk.round(line.sync, feeds=[FeedAsk(STREAM, 0, False)]).pages[0].count == 0


def test_a_request_that_is_too_long_is_refused(line: HubLine, desk: HubDesk) -> None:
    body = bytes(MOST_ON_THE_LINE + 1)
    assert line.ask("POST", "/v1/sync", b"", token=desk.token, headers={"Content-Length": str(len(body))}).status == 413


def test_a_request_for_another_hub_changes_nothing(line: HubLine, desk: HubDesk) -> None:
    desk.hub = "another"
    answer = line.ask("POST", "/v1/sync", desk.request([desk.push(1, 30)]), token=desk.token)
    assert (answer.status, answer.json()["error"]["code"]) == (409, "sync.hub_changed")


def test_paths_and_methods_that_are_not_there(line: HubLine) -> None:
    assert line.ask("GET", "/v1/sync").status == 405
    assert line.ask("GET", "/v1/files/../../hub.db").status == 404
    assert line.ask("DELETE", "/").status == 405


@pytest.fixture
def picture(line: HubLine, desk: HubDesk) -> bytes:
    """The content of an attachment that an event names, two and a half chunks long."""
    content = bytes(range(256)) * (MOST_CHUNK // 256 * 5 // 2)
    text = f'{{"name":"a.png","sha256":"{hashlib.sha256(content).hexdigest()}","size":{len(content)}}}'
    key = EventKey(STREAM, desk.device, 1, 1)
    desk.records = [Record(key, 1 << 16, "attachment_added", 1, "c" * 32, 0, "operator", text)]
    desk.round(line.sync, [desk.push(1, 1)])
    return content


def put(line: HubLine, desk: HubDesk, content: bytes, offset: int, chunk: bytes) -> tuple[int, str]:
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(len(content))}
    path = f"/v1/files/{hashlib.sha256(content).hexdigest()}"
    answer = line.ask("PUT", path, chunk, token=desk.token, headers=headers)
    return answer.status, answer.headers.get("Upload-Offset", "")


def test_a_file_comes_in_chunks_and_goes_on_after_a_break(line: HubLine, desk: HubDesk, picture: bytes) -> None:
    path = f"/v1/files/{hashlib.sha256(picture).hexdigest()}"
    first, second = picture[:MOST_CHUNK], picture[MOST_CHUNK : 2 * MOST_CHUNK]
    state = line.ask("HEAD", path, token=desk.token)
    assert (state.status, state.headers["Upload-Offset"], state.headers["Upload-Complete"]) == (200, "0", "?0")
    assert put(line, desk, picture, 0, first) == (200, str(MOST_CHUNK))
    assert put(line, desk, picture, 0, first) == (200, str(MOST_CHUNK))  # its answer was lost
    assert put(line, desk, picture, 2 * MOST_CHUNK, second[:99]) == (409, str(MOST_CHUNK))  # one was left out
    assert line.ask("GET", path, token=desk.token).status == 404
    assert put(line, desk, picture, MOST_CHUNK, second) == (200, str(2 * MOST_CHUNK))
    assert put(line, desk, picture, 2 * MOST_CHUNK, picture[2 * MOST_CHUNK :]) == (200, str(len(picture)))
    assert put(line, desk, picture, 0, first) == (200, str(len(picture)))
    assert line.ask("HEAD", path, token=desk.token).headers["Upload-Complete"] == "?1"
    assert line.ask("GET", path, token=desk.token).data == picture
    part = line.ask("GET", path, token=desk.token, headers={"Range": "bytes=1000-1999"})
    assert (part.status, part.data) == (206, picture[1000:2000])


def test_a_file_that_is_not_what_its_name_says_is_dropped(
    line: HubLine, desk: HubDesk, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_files_stay(monkeypatch)
    wrong = bytes(len(picture))
    for offset in range(0, len(picture), MOST_CHUNK):
        last = put(line, desk, picture, offset, wrong[offset : offset + MOST_CHUNK])
    assert last == (409, "0")
    assert put(line, desk, picture, 0, picture[:MOST_CHUNK]) == (200, str(MOST_CHUNK))


@pytest.mark.parametrize("more", [0, 9])
def test_a_beginning_that_is_as_long_as_the_file_and_not_the_file_is_dropped(
    line: HubLine, desk: HubDesk, picture: bytes, tmp_path: Path, more: int
) -> None:
    """A hub that was killed before it put the file in its place leaves such a one, and a desk that lied about it."""
    sha256 = hashlib.sha256(picture).hexdigest()
    (tmp_path / "files" / "parts" / sha256).write_bytes(bytes(len(picture) + more))
    for offset in range(0, len(picture), MOST_CHUNK):
        chunk = picture[offset : offset + MOST_CHUNK]
        assert put(line, desk, picture, offset, chunk) == (200, str(offset + len(chunk)))
    assert line.ask("GET", f"/v1/files/{sha256}", token=desk.token).data == picture


@pytest.mark.parametrize("lie", [1, 10**9])
def test_another_desk_that_says_a_file_is_of_another_length_keeps_nobody_from_sending_it(
    line: HubLine, access: Access, desk: HubDesk, lie: int
) -> None:
    """Of the lengths that the events of a case say the hub knows only the first."""
    picture = bytes(MOST_CHUNK + 1)
    other = HubDesk("desk-0002", STREAM)
    other.enrol(access, grants_for("371002001"))
    text = f'{{"name":"b.png","sha256":"{hashlib.sha256(picture).hexdigest()}","size":{lie}}}'
    other.records = [Record(EventKey(*other.origin, 1), 2 << 16, "attachment_added", 1, "d" * 32, 0, "operator", text)]
    other.round(line.sync, [other.push(1, 1)])
    assert put(line, desk, picture, 0, picture[:MOST_CHUNK]) == (200, str(MOST_CHUNK))


def test_chunks_and_files_have_limits(line: HubLine, desk: HubDesk, picture: bytes) -> None:
    assert put(line, desk, picture, 0, picture[: MOST_CHUNK + 1])[0] == 413
    path = f"/v1/files/{hashlib.sha256(picture).hexdigest()}"
    for headers in ({}, {"Upload-Offset": "x", "Upload-Length": "5"}, {"Upload-Offset": "0"}):
        assert line.ask("PUT", path, b"x", token=desk.token, headers=headers).status == 400


def test_the_metrics_name_the_events_before_there_are_any(line: HubLine) -> None:
    assert "gridclient_hub_events_total 0" in line.ask("GET", "/metrics").data.decode().splitlines()


def test_the_metrics_count_pushes_and_events(line: HubLine, desk: HubDesk) -> None:
    desk.round(line.sync, [desk.push(1, 30), desk.push(1, 30)])
    text = line.ask("GET", "/metrics").data.decode()
    assert 'gridclient_hub_pushes_total{status="applied"} 1' in text
    assert 'gridclient_hub_pushes_total{status="known"} 1' in text
    assert "gridclient_hub_events_total 30" in text
    assert "gridclient_hub_stored_events 30" in text
    (took,) = [line for line in text.splitlines() if line.startswith("gridclient_hub_sync_seconds_sum ")]
    assert float(took.split()[1]) > 0
    assert desk.device not in text


def test_the_status_page_is_chinese_and_escapes_what_desks_say(line: HubLine, access: Access) -> None:
    line.json("POST", "/v1/enrol", application(access, name="<script>alert(1)</script>"))
    page = line.ask("GET", "/").data.decode()
    assert "网格同步中心" in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_status_page_tells_how_each_device_stands(line: HubLine, access: Access, desk: HubDesk) -> None:
    line.json("POST", "/v1/enrol", application(access, name="二号席"))
    access.revoke("desk-0009")
    desk.round(line.sync, [desk.push(1, 30)])
    page = line.ask("GET", "/").data.decode()
    assert f"<tr><td>{STREAM}</td><td class=n>30</td></tr>" in page
    assert "<tr><th>数据流</th><th class=n>事件数</th></tr>" in page
    _, here, gone = page.partition("<h2>记录</h2>")[0].split("<tr><td>desk-")
    assert here.startswith("0001</td><td>") and "<td>正常</td></tr>" in here
    assert gone.startswith("0009</td><td>二号席</td>") and "<td>—</td><td>已吊销</td></tr>" in gone


def test_the_log_names_ids_and_no_texts(line: HubLine, desk: HubDesk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    desk.round(line.sync, [desk.push(1, 30)._replace(signature=bytes(64))])
    text = "\n".join(record.getMessage() for record in caplog.records)
    assert "push refused (signature): device desk-0001" in text
    assert not any("一" <= sign <= "鿿" for sign in text)
    assert desk.token not in text


def test_behind_a_proxy_nobody_is_local(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as backend, hub_on_thread(backend, tmp_path, behind_proxy=True) as line:
        assert line.ask("GET", "/").status == 401


@pytest.mark.parametrize(
    ("host", "plain", "scheme"), [("127.0.0.1", False, "http"), ("0.0.0.0", True, "http"), ("0.0.0.0", False, "https")]
)
def test_tls_is_left_out_only_on_loopback_or_when_asked(tmp_path: Path, host: str, plain: bool, scheme: str) -> None:
    assert secure(Listening(host, 0, plain=plain), tmp_path).scheme == scheme


def test_a_hub_that_makes_its_certificate_puts_its_mark_into_codes(tmp_path: Path) -> None:
    """The desk compares what the line shows with what the code says."""
    database = f"sqlite:///{tmp_path / 'hub.db'}"
    with hub_process(database, tmp_path, listen="0.0.0.0:0") as (_, url):
        port = int(url.rpartition(":")[2])
        shown = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port), timeout=20))
        code = issue(database)
        assert read_code(code).fingerprint == hashlib.sha256(shown).digest()[:8]
        mark = hashlib.sha256(shown).hexdigest()
        with urllib3.HTTPSConnectionPool("127.0.0.1", port, cert_reqs="CERT_NONE", assert_fingerprint=mark) as pool:
            assert pool.request("GET", "/health", retries=False, timeout=20).status == 200


def issue(database: str) -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(out):
        assert main(["hub", "enrol", "--db", database, "--township", "371002001", "--json"]) == 0
    out.flush()
    assert sys.stdout is not out
    code = json.loads(out.buffer.getvalue())["code"]
    assert isinstance(code, str)
    return code


def test_a_token_is_read_from_one_header_only() -> None:
    from starlette.requests import Request

    def request(value: bytes) -> Request:
        return Request({"type": "http", "method": "GET", "path": "/", "headers": [(b"authorization", value)]})

    assert bearer(request(b"Bearer  abc ")) == "abc"
    assert bearer(request(b"Basic abc")) == ""
