"""Enrols a desk with a hub: over the network with a one-time code, or without network with two files on a stick."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from gridclient.domain.errors import SyncFault
from gridclient.services.enrol_code import read_code
from gridclient.services.enrolment import CASES, Enrolment
from gridclient.services.sync_port import SyncStore
from gridclient.sync.enrol_file import REQUEST_HEAD, check_digits, read_admission, write_request
from gridclient.sync.http import Address, HttpTransport, certificate_of
from gridclient.sync.proxies import proxy_for
from gridclient.sync.signing import public_key
from gridclient.sync.stick_file import read_file, write_file

_NAMED: Final = 3


def enrol(
    store: SyncStore,
    url: str,
    code: str,
    *,
    name: str,
    key: Callable[[], bytes],
    now: Callable[[], datetime],
    proxy: str = "",
) -> Enrolment:
    """Enrols the store's device, and keeps and returns the enrolment. To enrol again, a device needs the same key.

    A code may contain the beginning of the fingerprint of the hub's certificate; then no other certificate is accepted.
    Otherwise the machine's certificate authorities decide; plain HTTP is not checked.

    Args:
        code: the one-time code as typed.
        name: the desk's name, as the hub's administrator reads it.
        key: the desk's private signing key (32 bytes).
        proxy: the proxy chosen for this desk, "" for the machine's setting.

    Raises:
        InvalidInput: ``enrol.code_mistyped``, ``sync.url``.
        SyncFault: ``enrol.fingerprint``: the certificate is not the one in the code; ``enrol.other_township``,
            ``enrol.registers_nothing``: the hub would not take the desk's cases (nothing is kept, but the code is
            spent); other ``enrol.…``: what the hub answered; those of the line.
        StoreUnavailable: the enrolment could not be kept; the code is spent.
    """
    read = read_code(code)
    address = Address(url, proxy=proxy_for(url, proxy))
    fingerprint = ""
    if read.fingerprint:
        shown = certificate_of(address) if url.startswith("https:") else b""
        if not shown.startswith(read.fingerprint):
            raise SyncFault("enrol.fingerprint")
        fingerprint = shown.hex()
    signing_key = key()
    line = HttpTransport(replace(address, fingerprint=fingerprint))
    try:
        admission = line.enrol(read.text, store.device, name, public_key(signing_key))
    finally:
        line.close()
    return _kept(store, admission.enrolment(signing_key, now(), url=url, fingerprint=fingerprint))


def ask_by_file(store: SyncStore, file: Path, *, name: str, key: Callable[[], bytes]) -> str:
    """Writes the desk's request, to be carried to the hub, and returns the check digits that both sides show.

    Raises:
        SyncFault: ``file.other_kind``, ``bundle.not_written``.
        StoreUnavailable: the desk's key could not be kept; nothing was written.
    """
    request = write_request(key(), store.device, name)
    write_file(file, request, REQUEST_HEAD)
    return check_digits(request)


def take_admission(store: SyncStore, file: Path, *, key: Callable[[], bytes], now: Callable[[], datetime]) -> Enrolment:
    """Reads the hub's answer and keeps the enrolment; from then on the desk works with this hub by stick alone.

    Raises:
        SyncFault: ``enrol.file_…``: it is no answer, or not the one to this desk's request; ``enrol.other_township``,
            ``enrol.registers_nothing``: the hub would not take the desk's cases; ``bundle.unreadable``. Nothing is
            changed.
        StoreUnavailable: the enrolment could not be kept; the same file may be read again.
    """
    signing_key = key()
    return _kept(store, read_admission(read_file(file), store.device, signing_key).enrolment(signing_key, now()))


def _kept(store: SyncStore, enrolment: Enrolment) -> Enrolment:
    """Keeps and returns an enrolment, unless it is the desk's first and the hub would take none of the cases registered
    here. One accepted township is enough: a few cases may lie in a neighbour's grids."""
    mine = {origin.stream for origin, _ in store.unsent_origins() if origin.stream.startswith(CASES)}
    cases = [grant for grant in enrolment.grants if grant.is_of_cases]
    writable = {grant.stream for grant in cases if grant.writes and not grant.unit}  # a unit registers no case
    if mine and not mine & writable and store.enrolment() is None:
        code = "enrol.other_township" if writable else "enrol.registers_nothing"
        raise SyncFault(code, mine=_townships(mine), theirs=_townships(writable))
    store.keep_enrolment(enrolment)
    return enrolment


def _townships(streams: Iterable[str]) -> str:
    codes = sorted({stream.removeprefix(CASES) for stream in streams})
    return "、".join(codes[:_NAMED]) + "…" * (len(codes) > _NAMED)


def line_to(enrolment: Enrolment, *, proxy: str = "") -> HttpTransport:
    """A line to the hub with which the desk is enrolled; nothing is sent yet.

    Args:
        proxy: the proxy chosen for this desk, "" for the machine's setting.

    Raises:
        SyncFault: ``sync.no_line``: the desk works by stick alone.
    """
    if not enrolment.url:
        raise SyncFault("sync.no_line")
    address = Address(enrolment.url, enrolment.fingerprint, proxy_for(enrolment.url, proxy))
    return HttpTransport(address, enrolment.token)
