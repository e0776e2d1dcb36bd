"""The command line, for administrators and scripts. Nothing here imports Qt until a window opens."""

from gridclient.cli.entry import main

__all__ = ["main"]
