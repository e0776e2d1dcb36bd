"""``python -m gridclient``, and the program of the bundle."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    """Runs the command line and watches for faults that nobody foresaw; gives the exit status."""
    from gridclient.forerunner import Forerunner
    from gridclient.opening_desk import desk_to_open

    profile = desk_to_open(sys.argv[1:])
    forerunner = Forerunner.begin(profile) if profile else None

    from gridclient.cli import main as run
    from gridclient.logs import CrashWatch

    watch = CrashWatch()
    watch.install()

    def look_after(profile: Path) -> None:
        if (profile / "profile.json").is_file():
            watch.folder = profile / "logs"

    with watch:
        return run(on_profile=look_after, forerunner=forerunner)
    from gridclient.cli.output import report_fault

    return report_fault(as_json="--json" in sys.argv)


if __name__ == "__main__":
    if getattr(sys, "frozen", False):
        from multiprocessing import freeze_support

        freeze_support()  # a worker process of the bundle starts here and never comes back
    sys.exit(main())
