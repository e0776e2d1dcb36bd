"""Other synchronisation, installed beside this project for comparison and never part of it.

What a registry does not give (or the machine cannot run) is left out, and said so.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

_CHECKOUT: Final = Path(__file__).parents[2]
_PLACE: Final = _CHECKOUT / "build" / "peers"
_SCRIPTS: Final = Path(__file__).parent / "peers"
_PYTHON: Final = {"anki": "anki==26.9.3", "pygeodiff": "pygeodiff==2.3.2", "apsw": "apsw==3.54.1.0"}
_NODE: Final = ("pouchdb@9.0.0", "express-pouchdb@4.2.0", "express@5.3.0")
_INSTALL_S: Final = 240
_STEP_S: Final = 120
_START_S: Final = 20


class PeerMissing(Exception):
    """A peer could not be installed or started; the text says which and why."""


def python_peer(name: str) -> Path:
    """The interpreter that has the package; made and installed when it is not there.

    Raises:
        PeerMissing: no registry gave it.
    """
    environment = _PLACE / "venv"
    python = environment / "bin" / "python"
    if not python.is_file():
        _install(name, [sys.executable, "-m", "venv", str(environment)])
    known = subprocess.run([python, "-c", f"import {name}"], capture_output=True, check=False)
    if known.returncode:
        _install(name, [str(python), "-m", "pip", "install", "--quiet", "--only-binary=:all:", _PYTHON[name]])
    return python


def node_peer() -> Path:
    """The folder whose modules are PouchDB and its server. Raises ``PeerMissing``."""
    folder = _PLACE / "node"
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise PeerMissing("pouchdb: node is not installed")
    if not (folder / "node_modules" / "express-pouchdb").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n', "utf-8")
        _install("pouchdb", ["npm", "install", "--silent", "--no-audit", "--no-fund", *_NODE], folder)
    return folder


def _install(name: str, command: Sequence[str], folder: Path | None = None) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=_INSTALL_S)
    except subprocess.TimeoutExpired as error:
        raise PeerMissing(f"{name}: not installed within {_INSTALL_S} s") from error
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise PeerMissing(f"{name}: not installed ({' '.join(last)})") from error


def free_port() -> int:
    """A port of loopback that nobody has."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@contextmanager
def server(command: Sequence[str], port: int, settings: Mapping[str, str] | None = None) -> Iterator[None]:
    """A peer's server until the block ends. Raises ``PeerMissing`` when it does not answer."""
    quiet = subprocess.DEVNULL
    running = subprocess.Popen(command, env={**os.environ, **(settings or {})}, stdout=quiet, stderr=quiet)
    try:
        _await(port, command[0])
        yield
    finally:
        running.terminate()
        running.wait(_START_S)


def _await(port: int, name: str) -> None:
    until = time.monotonic() + _START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError as error:
            if time.monotonic() > until:
                raise PeerMissing(f"{Path(name).name}: its server does not answer") from error
            time.sleep(0.05)


class PeerScript:
    """A peer's script, step by step: each step is told when it is done, then waits for the next to be let go."""

    def __init__(self, command: Sequence[str], script: str, *arguments: str) -> None:
        given = [*command, str(_SCRIPTS / script), *arguments]
        self._name = script
        settings = {**os.environ, "PYTHONPATH": str(_CHECKOUT)}  # for our own
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(given, stdin=pipe, stdout=pipe, env=settings, text=True)

    def __enter__(self) -> Self:
        self._read()  # it has what it will send
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_START_S)
        finally:
            self._process.kill()

    def step(self) -> dict[str, Any] | None:
        """Lets the next step begin and waits for its end; ``None`` when there is none."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any] | None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line and self._process.wait(_STEP_S):
            raise PeerMissing(f"{self._name} broke off")
        told: dict[str, Any] | None = json.loads(line) if line else None
        return told
