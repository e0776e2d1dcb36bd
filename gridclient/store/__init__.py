"""The desk's store: an encrypted SQLite file with the log of events, the tables folded from it and what reads them.

Words used throughout:

* *subject*: what an event is about, nearly always a case; ``subjects.no`` (= ``cases.no``) is its number here.
* *origin*: one numbered and chained run of events: a stream, a device, and an incarnation (a start of its store).
* *link*: the hash of an event over its predecessor's (``events.hash``); the first one follows ``CHAIN_START``.
* *position*: where the hub placed an event in its stream (``events.acked``). An event without one *waits*.
* *pos*: where an event stands in this store's log, whatever the hub says.
* *place* in the columns in memory: a case's number less 1. A *blob* holds the packed rows of 88 cases, a *stamp*
  numbers the states of the packed rows.
"""
