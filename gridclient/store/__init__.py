"""The desk's store: an encrypted SQLite file with the log of events, the tables folded from it and what reads them."""

# The driver must be the first to import sqlite-utils, whichever module of this folder is asked for first.
from gridclient.store import driver as driver
