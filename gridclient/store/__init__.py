"""The desk's store: an encrypted SQLite file with the log of events, the tables folded from it and what reads them.

Words used throughout:

* *subject*: what an event is about, nearly always a case; ``subjects.no`` (= ``cases.no``) is its number here.
* *origin*: one numbered and chained run of events: a stream, a device, and an incarnation (a start of its store).
* *link*: the hash of an event over its predecessor's (``events.hash``); the first one follows ``CHAIN_START``.
* *position*: where the hub placed an event in its stream (``places.acked``). An event without one *waits*.
* *pos*: where an event stands in this store's log, whatever the hub says.
* *place* in the columns in memory: a case's number less 1. A *blob* holds the packed rows of 88 cases, a *stamp*
  numbers the states of the packed rows.

Synchronisation (``sync_*``) is asked through ``sync_store``, the port; screens ask ``sync_rounds``. What comes in goes
through ``sync_intake``: ``sync_chains`` checks links and signatures, ``sync_proven`` what these leave unproven,
``sync_feeds`` counts and sums. What goes out is the own waiting events, but for what is set aside (``sync_aside``),
those of a stick (``sync_carrying``) and what the hub lost (``sync_lost``); ``sync_files`` is the queue of attachments.
``sync_withdrawing`` takes events of others out again, ``sync_rewriting`` gives own ones other numbers.
"""
