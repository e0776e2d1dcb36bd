"""Logs and crash files say what went wrong with the program and nothing about people."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridclient.domain.errors import RuleViolation
from gridclient.logs import KEPT_CRASHES, KEPT_RECORDS, CrashWatch, kept_log, told, trace, without_personal_data

NAME, MOBILE, PHONE, CARD = "欧阳建国", "13812345678", "0631-5201234", "371002199001011234"
PERSONAL = (NAME, MOBILE, PHONE, CARD, "138 1234 5678")


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[CrashWatch]:
    watch = CrashWatch(tmp_path / "logs")
    watch.install()
    yield watch
    watch.remove()


def crash(reporter: str) -> None:
    """Fails the way programs fail: with what it worked on in its variables and in its message."""
    facts = {"reporter_name": reporter, "reporter_phone": MOBILE}
    try:
        int(facts["reporter_name"])
    except ValueError as error:
        raise KeyError(f"{reporter} {MOBILE} {CARD}") from error


def fault() -> BaseException:
    with pytest.raises(KeyError) as caught:
        crash(NAME)
    return caught.value


def crash_files(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("crash-*.txt"))]


def test_a_crash_file_holds_no_personal_data(watch: CrashWatch, tmp_path: Path) -> None:
    log = logging.getLogger("gridclient.test")
    for text in PERSONAL:
        log.error("case of %s", text)
    log.error("it failed", exc_info=fault())
    sys.excepthook(KeyError, fault(), None)
    (text,) = crash_files(tmp_path / "logs")
    assert not [secret for secret in (*PERSONAL, "建国", "12345678", "5201234") if secret in text]
    assert "in crash" in text and "ValueError" in text and "KeyError" in text


def test_what_is_printed_about_a_fault_holds_none_either(watch: CrashWatch, capsys: pytest.CaptureFixture[str]) -> None:
    sys.excepthook(KeyError, fault(), None)
    told_people = capsys.readouterr().err
    assert "程序出错了" in told_people and "crash-" in told_people
    assert not [secret for secret in PERSONAL if secret in told_people]


def test_ids_and_codes_stay_readable() -> None:
    ids = "case 770a659fc7291558f032116e9b15357a 371002003-20261121-9U0020 grid 371002003012001 unit 371002003-B07"
    assert without_personal_data(ids) == ids


def test_a_broken_rule_is_told_by_its_code_only() -> None:
    assert told(RuleViolation("case.not_open", state=NAME)) == "RuleViolation case.not_open"
    assert told(PermissionError(13, "denied", f"/{NAME}/store.db")) == "PermissionError errno 13"
    assert told(AttributeError("no attribute 'x'")) == "AttributeError: no attribute 'x'"


def test_a_circle_of_causes_ends() -> None:
    one, other = ValueError("a"), ValueError("b")
    one.__context__, other.__context__ = other, one
    assert trace(one).count("ValueError") == 2


def test_a_crash_file_holds_the_last_records(watch: CrashWatch, tmp_path: Path) -> None:
    for number in range(KEPT_RECORDS + 5):
        logging.getLogger("gridclient.test").warning("record number-%d.", number)
    watch.record(fault(), where="here")
    (text,) = crash_files(tmp_path / "logs")
    assert "number-4." not in text and "number-5." in text and f"number-{KEPT_RECORDS + 4}." in text


def test_a_fault_of_a_thread_is_recorded_too(watch: CrashWatch, tmp_path: Path) -> None:
    thread = threading.Thread(target=crash, args=(NAME,), name="reader-3")
    thread.start()
    thread.join()
    (text,) = crash_files(tmp_path / "logs")
    assert "in reader-3" in text


FAULTY = """
import sys
from gridclient import __main__
from gridclient.cli import tools

def broken(*_):
    raise KeyError("欧阳建国 13812345678")

tools.explain = broken
sys.argv = ["gridclient", *sys.argv[1:]]
sys.exit(__main__.main())
"""


@pytest.mark.parametrize("as_json", [True, False])
def test_a_fault_ends_with_a_status_of_its_own_and_one_document(as_json: bool) -> None:
    words = ["deadline", "--from", "2026-02-13T09:00:00", "--limit", "1工作日", *(["--json"] if as_json else [])]
    run = [sys.executable, "-c", FAULTY, *words]
    ran = subprocess.run(run, check=False, capture_output=True, encoding="utf-8", timeout=60)
    assert ran.returncode == 70
    assert "程序出错" in ran.stderr and "in broken" in ran.stderr and MOBILE not in ran.stderr
    if as_json:
        assert json.loads(ran.stdout)["error"]["code"] == "program.failed"
    else:
        assert ran.stdout == ""


def test_a_fault_is_told_by_its_status_where_there_is_nowhere_to_print() -> None:
    words = ["deadline", "--from", "2026-02-13T09:00:00", "--limit", "1工作日"]
    run = [sys.executable, "-c", f"import sys; sys.stderr = None\n{FAULTY}", *words]
    ran = subprocess.run(run, check=False, capture_output=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (70, b"")


def test_old_crash_files_go_and_a_folder_that_cannot_be_written_is_no_second_fault(tmp_path: Path) -> None:
    watch = CrashWatch(tmp_path / "logs")
    for _ in range(KEPT_CRASHES + 3):
        watch.record(fault(), where="here")
    assert len(crash_files(tmp_path / "logs")) == KEPT_CRASHES
    (tmp_path / "file").write_text("")
    watch.folder = tmp_path / "file"
    assert watch.record(fault(), where="here") is None
    watch.folder = None
    assert watch.record(fault(), where="here") is None


def test_the_log_rotates_in_the_profile_and_holds_no_personal_data(tmp_path: Path) -> None:
    folder, before = tmp_path / "logs", list(logging.getLogger().handlers)
    with kept_log(folder):
        logging.getLogger("gridclient.test").info("dispatched 770a659f by %s", NAME)
        logging.getLogger("gridclient.test").error("it failed", exc_info=fault())
    text = (folder / "gridclient.log").read_text(encoding="utf-8")
    assert "dispatched 770a659f by ▇" in text
    assert not [secret for secret in PERSONAL if secret in text]
    assert logging.getLogger().handlers == before
    logging.getLogger("gridclient.test").error("too late")
    assert "too late" not in (folder / "gridclient.log").read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_costs_the_log_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("")
    before = list(logging.getLogger().handlers)
    with kept_log(tmp_path / "logs"):
        for words in ("on", "and on"):
            logging.getLogger("gridclient.test").info(words)
    assert capsys.readouterr().err == "", "logging tells of its own faults there"
    assert logging.getLogger().handlers == before
    assert (tmp_path / "logs").read_text() == ""
