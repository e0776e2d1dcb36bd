"""Enrolling a desk with a hub: over the line by a code, or without one by two files that somebody carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from gridclient.domain.errors import SyncFault
from gridclient.services.enrol_code import read_code
from gridclient.services.enrolment import Enrolment
from gridclient.services.sync_port import SyncStore
from gridclient.sync.enrol_file import REQUEST_HEAD, check_digits, read_admission, write_request
from gridclient.sync.http import Address, HttpTransport, certificate_of
from gridclient.sync.proxies import proxy_for
from gridclient.sync.signing import public_key
from gridclient.sync.stick_file import read_file, write_file

_CASES: Final = "t:"
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
    """Enrols the store's device with its signing key; the same device enrols again with the key that it has.

    A code that carries a fingerprint names the one certificate that will do; without one the machine's authorities
    have to vouch for it, and over plain HTTP nobody does.

    Raises:
        InvalidInput: ``enrol.code_mistyped``, ``sync.url``.
        SyncFault: ``enrol.fingerprint`` (another certificate than the code names), ``enrol.other_township`` and
            ``enrol.registers_nothing`` (nothing was kept; the code is spent), ``enrol.…`` as the hub says,
            and those of the line.
        StoreUnavailable: it could not be kept; the code is spent then.
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
    """Writes what the desk says of itself for somebody to carry to the hub. Gives the digits that both sides show.

    Raises:
        SyncFault: ``file.other_kind``, ``bundle.not_written``.
        StoreUnavailable: the desk's key could not be kept; nothing was written.
    """
    request = write_request(key(), store.device, name)
    write_file(file, request, REQUEST_HEAD)
    return check_digits(request)


def take_admission(store: SyncStore, file: Path, *, key: Callable[[], bytes], now: Callable[[], datetime]) -> Enrolment:
    """Keeps the hub's answer: from now on the desk works with it by stick alone.

    Raises:
        SyncFault: ``enrol.file_…``: not the answer to this desk; ``enrol.other_township``, ``enrol.registers_nothing``:
            nothing was changed. ``bundle.unreadable``.
        StoreUnavailable: it could not be kept; the same file may be taken again.
    """
    signing_key = key()
    return _kept(store, read_admission(read_file(file), store.device, signing_key).enrolment(signing_key, now()))


def _kept(store: SyncStore, enrolment: Enrolment) -> Enrolment:
    """Keeps it, unless it is the desk's first and the hub would take none of the cases that were registered here;
    a few of them may lie in a neighbour's grids."""
    mine = {origin.stream for origin, _ in store.unsent_origins() if origin.stream.startswith(_CASES)}
    cases = [grant for grant in enrolment.grants if grant.stream.startswith(_CASES)]
    writable = {grant.stream for grant in cases if grant.writes and not grant.unit}  # a unit registers no case
    if mine and not mine & writable and store.enrolment() is None:
        code = "enrol.other_township" if writable else "enrol.registers_nothing"
        raise SyncFault(code, mine=_townships(mine), theirs=_townships(writable))
    store.keep_enrolment(enrolment)
    return enrolment


def _townships(streams: Iterable[str]) -> str:
    codes = sorted({stream.removeprefix(_CASES) for stream in streams})
    return "、".join(codes[:_NAMED]) + "…" * (len(codes) > _NAMED)


def line_to(enrolment: Enrolment, *, proxy: str = "") -> HttpTransport:
    """The line to the hub with which the desk is enrolled; ``proxy`` is the one that was chosen for this desk.

    Raises:
        SyncFault: ``sync.no_line``: it works by stick alone.
    """
    if not enrolment.url:
        raise SyncFault("sync.no_line")
    address = Address(enrolment.url, enrolment.fingerprint, proxy_for(enrolment.url, proxy))
    return HttpTransport(address, enrolment.token)
