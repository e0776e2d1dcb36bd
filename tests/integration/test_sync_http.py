"""The line over real sockets: silence, cuts, refusals, a connection that was given up, a certificate that is not it."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import InvalidInput, SyncFault
from gridclient.sync.http import Address, HttpTransport, certificate_of
from gridclient.sync.network import way_to

Talk = Callable[[socket.socket, bytes], bool]


class Server:
    """Answers each request on a connection by what ``talks`` says; a talk gives whether the connection stays open."""

    def __init__(self, *talks: Talk, tls: ssl.SSLContext | None = None) -> None:
        self._talks = iter(talks)
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port = int(self._listener.getsockname()[1])
        self.requests: list[bytes] = []
        self.connections = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(line)
            with contextlib.suppress(OSError, ssl.SSLError, StopIteration):
                self._talk(self._tls.wrap_socket(line, server_side=True) if self._tls else line)

    def _talk(self, line: socket.socket) -> None:
        self._open.append(line)
        while request := _read_request(line):
            self.requests.append(request)
            if not next(self._talks)(line, request):
                line.close()
                return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._open:
            with contextlib.suppress(OSError):
                line.close()
        self._thread.join(5)


def _read_request(line: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := line.recv(65536)):
            return b""
        data = (data + more).lstrip(b"\r\n")  # the empty lines of a slow line, which servers pass over
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(x.split(b":")[1]) for x in head.split(b"\r\n") if x.lower().startswith(b"content-length")), 0)
    while len(body) < length:
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body


def says(body: bytes = b"ok", status: str = "200 OK", *headers: str, stays: bool = True) -> Talk:
    def talk(line: socket.socket, _request: bytes) -> bool:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
        line.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return stays

    return talk


def says_nothing(_line: socket.socket, _request: bytes) -> bool:
    threading.Event().wait(3)
    return False


def hangs_up(_line: socket.socket, _request: bytes) -> bool:
    return False


Serve = Callable[..., tuple[Server, HttpTransport]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    made: list[tuple[Server, HttpTransport]] = []

    def start(*talks: Talk) -> tuple[Server, HttpTransport]:
        server = Server(*talks)
        made.append((server, HttpTransport(Address(f"http://127.0.0.1:{server.port}"), "secret", silence_s=0.5)))
        return made[-1]

    yield start
    for server, line in made:
        line.close()
        server.close()


def fails(line: HttpTransport) -> tuple[str, bool]:
    with pytest.raises(SyncFault) as caught:
        line.sync(b"body")
    return caught.value.code, caught.value.retryable


def test_one_connection_serves_many_requests_and_bytes_are_counted(serve: Serve) -> None:
    server, line = serve(says(b"one"), says(b"two!"))
    assert (line.sync(b"12345"), line.sync(b"6")) == (b"one", b"two!")
    assert server.connections == 1
    assert (line.bytes_sent, line.bytes_received) == (6, 7)
    assert b"Authorization: Bearer secret" in server.requests[0]
    assert server.requests[0].startswith(b"POST /v1/sync ")


def test_a_second_line_says_and_counts_the_same_on_a_connection_of_its_own(serve: Serve) -> None:
    server, line = serve(says(b"one", stays=False), says(b"two!", stays=False), says(b"3", stays=False))
    beside = line.beside()
    line.tell_held("t:371002001 1 0")
    assert (line.sync(b"12345"), beside.sync(b"6"), line.beside().sync(b"7")) == (b"one", b"two!", b"3")
    assert line.beside() is beside and server.connections == 3
    assert (line.bytes_sent, line.bytes_received) == (7, 8)
    for request in server.requests:
        assert b"Authorization: Bearer secret" in request and b"t:371002001 1 0" in request


def test_long_body_arrives_whole(serve: Serve) -> None:
    server, line = serve(says())
    body = bytes(range(256)) * 2000
    line.sync(body)
    assert server.requests[0].endswith(b"\r\n\r\n" + body)
    assert b"chunked" not in server.requests[0]


def test_silence_is_a_time_out(serve: Serve) -> None:
    _, line = serve(says_nothing)
    assert fails(line) == ("sync.timeout", True)


@pytest.mark.parametrize("length", ["Content-Length", "Gridclient-Length"])
def test_answer_that_breaks_off_is_no_answer(serve: Serve, length: str) -> None:
    def breaks_off(line: socket.socket, _request: bytes) -> bool:
        line.sendall(f"HTTP/1.1 200 OK\r\n{length}: 100\r\nConnection: close\r\n\r\nbeginning".encode())
        return False

    _, line = serve(breaks_off)
    assert fails(line) == ("sync.unreachable", True)


def test_answer_in_company_is_there_before_its_end(serve: Serve) -> None:
    ending = threading.Event()

    def says_in_company(line: socket.socket, _request: bytes) -> bool:
        line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nGridclient-Length: 3\r\n\r\n3\r\none\r\n")
        assert ending.wait(10)
        line.sendall(b"0\r\n\r\n")
        return True

    server, line = serve(says_in_company, says(b"two"))
    assert line.sync(b"1") == b"one"
    ending.set()
    assert line.sync(b"2") == b"two"
    assert server.connections == 1


def test_line_that_falls_silent_before_an_answers_end_is_opened_again(serve: Serve) -> None:
    def breaks_off_before_its_end(line: socket.socket, _request: bytes) -> bool:
        line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nGridclient-Length: 3\r\n\r\n3\r\none\r\n")
        return False

    server, line = serve(breaks_off_before_its_end, says(b"two"))
    assert (line.sync(b"1"), line.sync(b"2")) == (b"one", b"two")
    assert server.connections == 2


def test_nobody_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    line = HttpTransport(Address(f"http://127.0.0.1:{port}"))
    assert fails(line) == ("sync.unreachable", True)
    line.close()


def test_open_connection_that_the_hub_gave_up_is_opened_again(serve: Serve) -> None:
    server, line = serve(says(b"one"), hangs_up, says(b"two"))
    assert (line.sync(b"1"), line.sync(b"2")) == (b"one", b"two")
    assert server.connections == 2


def test_hub_that_hangs_up_at_once_is_not_asked_twice(serve: Serve) -> None:
    server, line = serve(hangs_up, says())
    assert fails(line) == ("sync.unreachable", True)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        ("401 Unauthorized", "sync.revoked", False),
        ("403 Forbidden", "sync.forbidden", False),
        ("409 Conflict", "sync.hub_changed", False),
        ("413 Too Large", "sync.refused", False),
        ("426 Upgrade Required", "sync.update_due", False),
        ("503 Unavailable", "sync.busy", True),
        ("507 Insufficient Storage", "sync.files_full", True),
        ("500 Error", "sync.hub_failed", True),
        ("302 Found", "sync.hub_failed", True),
    ],
)
def test_refusals_are_told_apart(serve: Serve, status: str, code: str, retryable: bool) -> None:
    _, line = serve(says(b"{}", status, "Retry-After: 7", "Location: http://127.0.0.1:9/"))
    with pytest.raises(SyncFault) as caught:
        line.sync(b"body")
    assert (caught.value.code, caught.value.retryable) == (code, retryable)
    assert not retryable or caught.value.params["retry_after"] == 7


def test_a_hub_that_says_what_is_wrong_with_it_is_believed(serve: Serve) -> None:
    for said, status, code, retryable in (
        ("hub.store_failed", "503 Unavailable", "sync.hub_store", True),
        ("sync.file_too_large", "413 Too Large", "sync.file_too_large", False),
        ("sync.revoked", "503 Unavailable", "sync.busy", True),  # the status is what a desk goes by
    ):
        _, line = serve(says(b'{"error": {"code": "%s"}}' % said.encode(), status))
        assert fails(line) == (code, retryable)


def test_files_go_in_pieces_with_their_places(serve: Serve) -> None:
    server, line = serve(
        says(b"", "200 OK", "Upload-Offset: 3", "Upload-Complete: ?0"),
        says(b"", "200 OK", "Upload-Offset: 5", "Upload-Complete: ?1"),
        says(b"", "409 Conflict", "Upload-Offset: 3", "Upload-Complete: ?0"),
        says(b"cd", "206 Partial Content", "Content-Range: bytes 2-3/5"),
        says(b"416", "416 Range Not Satisfiable", "Content-Range: bytes */5"),
        says(b"*/5", "416 Range Not Satisfiable", "Content-Range: */5"),  # as an older hub says it
        says(b'{"error": {"code": "sync.file_unknown"}}', "404 Not Found"),  # longer than what was asked for
        says(b"cd", "206 Partial Content"),
        says(b"cd", "206 Partial Content", "Content-Range: bytes 2-3/*"),
        says(b"abcde"),
        says(b"cd"),
    )
    name = "ab" * 32
    assert line.put_file(name, 0, b"abc", size=5) == (3, False)
    assert line.put_file(name, 3, b"de", size=5) == (5, True)
    assert line.put_file(name, 0, b"abc", size=5) == (3, False)
    assert line.get_file(name, 2, 2) == (b"cd", 5)
    assert line.get_file(name, 5, 2) == line.get_file(name, 5, 2) == (b"", 5)
    assert line.get_file(name, 2, 2) == (b"", 0)
    for _ in range(2):
        with pytest.raises(SyncFault, match=r"sync\.refused"):
            line.get_file(name, 2, 2)
    assert line.get_file(name, 0, 9) == (b"abcde", 5)
    with pytest.raises(SyncFault, match=r"sync\.refused"):
        line.get_file(name, 2, 2)
    assert b"Upload-Offset: 3" in server.requests[1] and b"Upload-Length: 5" in server.requests[1]
    assert b"Range: bytes=2-3" in server.requests[3]


def test_code_that_the_hub_does_not_know_says_so(serve: Serve) -> None:
    _, line = serve(
        says(b'{"error": {"code": "enrol.code_unknown"}}', "403 Forbidden"), says(b"[]"), says(b"[" * 100_000)
    )
    for code in ("enrol.code_unknown", "sync.refused", "sync.refused"):
        with pytest.raises(SyncFault) as caught:
            line.enrol("code", "device", "name", bytes(32))
        assert caught.value.code == code


def test_address_without_a_host_is_refused() -> None:
    for url in ("ftp://hub", "hub:8700", "https://"):
        with pytest.raises(InvalidInput):
            Address(url)


def test_only_the_known_certificate_will_do(tmp_path: Path) -> None:
    digest, context = _certificate(tmp_path)
    server = Server(says(b"one"), tls=context)
    url = f"https://127.0.0.1:{server.port}"
    try:
        assert certificate_of(Address(url)) == digest
        line = HttpTransport(Address(url, digest.hex()), silence_s=2)
        assert line.sync(b"1") == b"one"
        line.close()
        for fingerprint, fault in (
            (hashlib.sha256(b"other").hexdigest(), ("sync.certificate_changed", False)),
            ("", ("sync.certificate_untrusted", True)),
        ):
            other = HttpTransport(Address(url, fingerprint), silence_s=2)
            assert fails(other) == fault
            other.close()
    finally:
        server.close()
    assert len(server.requests) == 1


def test_a_certificate_out_of_its_time_is_told_apart_from_a_strange_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, context = _certificate(tmp_path, days=-2)
    server = Server(tls=context)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "both.pem"))
    line = HttpTransport(Address(f"https://127.0.0.1:{server.port}"), silence_s=2)
    try:
        assert fails(line) == ("sync.certificate_expired", True)
    finally:
        line.close()
        server.close()


def test_a_line_that_is_cut_before_anybody_said_who_it_is_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            with contextlib.suppress(OSError):
                met, _ = listener.accept()
                met.recv(1)
                met.shutdown(socket.SHUT_WR)
                met.recv(1 << 16)
                met.close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        cut = HttpTransport(Address(f"https://127.0.0.1:{listener.getsockname()[1]}", "0" * 64), silence_s=2)
        try:
            assert fails(cut) == ("sync.unreachable", True)
        finally:
            cut.close()
            thread.join(5)


def test_way_to_a_hub_on_this_machine_is_known_without_sending() -> None:
    assert way_to("http://127.0.0.1:8700") == "127.0.0.1"


def _certificate(folder: Path, days: int = 1) -> tuple[bytes, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub")])
    now = datetime.now(CHINA_TIME)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = folder / "both.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, form, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return hashlib.sha256(made.public_bytes(serialization.Encoding.DER)).digest(), context
