"""Another address or another certificate of the same hub: it has to prove by its key that it is the same.

A desk that does not know whom it met shows no token. What the hub signs names the certificate that it shows itself, and
where it shows none its address, so that nobody who stands between, or at another address, can hand the proof on.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Enrolment
from gridclient.services.sync_port import SyncStore
from gridclient.sync.http import Address, HttpTransport, certificate_of
from gridclient.sync.proofs import HubProof
from gridclient.sync.proxies import is_here, proxy_for

_PORTS: Final = {"https": 443, "http": 80}
_LOG: Final = logging.getLogger(__name__)


def move(store: SyncStore, url: str, *, proxy: str = "") -> Enrolment:
    """Goes on with the same hub at another address. Where it does not prove to be the same, nothing changes.

    Raises:
        InvalidInput: ``sync.url``.
        SyncFault: ``sync.not_enrolled``, ``sync.no_line``, ``sync.hub_key_unknown``, ``sync.move_unsafe``,
            ``sync.hub_unproven``, ``sync.hub_other``, ``sync.move_untold`` and those of the line.
        StoreUnavailable: it could not be kept.
    """
    enrolment = store.enrolment()
    if enrolment is None:
        raise SyncFault("sync.not_enrolled")
    if not enrolment.url:
        raise SyncFault("sync.no_line")
    if not enrolment.hub_key:
        raise SyncFault("sync.hub_key_unknown")
    url = url.strip().rstrip("/")
    address = Address(url, proxy=proxy_for(url, proxy))
    if _is_open(url) and not _is_open(enrolment.url):
        raise SyncFault("sync.move_unsafe", text=url)
    moved = replace(enrolment, url=url, fingerprint=_met(address, enrolment))
    store.keep_enrolment(moved)
    return moved


def recertify(store: SyncStore, *, proxy: str = "") -> bool:
    """After a certificate that is not the known one: whether it is the same hub's, and is known from now on."""
    enrolment = store.enrolment()
    if enrolment is None or not enrolment.url or not enrolment.hub_key:
        return False
    try:
        fingerprint = _met(Address(enrolment.url, proxy=proxy_for(enrolment.url, proxy)), enrolment)
    except SyncFault as fault:
        _LOG.warning("the hub's certificate changed, and it did not prove that it is the hub: %s", fault)
        return False
    if fingerprint == enrolment.fingerprint:
        return False
    store.keep_enrolment(replace(enrolment, fingerprint=fingerprint))
    _LOG.info("the hub has another certificate")
    return True


def _met(address: Address, enrolment: Enrolment) -> str:
    """The fingerprint by which the hub at this address is known from now on, "" where the machine's authorities vouch
    for it or nobody does (plain HTTP)."""
    if not address.url.startswith("https:"):
        _told(address.url, _proved(address, enrolment), enrolment)
        return ""
    shown = certificate_of(address)
    proof = _proved(replace(address, fingerprint=shown.hex()), enrolment)
    if proof.certificate == shown:
        return shown.hex()
    if proof.certificate:
        raise SyncFault("sync.hub_other")
    _proved(address, enrolment)  # a proxy shows it, and somebody has to vouch for that
    _told(address.url, proof, enrolment)
    return ""


def _proved(address: Address, enrolment: Enrolment) -> HubProof:
    line = HttpTransport(address)
    try:
        proof = line.prove()
    finally:
        line.close()
    if (proof.hub, proof.hub_key) != (enrolment.hub, enrolment.hub_key):
        raise SyncFault("sync.hub_other")
    return proof


def _told(url: str, proof: HubProof, enrolment: Enrolment) -> None:
    """Whether the hub says itself that it is at this address: somebody else there could hand on all but that."""
    meant = _way(url)
    if meant not in (_way(proof.url), _way(enrolment.url)) and not is_here(meant[1]):
        raise SyncFault("sync.move_untold", text=url)


def _way(url: str) -> tuple[str, str, int]:
    """The same for the same place, however it is written."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:  # a hub may have been told anything
        return "", "", 0


def _is_open(url: str) -> bool:
    """Whether others could listen."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_here(parts.hostname or "")
