"""The county's hub: places every event in its stream, keeps rights and files, and answers desks. It folds no cases.

Words used throughout: a *stream* is one order of events (``t:<township>``, ``ref``), a *position* the place of an event
in it (1, 2, 3 …). A *push* is a signed batch of one origin's events. A *feed* is what one device may read: a stream, or
a unit's part of it (``d:<unit>@<stream>``); a *page* is the next stretch of a feed. See also
:mod:`gridclient.services.sync_port`.
"""
