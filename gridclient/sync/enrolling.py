"""Enrolling a desk with a hub: the code is read, a key is made, the hub admits the device, the store keeps it all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from gridclient.domain.errors import SyncFault
from gridclient.services.enrol_code import read_code
from gridclient.services.sync_port import Enrolment, SyncStore
from gridclient.sync.http import Address, HttpTransport, certificate_of
from gridclient.sync.signing import new_key, public_key


def enrol(store: SyncStore, url: str, code: str, *, name: str, now: Callable[[], datetime]) -> Enrolment:
    """Enrols the store's device; the same device enrols again with the key that it has.

    A code that carries a fingerprint names the one certificate that will do; without one the machine's authorities
    have to vouch for it, and over plain HTTP nobody does.

    Raises:
        InvalidInput: ``enrol.code_mistyped``, ``sync.url``.
        SyncFault: ``enrol.fingerprint`` (another certificate than the code names), ``enrol.…`` as the hub says, and
            those of the line.
        StoreUnavailable: it could not be kept; the code is spent then.
    """
    read = read_code(code)
    address = Address(url)
    fingerprint = ""
    if read.fingerprint:
        shown = certificate_of(address) if url.startswith("https:") else b""
        if not shown.startswith(read.fingerprint):
            raise SyncFault("enrol.fingerprint")
        fingerprint = shown.hex()
    known = store.enrolment()
    key = known.signing_key if known is not None else new_key()
    line = HttpTransport(Address(url, fingerprint))
    try:
        admission = line.enrol(read.text, store.device, name, public_key(key))
    finally:
        line.close()
    enrolment = Enrolment(
        hub=admission.hub,
        url=url,
        fingerprint=fingerprint,
        token=admission.token,
        short=admission.short,
        signing_key=key,
        grants=admission.grants,
        bundle_keys=admission.bundle_keys,
        enrolled_at=now(),
    )
    store.keep_enrolment(enrolment)
    return enrolment


def line_to(enrolment: Enrolment, *, proxy: str = "") -> HttpTransport:
    """The line to the hub with which the desk is enrolled."""
    return HttpTransport(Address(enrolment.url, enrolment.fingerprint, proxy), enrolment.token)
