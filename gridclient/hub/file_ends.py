"""Attachments over HTTP: size received (HEAD), the next chunk (PUT with Upload-Offset), the content (GET with
Range)."""

from __future__ import annotations

import time
from functools import partial

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from gridclient.domain.errors import NotFound, SyncFault
from gridclient.hub.backend import Backend
from gridclient.hub.file_rights import FileRights, Lacking, LackOfFiles, file_rights
from gridclient.hub.file_room import FileRoom
from gridclient.hub.files import MOST_CHUNK, FileShelf
from gridclient.hub.incoming import Bodies, bearer
from gridclient.hub.service import HubService
from gridclient.hub.work import WorkPool
from gridclient.sync.terms import FILE_AFTER, FILE_COMPLETE, FILE_LENGTH, FILE_OFFSET, FilePlace


class FileEnds:
    """The end points of files. A file that no event names, or that the device may not see, is answered with 404; with
    507 one that a device would bring, and for which there is no room."""

    def __init__(
        self,
        backend: Backend,
        service: HubService,
        shelf: FileShelf,
        work: WorkPool,
        bodies: Bodies,
        *,
        room: FileRoom,
    ) -> None:
        self._backend = backend
        self._service = service
        self._shelf = shelf
        self._room = room
        self._work = work
        self._bodies = bodies
        self._lack = LackOfFiles(backend, shelf)

    async def fetch(self, request: Request) -> Response:
        """HEAD: how much is here, in headers, 0 for a file not received yet. GET: the file or a range of it."""
        sha256 = request.path_params["sha256"]
        token = bearer(request)
        asks = request.method == "HEAD"
        _device, rights, state = await self._work.run(partial(self._look, token, sha256, brings=asks))
        if asks:
            return Response(headers=_headers(state))
        if not rights.reads or not state.whole:
            raise NotFound("sync.file_unknown")
        return FileResponse(self._shelf.path(sha256), media_type="application/octet-stream", headers=_headers(state))

    async def bring(self, request: Request) -> Response:
        """Takes a chunk: 200, or 409 if it does not begin where the file ends; both tell how much is here now."""
        sha256 = request.path_params["sha256"]
        token = bearer(request)
        offset, length = _number(request, FILE_OFFSET), _number(request, FILE_LENGTH)
        device, rights, _state = await self._work.run(partial(self._look, token, sha256, brings=True))
        if not rights.writes:
            raise NotFound("sync.file_unknown")
        if offset is None or length is None:
            raise SyncFault("sync.refused", why="length")
        chunk = await self._bodies.read(request, MOST_CHUNK)
        state = await self._work.run(partial(self._shelf.put, sha256, offset, chunk, length), weight=len(chunk))
        self._room.took(device, len(chunk))
        taken = state.whole or state.offset == offset + len(chunk)
        return Response(status_code=200 if taken else 409, headers=_headers(state))

    async def lacking(self, request: Request) -> Response:
        """The files that the device could bring and that are not here: their SHA-256 (32 bytes each), behind ``after``.

        The header ``Upload-After`` is there if there may be more behind it.
        """
        after = request.query_params.get("after", "")
        if after:
            self._shelf.path(after)  # raises for what is no file's name
        found = await self._work.run(partial(self._lacking, bearer(request), after))
        body = b"".join(map(bytes.fromhex, found.files))
        return Response(
            body, media_type="application/octet-stream", headers={FILE_AFTER: found.upto} if found.upto else {}
        )

    def _lacking(self, token: str, after: str) -> Lacking:
        device = self._service.device_of(token)
        return self._lack.look(self._service.access.grants_of(device), after)

    def _look(self, token: str, sha256: str, *, brings: bool) -> tuple[str, FileRights, FilePlace]:
        """The device, what it may do with a file, and how much of that is here. ``brings``: it may be about to bring
        more, for which there must be room."""
        device = self._service.device_of(token)
        state = self._shelf.state(sha256)
        rights = file_rights(self._backend, self._service.access.grants_of(device), sha256)
        if not (rights.reads or rights.writes):
            raise NotFound("sync.file_unknown")
        if brings and rights.writes and not state.whole and (lack := self._room.lack(device.device)):
            self._service.refusals.files(lack, device.device, int(time.time()))
            raise SyncFault("sync.files_full", retryable=True)
        return device.device, rights, state


def _headers(state: FilePlace) -> dict[str, str]:
    return {FILE_OFFSET: str(state.offset), FILE_COMPLETE: "?1" if state.whole else "?0"}


def _number(request: Request, name: str) -> int | None:
    text = request.headers.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 16 else None
