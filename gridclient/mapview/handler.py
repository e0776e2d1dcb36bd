"""Answers requests to ``grid://app/…`` on pool threads, so that the GUI thread reads no file and no store.

Until the store is open, requests wait. The page is then sent with its first answers embedded, and draws without asking.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QUrl, Signal, Slot
from PySide6.QtWebEngineCore import QWebEngineUrlRequestJob, QWebEngineUrlSchemeHandler

from gridclient.domain.errors import GridClientError, InvalidInput, NotFound
from gridclient.mapview.routes import Reply, Routes
from gridclient.mapview.scheme import ORIGIN

logger = logging.getLogger(__name__)

_POOL_SIZE = 3


class GridSchemeHandler(QWebEngineUrlSchemeHandler):
    """Serves these addresses to the page itself and to nobody else.

    Signals: ``failed(code)`` when the store or another port raised an error; ``answered()`` after every answer.
    """

    failed = Signal(str)
    answered = Signal()
    _answered = Signal(int, object)

    def __init__(self, *, routes: Routes, parent: QObject) -> None:
        super().__init__(parent)
        self._routes = routes
        self._early: list[tuple[int, str, str]] | None = []  # requests that wait for the store
        self._pool = ThreadPoolExecutor(_POOL_SIZE, thread_name_prefix="map")
        self._jobs: dict[int, QWebEngineUrlRequestJob] = {}
        self._count = 0
        self._answered.connect(self._on_answered)

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        """Called by WebEngine on the GUI thread for each request."""
        url, initiator = job.requestUrl(), job.initiator()
        foreign = initiator.isValid() and initiator.toString() != ORIGIN
        if foreign or url.host() != QUrl(ORIGIN).host() or job.requestMethod().data() != b"GET":
            logger.warning("refused %s asked by %s", url.toString(), initiator.toString())
            job.fail(QWebEngineUrlRequestJob.Error.RequestDenied)
            return
        self._count += 1
        number = self._count
        self._jobs[number] = job
        job.destroyed.connect(partial(self._on_job_gone, number))  # aborted by the page
        if self._early is None:
            self._submit(number, url.path(), url.query())
        else:
            self._early.append((number, url.path(), url.query()))

    @property
    def waiting(self) -> int:
        """How many requests wait for the store."""
        return len(self._early or ())

    def begin(self) -> None:
        """To be called once the store is open: answers the waiting requests and all later ones."""
        early, self._early = self._early or [], None
        for number, path, query in early:
            self._submit(number, path, query)

    def close(self) -> None:
        """Lets running answers finish and drops the others; later requests fail."""
        self._jobs.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, number: int, path: str, query: str) -> None:
        future = self._pool.submit(self._routes.answer, path, query)
        future.add_done_callback(partial(self._answered.emit, number))

    def _on_job_gone(self, number: int, *_: object) -> None:
        self._jobs.pop(number, None)

    @Slot(int, object)
    def _on_answered(self, number: int, future: Future[Reply]) -> None:
        job = self._jobs.pop(number, None)
        if job is None:
            return
        try:
            media_type, body = future.result()
        except (NotFound, InvalidInput) as refusal:
            logger.warning("the map page asked for what is not there: %s", refusal)
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
        except GridClientError as failure:
            job.fail(QWebEngineUrlRequestJob.Error.RequestFailed)
            self.failed.emit(failure.code)
        except BaseException:
            job.fail(QWebEngineUrlRequestJob.Error.RequestFailed)
            raise  # a bug: goes to sys.excepthook
        else:
            _reply(job, media_type, body)
            self.answered.emit()


def _reply(job: QWebEngineUrlRequestJob, media_type: str, body: bytes) -> None:
    buffer = QBuffer(job)  # owned by the job
    buffer.setData(QByteArray(body))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    job.reply(QByteArray(media_type.encode()), buffer)
