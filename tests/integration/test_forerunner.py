"""The process that answers for the store while the desk still begins. Each test begins as the command line does: in a
process of its own, which has no other thread."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gridclient.composition import create_profile, open_desk
from gridclient.domain.case import CaseFacts
from gridclient.store.schema import RULES_VALUE
from gridclient.store.settings import KEEP_VALUE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the desk opens its store by itself")

BEGIN = """
import os, signal, sys
from pathlib import Path
from gridclient.forerunner import Forerunner
profile = Path(sys.argv[1])
forerunner = Forerunner.begin(profile)
assert forerunner is not None
ready = forerunner.ready()
"""
EARLY = (
    BEGIN
    + """
from gridclient.domain.case import CaseFacts
from gridclient.domain.errors import Conflict, GridClientError
from gridclient.early_desk import EarlyDesk
from gridclient.services.rows import CaseFilter, Sort
from gridclient.store.profile_lock import take_lock
early = EarlyDesk(profile, forerunner, ready, take_lock(profile))
titles = lambda: [row.title for row in early.desk.queries.page(CaseFilter(), Sort()).rows]
"""
)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    create_profile(folder, county="371002", township="371002003", name="测试指挥室")
    with open_desk(folder) as opened:
        opened.desk.register(CaseFacts(title="路灯不亮"))
    return folder


def told(profile: Path, steps: str) -> list[str]:
    command = [sys.executable, "-X", "utf8", "-c", steps, str(profile)]
    return subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout.split()


def test_a_store_that_has_to_be_brought_after_todays_rules_is_left_to_the_desk(profile: Path) -> None:
    with open_desk(profile) as opened, opened.database.writer() as connection:
        connection.execute(KEEP_VALUE, (RULES_VALUE, "1"))
    assert told(profile, BEGIN + "print(ready)") == ["None"]


def test_the_first_questions_are_answered_before_the_store_is_loaded(profile: Path) -> None:
    steps = (
        EARLY
        + """
queries = early.desk.queries
from gridclient.services.rows import Box
print(*titles(), queries.total(CaseFilter()), queries.box_counts()[Box.REPORTED], queries.figures()[""].open)
print('numpy' in sys.modules, 'gridclient.composition' in sys.modules)
early.close()
"""
    )
    assert told(profile, steps) == ["路灯不亮", "1", "1", "1", "False", "False"]


def test_a_write_waits_for_the_store_which_answers_from_then_on(profile: Path) -> None:
    steps = """
early.desk.register(CaseFacts(title="井盖缺失"))
print(*sorted(titles()))
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("ended")
early.close()
"""
    assert told(profile, EARLY + steps) == ["井盖缺失", "路灯不亮", "ended"]


def test_a_setting_is_there_unasked_until_it_is_changed(profile: Path) -> None:
    with open_desk(profile) as opened:
        opened.desk.settings.keep_value("desk.x", "1")
        opened.desk.settings.keep_value("head/1/2", "a signature of sync's")
    steps = """
asked = []
forerunner.ask = lambda part, *given: asked.append(part)
print(early.desk.settings.value("desk.x"), asked, len(ready.values))
early.desk.settings.keep_value("desk.x", "2")
print(early.desk.settings.value("desk.x"))
early.close()
"""
    assert told(profile, EARLY + steps) == ["1", "[]", "1", "2"]


def test_the_profile_is_held_from_the_beginning_and_given_back(profile: Path) -> None:
    steps = """
from gridclient.composition import open_desk
try:
    open_desk(profile).__enter__()
except Conflict as error:
    print(error.code)
early.close()
with open_desk(profile):
    print("free")
"""
    assert told(profile, EARLY + steps) == ["profile.in_use", "free"]


def test_what_the_forerunner_cannot_answer_the_store_does(profile: Path) -> None:
    steps = """
try:
    early.desk.queries.case("no-such-case")
except GridClientError as error:
    print(error.code)
early.close()
"""
    assert told(profile, EARLY + steps) == ["case.unknown"]


def test_a_forerunner_that_died_leaves_the_store_to_answer(profile: Path) -> None:
    steps = "os.kill(forerunner._process, signal.SIGKILL); print(*titles()); early.close()"
    assert told(profile, EARLY + steps) == ["路灯不亮"]


def test_an_import_that_is_to_be_finished_is_left_to_the_desk(profile: Path) -> None:
    with open_desk(profile) as opened, opened.database.writer() as connection:
        connection.execute(
            "insert into imports (id, kind, file, actor, started_at, state) "
            "values (1, 'cases', '旧案件.xlsx', 'op1', '2026-11-20T10:00:00+08:00', 'ready')"
        )
    assert told(profile, BEGIN + "print(ready); forerunner.close()") == ["None"]


def test_a_folder_without_a_profile_is_left_to_the_desk(tmp_path: Path) -> None:
    assert told(tmp_path, BEGIN + "print(ready); forerunner.close()") == ["None"]


def test_a_system_without_room_for_another_process_leaves_all_to_the_desk(profile: Path) -> None:
    steps = """
import os, resource, sys
from pathlib import Path
from gridclient.forerunner import Forerunner
if not os.geteuid():  # the system counts nothing against root
    os.setgid(65534)
    os.setuid(65534)
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
free = os.dup(0)
os.close(free)
print(Forerunner.begin(Path(sys.argv[1])), os.dup(0) == free)
"""
    assert told(profile, steps) == ["None", "True"]
