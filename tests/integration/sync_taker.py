"""A desk that takes pages in until it is killed: ``python -m tests.integration.sync_taker PROFILE PAGES``.

PAGES is a file of pickled pages, each with the cursor that it follows; what is done is said line by line.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from gridclient.services.sync_port import FeedPage
from gridclient.store.profile import open_profile
from tests.contract.stage import NOW
from tests.fakes.toy_desk import desk_on


def main(folder: Path, file: Path) -> None:
    pages: list[tuple[int, FeedPage]] = pickle.loads(file.read_bytes())
    with open_profile(folder, now=NOW) as profile:
        desk = desk_on(profile, 2)
        cursor = desk.sync.feeds()[0].cursor
        for after, page in pages:
            if after >= cursor:
                desk.sync.take(page)
                print(page.cursor, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
