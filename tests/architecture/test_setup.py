"""Setting up where the packages cannot be had, or where somebody stops it in the midst."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="there is no make there")]

NOBODY = 9  # a port where nothing listens


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In a folder of an awkward name, with an environment, and a lock that names a package which is nowhere."""
    folder = tmp_path_factory.mktemp("网格 客户端")
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "requirements.lock").write_text(f"nowhere==1 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", folder / ".venv"], check=True)
    return folder


@pytest.fixture
def ready(checkout: Path) -> Path:
    """It was ready before the lock changed."""
    file = checkout / ".venv" / ".ready"
    file.write_text(f"{checkout.resolve()}\n", encoding="utf-8")
    os.utime(file, (1, 1))
    return file


def setting_up(checkout: Path, port: int, **settings: str) -> subprocess.Popen[str]:
    settings |= {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": f"http://127.0.0.1:{port}/", "PIP_RETRIES": "0"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE", "VENV"))}
    return subprocess.Popen(
        ["make", "setup"], cwd=checkout, env=kept | settings, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def test_without_a_line_set_up_says_what_to_do_and_leaves_what_was_ready(checkout: Path, ready: Path) -> None:
    process = setting_up(checkout, NOBODY)

    told = process.communicate()[1]

    assert process.returncode != 0
    assert "start the same command again" in told.splitlines()[-2]  # the last line is make's own
    assert ready.is_file()


def test_an_environment_whose_renewal_was_killed_is_not_taken_for_a_ready_one(checkout: Path, ready: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as index:  # takes the question, answers nothing
        index.settimeout(60)
        process = setting_up(checkout, index.getsockname()[1])
        asking, _ = index.accept()

        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        asking.close()

    assert not ready.exists()


def test_a_python_too_new_for_the_locked_packages_is_passed_over(checkout: Path, tmp_path: Path) -> None:
    itself = getattr(sys, "_base_executable", sys.executable)
    (tmp_path / "python3").write_text(
        f"#!/bin/sh\nexec '{itself}' -c 'import sys; sys.version_info = (3, 99, 0); exec(sys.argv[1])' \"$2\"\n",
        "utf-8",
    )
    (tmp_path / "python3.13").write_text(f"#!/bin/sh\nexec '{itself}' \"$@\"\n", "utf-8")
    for name in ("python3", "python3.13"):
        (tmp_path / name).chmod(0o755)
    process = setting_up(checkout, NOBODY, PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    told = process.communicate()[1]

    assert "nowhere==1" in told  # pip was asked, in an environment that the next one made
