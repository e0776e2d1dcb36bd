"""A hub that runs: within this process on a thread, or as a process of its own; and plain HTTP to it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import urllib3
import uvicorn
from starlette.applications import Starlette

from gridclient.hub.app import HubSettings, build_hub
from gridclient.hub.backend import Backend
from gridclient.hub.heads import BriefProtocol

ADMIN: Final = "admin-token-of-the-test"
_CHECKOUT: Final = Path(__file__).parents[2]
_PATIENCE_S: Final = 30.0


@dataclass(frozen=True)
class HubLine:
    """Requests to one hub."""

    url: str
    pool: urllib3.PoolManager

    def ask(
        self, method: str, path: str, body: bytes = b"", *, token: str = "", headers: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        given = {**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        return self.pool.request(method, self.url + path, body=body or None, headers=given, retries=False)

    def sync(self, token: str, body: bytes) -> bytes:
        """As ``HubService.sync``, over the line."""
        answer = self.ask("POST", "/v1/sync", body, token=token)
        assert answer.status == 200, (answer.status, answer.data)
        return answer.data

    def json(self, method: str, path: str, document: Any) -> tuple[int, Any]:
        answer = self.ask(method, path, json.dumps(document).encode())
        return answer.status, json.loads(answer.data)


@contextmanager
def hub_on_thread(
    backend: Backend, folder: Path, *, behind_proxy: bool = False, behind: tuple[str, ...] = (), **more: Any
) -> Iterator[HubLine]:
    """The application behind a real socket of this machine; the database is closed in the end."""
    proxied = behind_proxy or bool(behind)
    settings = HubSettings(folder / "files", ADMIN, threads=4, behind_proxy=proxied, behind=behind, **more)
    with served(build_hub(backend, settings)) as url, urllib3.PoolManager(timeout=_PATIENCE_S) as pool:
        yield HubLine(url, pool)


@contextmanager
def served(
    app: Starlette, pem: tuple[Path, Path] | None = None, *, http: type[BriefProtocol] = BriefProtocol
) -> Iterator[str]:
    """The address at which an application answers, on a thread; it is ended with the block."""
    config = uvicorn.Config(
        app,
        http=http,
        port=0,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        lifespan="on",
        timeout_graceful_shutdown=2,
        ssl_certfile=pem[0] if pem else None,
        ssl_keyfile=pem[1] if pem else None,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="hub-under-test")
    thread.start()
    until = time.monotonic() + _PATIENCE_S
    try:
        while not server.started:
            assert thread.is_alive() and time.monotonic() < until, "the hub did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"{'https' if pem else 'http'}://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(_PATIENCE_S)


@contextmanager
def hub_process(
    database: str,
    folder: Path,
    *arguments: str,
    listen: str = "127.0.0.1:0",
    prefix: Sequence[str] = (),
    errors: int | IO[bytes] = subprocess.DEVNULL,
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """``gridclient hub serve`` with its address; it is ended by SIGTERM unless it is gone by then. ``prefix`` stands
    before its command (another network namespace). All its processes are a group of their own, as in a terminal."""
    command = [*prefix, sys.executable, "-m", "gridclient", "hub", "serve", "--db", database, "--listen", listen]
    command += ["--folder", str(folder), "--json", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, cwd=_CHECKOUT, start_new_session=True)
    assert process.stdout is not None
    try:
        told = b""
        while not told.endswith(b"}\n"):
            line = process.stdout.readline()
            assert line, "the hub did not start"
            told += line
        yield process, json.loads(told)["url"]
    finally:
        process.stdout.close()
        process.terminate()
        process.wait(_PATIENCE_S)
