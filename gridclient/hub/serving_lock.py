"""The lock that keeps a second hub from serving a PostgreSQL database. It belongs to a connection and goes with it (the
server is started again, an idle connection is cut on the way), so it is looked after, and taken again.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

import psycopg

from gridclient.domain.errors import Conflict, GridClientError, InvalidInput
from gridclient.hub.postgres_line import Connection, connected, opening

_LOOK_S: Final = 2.0
_END_S: Final = 10.0
_NOTICED: Final = "-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
"""Within a minute the server notices a machine that lost its power, instead of after TCP's two hours."""
# None of these has a parameter: the driver would prepare it, which a pooler need not pass on.
_TAKE: Final = "SELECT pg_try_advisory_lock(4711203518)"
_SESSION: Final = "SELECT pg_backend_pid()"
_END_FORMER: Final = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE application_name = '{}' AND pid <> pg_backend_pid()"
)
_LOG: Final = logging.getLogger(__name__)


@contextmanager
def served_once(url: str, lost: Callable[[], object]) -> Iterator[None]:
    """Holds the lock while the block lasts; calls ``lost``, on a thread, once another hub has it.

    Raises:
        Conflict: ``hub.running``: another hub has it; ``hub.taken``, when the block ends: it has it since.
        InvalidInput: ``hub.pooled``: a pooler lends a connection for each transaction, so that nothing is held.
        StoreUnavailable: ``hub.not_opened``.
    """
    keeper = _Keeper(url, lost)
    with opening(url):
        keeper.begin()
    try:
        yield
    finally:
        keeper.end()
    if keeper.fault is not None:
        raise keeper.fault


class _Keeper:
    """``fault``: why the lock is gone for good."""

    def __init__(self, url: str, lost: Callable[[], object]) -> None:
        self._url, self._lost = url, lost
        self._database = ""
        self._name = f"gridclient-hub {secrets.token_hex(8)}"  # by which it knows the connections it took the lock on
        self._line: Connection | None = None
        self._session = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_after, name="hub-lock", daemon=True)
        self.fault: GridClientError | None = None

    def begin(self) -> None:
        self._take("hub.running")
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join(_END_S)

    def _look_after(self) -> None:
        while self.fault is None and not self._ended.wait(_LOOK_S):
            try:
                self._look()
            except psycopg.Error as error:
                if self._line is not None:
                    _LOG.warning("the database's lock is lost: %s", error.sqlstate or type(error).__name__)
                self._drop()
            except GridClientError as fault:
                _LOG.error("the database's lock is lost: %s", fault.code)
                self.fault = fault
                self._lost()
        self._drop()

    def _look(self) -> None:
        if self._line is None:
            self._take("hub.taken")
            if self._line is not None:
                _LOG.info("the database's lock is taken again")
        elif _asked(self._line, _SESSION) != self._session:
            raise InvalidInput("hub.pooled")

    def _take(self, code: str) -> None:
        """Takes the lock on a new connection, or later if a former one of this process still has it.

        Raises:
            Conflict: with this code: another hub has it.
        """
        line = self._connected(self._name)
        try:
            self._session = self._session_of(line)
            former = _asked(line, _END_FORMER.format(self._name))  # the server may not have missed it yet
            if _asked(line, _TAKE):
                self._line = line
            elif not former:
                raise Conflict(code, file=line.info.dbname)
        finally:
            if self._line is None:
                line.close()

    def _session_of(self, line: Connection) -> int:
        """The server's number for this connection. A pooler that lends one for each transaction gives another client
        the one of whoever asked last."""
        session: int = _asked(line, _SESSION)
        with closing(self._connected("gridclient-hub")) as other:
            for statement in ("BEGIN", _SESSION):
                other.execute(statement.encode())
            if _asked(line, _SESSION) != session:
                raise InvalidInput("hub.pooled")
        return session

    def _connected(self, name: str) -> Connection:
        return connected(self._url, _NOTICED, name)

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def _asked(line: Connection, statement: str) -> Any:
    """The one value that a statement gives."""
    (found,) = line.execute(statement.encode()).fetchall()
    return found[0]
