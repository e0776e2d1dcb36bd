"""How the GUI stalls while a file of cases is looked into and imported on the real window.

Run: ``python -m tests.benchmarks.desk_import PROFILE [--rows N] [--json]``. The profile is copied, so that the store
stays as it is. Told is the longest time in milliseconds in which the GUI thread took no timer: while the window rests,
while the page of imports opens, while it looks into the file, and from the order to the end of the import.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from gridclient.app import App
from gridclient.ui.importing.page import ImportPage
from tests.benchmarks.desk_filter import StallWatch, rest, settled_desk, until
from tests.benchmarks.import_cases import source_file

_MODULES_COME_S = 11
_REST_S = 3
_AT_MOST_S = 600


def measure(profile: Path, rows: int) -> dict[str, float]:
    """The longest stall of each part."""
    with tempfile.TemporaryDirectory(prefix="gridclient-bench-") as scratch:
        file = source_file(Path(scratch), rows)
        copied = Path(shutil.copytree(profile, Path(scratch) / "desk"))
        with settled_desk(copied) as app:
            return _measured(app, file)


def _measured(app: App, file: Path) -> dict[str, float]:
    watch, told = StallWatch(), dict[str, float]()

    def worst_of(part: str, doing: Callable[[], object]) -> None:
        watch.start()
        doing()
        rest(_REST_S)
        told[part] = watch.worst

    rest(_MODULES_COME_S)
    worst_of("rest", lambda: None)
    worst_of("opening the page", app.window.actions_.desk["import"].trigger)
    page = app.window.findChild(ImportPage)
    assert page is not None
    looking = page.looking
    worst_of("looking into the file", lambda: until(looking.seen, lambda: page.open_file(file)))
    assert page.go.isEnabled()
    worst_of("importing", lambda: until(page.imported, page.go.click, seconds=_AT_MOST_S))
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("profile", type=Path)
    parser.add_argument("--rows", type=int, default=58_251)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    told = measure(given.profile, given.rows)
    print(json.dumps(told) if given.json else "\n".join(f"{part}: {stall:.0f} ms" for part, stall in told.items()))


if __name__ == "__main__":
    main()
