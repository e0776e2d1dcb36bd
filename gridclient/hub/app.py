"""The hub over HTTP (Starlette): one end point for rounds, one to enrol, files, identity and rights, and pages for
administrators."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from gridclient.domain.errors import GridClientError, StoreUnavailable, SyncFault
from gridclient.domain.frozen import frozen
from gridclient.hub.answers import answer_to, fault_answer
from gridclient.hub.backend import Backend
from gridclient.hub.file_ends import FileEnds
from gridclient.hub.file_room import KEPT_FREE, MOST_A_DAY, FileRoom
from gridclient.hub.files import FileShelf
from gridclient.hub.guessing import GuessBrake
from gridclient.hub.incoming import Bodies, application, bearer, comes_from_here, password
from gridclient.hub.metrics import Tally, metrics_text
from gridclient.hub.proving import ProvingEnds
from gridclient.hub.service import Answer, HubService
from gridclient.hub.status import read_status, status_page
from gridclient.hub.work import Together, WorkPool
from gridclient.services.enrolment import Admission, Membership
from gridclient.sync.frame import CONTENT_TYPE, MOST_ON_THE_LINE, unpacked_size
from gridclient.sync.proofs import stamp_of
from gridclient.sync.terms import HEADER, HELD, SPOKEN, TELLING, WORKED, Terms, Versions, is_held, write_terms

_TALLY_S: Final = 2.0  # then what is due by the turn
_TALLIES_A_CLEANING: Final = 1800
_SEEN_AGAIN_S: Final = 60
_LOG: Final = logging.getLogger(__name__)


@frozen
class HubSettings:
    """What a hub needs besides its database.

    ``admin_token`` opens the administrators' pages to other machines; ``counts`` is the folder where several processes
    of one hub add up their counts; ``behind`` are the addresses of proxies whose ``X-Forwarded-For`` is believed;
    ``certificate`` is the SHA-256 of the certificate that this hub shows; ``shelf`` changes with every start, after
    which desks ask again which files are missing. Of the disk ``kept_free`` bytes are not filled with files, of which a
    device brings ``files_a_day`` bytes at most; each of several processes counts by itself.
    """

    files: Path
    admin_token: str
    threads: int = 8
    behind_proxy: bool = False
    counts: Path | None = None
    behind: tuple[str, ...] = ()
    certificate: bytes = b""
    shelf: str = field(default_factory=lambda: secrets.token_hex(3))
    versions: Versions = SPOKEN
    kept_free: int = KEPT_FREE
    files_a_day: int = MOST_A_DAY


def build_hub(backend: Backend, settings: HubSettings) -> Starlette:
    """The Starlette application. Closing it closes the database too."""
    hub = Hub(backend, settings)
    room = FileRoom(settings.files, time.time, kept_free=settings.kept_free, most_a_day=settings.files_a_day)
    files = FileEnds(backend, hub.service, hub.shelf, hub.work, hub.bodies, room=room)
    proving = ProvingEnds(hub.service, hub.work, settings.certificate)
    routes = [
        Route("/v1/sync", hub.guarded(hub.sync), methods=["POST"]),
        Route("/v1/enrol", hub.guarded(hub.enrol), methods=["POST"]),
        Route("/v1/hub", hub.guarded(proving.prove)),
        Route("/v1/me", hub.guarded(proving.tell)),
        Route("/v1/files", hub.guarded(files.lacking)),
        Route("/v1/files/{sha256}", hub.guarded(files.fetch), methods=["GET", "HEAD"]),
        Route("/v1/files/{sha256}", hub.guarded(files.bring), methods=["PUT"]),
        Route("/health", hub.guarded(hub.health)),
        Route("/metrics", hub.guarded(hub.show_metrics)),
        Route("/", hub.guarded(hub.show_status)),
    ]
    proxies = [Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.behind))] if settings.behind else []
    return Starlette(routes=routes, lifespan=hub.lifespan, middleware=proxies)


class Hub:
    """The end points of the application."""

    def __init__(self, backend: Backend, settings: HubSettings) -> None:
        self._backend = backend
        self._settings = settings
        self._brake = GuessBrake(time.monotonic)
        self.service = HubService(backend, time.time, versions=settings.versions)
        self.shelf = FileShelf(settings.files)
        self.work = WorkPool(settings.threads)
        self.bodies = Bodies()
        self._rounds: Together[tuple[str, bytes], Answer] = Together(
            self.work, self.service.answer_all, self.service.answer_alone
        )
        self._tally = Tally(settings.counts)

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Runs the upkeep while the application lives; closes the database at the end."""
        upkeep = asyncio.create_task(self._upkeep())
        try:
            yield
        finally:
            upkeep.cancel()
            with contextlib.suppress(asyncio.CancelledError, GridClientError):
                await upkeep
            with contextlib.suppress(GridClientError):
                await self.work.run(self._keep)
            self.work.close()
            self.service.close()
            self._backend.close()

    def guarded(self, end: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Wraps an end point: expected errors become JSON, and every answer is counted."""

        async def guarded(request: Request) -> Response:
            try:
                response = await end(request)
            except ClientDisconnect:
                response = Response(status_code=400)
            except TimeoutError:
                response = Response(status_code=408)
            except GridClientError as error:
                if isinstance(error, StoreUnavailable):
                    _LOG.error("database failed: %s", error.params.get("detail", ""))
                response = fault_answer(error)
            self.service.metrics.count("answers", f'status="{response.status_code}"')
            response.headers.setdefault(HEADER, write_terms(Terms(self.service.versions)))
            return response

        return guarded

    async def sync(self, request: Request) -> Response:
        """One request of a desk's round."""
        token = bearer(request)
        body = await self.bodies.read(
            request, MOST_ON_THE_LINE, partial(self.work.run, partial(self.service.device_of, token))
        )
        held = request.headers.get(HELD, "")
        if not is_held(held):
            await self.work.run(partial(self.service.refuse, token, "held"))
        began = time.perf_counter()
        reply, stamp, device = await self._rounds.run((token, body), weight=len(body), unpacked=unpacked_size(body))
        took = time.perf_counter() - began
        self.service.metrics.took(took)
        self.service.holds(device, held)
        headers = {HEADER: write_terms(Terms(self.service.versions, stamp, self._settings.shelf))}
        if len(body) + len(reply) >= TELLING:
            headers[WORKED] = str(int(took * 1000))
        return answer_to(request, reply, CONTENT_TYPE, headers)

    async def enrol(self, request: Request) -> Response:
        """A desk's enrolment: JSON in, JSON out, keys as hexadecimal digits."""
        address = request.client.host if request.client else ""
        if wait := self._brake.wait(address):
            fault = SyncFault("enrol.too_many", retryable=True, minutes=wait // 60 + 1)
            return fault_answer(fault, {"Retry-After": str(wait)})
        code, applicant = application(await self.bodies.read_json(request))
        try:
            admission = await self.work.run(partial(self.service.access.enrol, code, applicant))
        except StoreUnavailable:
            raise
        except GridClientError as error:
            self._brake.wrong(address)
            self.service.refusals.enrolment(error.code, address, int(time.time()))
            _LOG.warning("enrolment refused: %s", error.code)
            raise
        return JSONResponse(_admission_json(applicant.device, admission))

    async def health(self, _request: Request) -> Response:
        """Whether the database answers."""
        await self.work.run(self._ask_database)
        return JSONResponse({"ok": True, "hub": self.service.hub})

    async def show_metrics(self, request: Request) -> Response:
        """The counters, for Prometheus."""
        if not self._is_administrator(request):
            return _who_are_you()
        status = await self.work.run(partial(read_status, self._backend, self.service.access))
        gauges = {
            "devices": status.active,
            "streams": len(status.streams),
            "stored_events": status.events,
            "waiting_requests": self.work.waiting,
            "held_devices": len({row.device.device for row in status.held}),
            "held_refused_events": sum(row.refused for row in status.held),
            "held_aside_events": sum(row.aside for row in status.held),
        }
        counts = await self.work.run(partial(self._tally.total, self.service.metrics))
        return PlainTextResponse(metrics_text(counts, gauges))

    async def show_status(self, request: Request) -> Response:
        """The page for administrators."""
        if not self._is_administrator(request):
            return _who_are_you()
        status = await self.work.run(partial(read_status, self._backend, self.service.access))
        return HTMLResponse(status_page(status), headers={"Cache-Control": "no-store"})

    def _ask_database(self) -> None:
        with self._backend.reading() as ledger:
            ledger.fact("schema")

    def _is_administrator(self, request: Request) -> bool:
        """Whether the request is from this machine or has the administrator's token (as Bearer, or as password of
        Basic)."""
        given = bearer(request) or password(request)
        if given and secrets.compare_digest(given.encode(), self._settings.admin_token.encode()):
            return True
        return not self._settings.behind_proxy and comes_from_here(request)

    async def _upkeep(self) -> None:
        failed = ""
        for turn in itertools.count(1):
            await asyncio.sleep(_TALLY_S)
            try:
                if turn % _TALLIES_A_CLEANING == 1:
                    await self.work.run(self.shelf.drop_stale)
                await self.work.run(partial(self._keep, _SEEN_AGAIN_S))
                failed = ""
            except GridClientError as error:
                if error.code != failed:  # one line, also when the database is away for an hour
                    _LOG.warning("upkeep failed: %s", error.code)
                failed = error.code

    def _keep(self, rest_s: int = 0) -> None:
        self._tally.keep(self.service.metrics)
        self.service.keep(rest_s=rest_s)


def _admission_json(device: str, admission: Admission) -> dict[str, Any]:
    rights = Membership(
        device, admission.hub, admission.short, admission.grants, admission.bundle_keys, admission.hub_key
    )
    return {
        "hub": admission.hub,
        "token": admission.token,
        "short": admission.short,
        "grants": admission.grants,
        "bundle_keys": {feed: key.hex() for feed, key in admission.bundle_keys.items()},
        "hub_key": admission.hub_key.hex(),
        "rights": stamp_of(rights),
    }


def _who_are_you() -> Response:
    return PlainTextResponse(
        "需要管理口令。\n", 401, {"WWW-Authenticate": 'Basic realm="gridclient hub", charset="UTF-8"'}
    )
