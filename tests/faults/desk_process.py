"""A desk that works without end, as a process to be killed: ``python -m tests.faults.desk_process PROFILE SEED``.

It has its worker of synchronisation as the window has it. What is done is said line by line: the worker's process,
then the account of every command whose transaction went through.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

from gridclient.composition import open_desk
from gridclient.domain.case import CaseFacts
from gridclient.domain.errors import GridClientError
from gridclient.domain.roles import AccountRole, Action, Actor
from gridclient.services.rows import CaseFilter, Sort
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.sync.control import ProcessSyncControl

_PAUSE_S = 0.05
_DEEDS: Final[Sequence[tuple[Action, Mapping[str, str]]]] = (
    (Action.NOTE, {"text": "已电话联系"}),
    (Action.FILE, {}),
    (Action.AMEND, {"title": "占道经营"}),
    (Action.URGE, {"text": "请尽快"}),
    (Action.VOID, {"reason": "误报"}),
)


def main(folder: Path, seed: str) -> None:
    random = Random(seed)
    with open_desk(folder) as opened:
        queries = SqliteSyncQueries(opened.database)
        control = ProcessSyncControl("gridclient.syncing:open_for_worker", (folder,), queries, enrolled=True)
        control.start()
        while control._worker.process is None or control._worker.process.pid is None:
            time.sleep(0.01)
        print(control._worker.process.pid, flush=True)
        for number in count():
            account = f"{seed}/{number}"
            desk = replace(opened.desk, actor=Actor(account, AccountRole.SHIFT_LEADER))
            rows = desk.queries.page(CaseFilter(), Sort(), limit=20).rows
            try:
                if not rows or number % 4 == 0:
                    desk.register(CaseFacts(title=f"案件{account}"))
                else:
                    action, args = random.choice(_DEEDS)
                    desk.act(action, random.choice(rows).id, args)
            except GridClientError:
                continue  # the rules forbid it
            print(account, flush=True)
            control.committed()
            control.sync_now()
            time.sleep(_PAUSE_S)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
