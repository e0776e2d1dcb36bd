"""Lets a desk go on without a new enrolment: the hub's proof of identity, and a device's rights and keys of today.

``GET /v1/hub`` takes only a number to sign, as a desk must not show its token before it knows that this is its hub.
``GET /v1/me`` is for an enrolled device.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gridclient.domain.errors import InvalidInput
from gridclient.hub.incoming import bearer
from gridclient.hub.service import HubService
from gridclient.hub.work import WorkPool
from gridclient.sync.proofs import NONCE_BYTES, HubProof, write_membership, write_proof
from gridclient.sync.signing import public_key
from gridclient.sync.terms import NONCE


class ProvingEnds:
    """The end points. ``certificate``: SHA-256 of the certificate that this hub shows; empty behind a TLS proxy."""

    def __init__(self, service: HubService, work: WorkPool, certificate: bytes) -> None:
        self._service = service
        self._work = work
        self._certificate = certificate

    async def prove(self, request: Request) -> Response:
        """Proves to anybody that this is the hub."""
        nonce = _nonce(request)
        return JSONResponse(await self._work.run(partial(self._proof, nonce)))

    async def tell(self, request: Request) -> Response:
        """The present rights and keys of the device."""
        nonce, token = _nonce(request), bearer(request)
        return JSONResponse(await self._work.run(partial(self._membership, token, nonce)))

    def _proof(self, nonce: bytes) -> Mapping[str, Any]:
        access = self._service.access
        private = access.signing_key()
        proof = HubProof(self._service.hub, public_key(private), self._certificate, access.told_url())
        return write_proof(private, proof, nonce)

    def _membership(self, token: str, nonce: bytes) -> Mapping[str, Any]:
        told, stamp = self._service.membership(self._service.device_of(token))
        return {**write_membership(self._service.access.signing_key(), told, nonce), "rights": stamp}


def _nonce(request: Request) -> bytes:
    try:
        nonce = bytes.fromhex(request.headers.get(NONCE, ""))
    except ValueError:
        nonce = b""
    if len(nonce) != NONCE_BYTES:
        raise InvalidInput("sync.refused", why="nonce")
    return nonce
