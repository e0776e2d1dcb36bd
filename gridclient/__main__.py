"""``python -m gridclient``."""

import sys

from gridclient.cli import main

if __name__ == "__main__":
    sys.exit(main())
