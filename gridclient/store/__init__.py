"""The desk's store: an encrypted SQLite file with the log of events, the tables folded from it and what reads them."""
