"""Codes, enrolment, tokens (kept only as hashes) and revoking of devices; and the hub's own name, address and key."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from gridclient.domain.codes import DEVICE_SIGNS
from gridclient.domain.errors import InvalidInput, NotFound, RuleViolation
from gridclient.domain.frozen import frozen
from gridclient.hub.audit import CODE_ISSUED, ENROLLED, KEPT_S, REVOKED, RIGHTS_CHANGED
from gridclient.hub.backend import Backend, Ledger
from gridclient.hub.rights import concrete, role_word, stick_keys
from gridclient.hub.rows import Code, Device, Holding, Note
from gridclient.services.enrol_code import new_code, read_code
from gridclient.services.enrolment import Admission, Grant, Membership
from gridclient.sync.signing import KEY_BYTES, new_key, public_key

CODE_LIFE_S: Final = 7 * 24 * 3600
HUB_FACT: Final = "hub"
URL_FACT: Final = "url"
_STICK_FACT: Final = "stick_key"
_TOKEN_BYTES: Final = 32
_HUB_BYTES: Final = 8
_DEVICE: Final = re.compile(r"[0-9A-Za-z._-]{8,64}")
_LONGEST_NAME: Final = 80
_NO_NAME: Final = re.compile("[\0\ud800-\udfff]")
_NOTHING: Final[Mapping[str, Holding]] = {}
_CLOCK_MS: Final = 60_000
_LOG: Final = logging.getLogger(__name__)


@frozen
class Applicant:
    """What a desk says of itself when it enrols."""

    device: str
    name: str
    public_key: bytes


class Access:
    """Codes, devices and tokens of one hub. ``clock`` gives seconds since 1970."""

    def __init__(self, backend: Backend, clock: Callable[[], float]) -> None:
        self._backend = backend
        self._clock = clock
        self._signing_key: bytes | None = None

    def hub_id(self) -> str:
        """The hub's identifier for desks, made once. It travels with every request and reply, so it is short."""
        with self._backend.writing() as ledger:
            return ledger.keep_fact(HUB_FACT, secrets.token_hex(_HUB_BYTES))

    def told_url(self) -> str:
        """The address given to desks; "" for a hub that was never served."""
        with self._backend.reading() as ledger:
            return ledger.fact(URL_FACT) or ""

    def issue_code(self, grants: tuple[Grant, ...], *, township: str, name: str, fingerprint: bytes = b"") -> str:
        """Makes a one-time code for a device with these rights, and the streams that the rights name."""
        text, now = new_code(fingerprint), int(self._clock())
        with self._backend.writing() as ledger:
            ledger.drop_codes(now - CODE_LIFE_S)
            ledger.drop_notes(now - KEPT_S)
            _make_streams(ledger, grants, now)
            code = Code(_hash(read_code(text).text), name[:_LONGEST_NAME], township, grants, now + CODE_LIFE_S)
            ledger.add_code(code)
            ledger.add_notes([Note(now, CODE_ISSUED, stream=_where(grants), detail=_said(role_word(grants), name))])
        return text

    def enrol(self, typed: str, applicant: Applicant, *, more: bool = False) -> Admission:
        """Spends a code and returns the admission. A device that is known already gets a new token, and the code's
        rights instead of its own (with ``more``: besides its own).

        The token is returned once and not kept.

        Raises:
            InvalidInput: ``enrol.code_mistyped``, ``enrol.device_invalid``.
            NotFound: ``enrol.code_unknown``.
            RuleViolation: ``enrol.code_used``, ``enrol.code_expired``, ``enrol.device_known`` (with another key),
                ``hub.device_revoked``, ``hub.one_identity`` (``more``).
        """
        code_hash = _hash(read_code(typed).text)
        _check(applicant)
        token, now = secrets.token_urlsafe(_TOKEN_BYTES), int(self._clock())
        with self._backend.writing() as ledger:
            code = ledger.code(code_hash)
            if code is None:
                raise NotFound("enrol.code_unknown")
            before = ledger.device(applicant.device)
            if before is not None and before.public_key != applicant.public_key:
                raise RuleViolation("enrol.device_known")
            if more and before is not None:
                code = _beside(before, code)
            if code.expires_at < now:
                raise RuleViolation("enrol.code_expired")
            if not ledger.take_code(code_hash, applicant.device):
                raise RuleViolation("enrol.code_used")
            device = _admitted(ledger, applicant, code, before, now)
            ledger.keep_device(device, _hash(token))
            streams = ledger.streams()
            ledger.add_notes([Note(now, ENROLLED, device.device, _where(code.grants), role_word(code.grants))])
            hub = ledger.keep_fact(HUB_FACT, secrets.token_hex(_HUB_BYTES))
            hub_key = public_key(stick_signing_key(ledger))
        grants = concrete(code.grants, [row.stream for row in streams])
        _LOG.info("device %s enrolled for %s", device.device, device.township or "the county")
        return Admission(hub, token, device.short, grants, stick_keys(grants, streams), hub_key)

    def devices_of(self, tokens: Sequence[str]) -> Sequence[Device | None]:
        """The device of each token, also if it was revoked; ``None`` for an unknown token."""
        with self._backend.reading() as ledger:
            return ledger.devices_of_tokens([_hash(token) for token in tokens])

    def device(self, device: str) -> Device | None:
        """The device with this identifier, also if it was revoked."""
        with self._backend.reading() as ledger:
            return ledger.device(device)

    def grants_of(self, device: Device) -> tuple[Grant, ...]:
        """The device's rights, without wildcards: one grant per existing stream."""
        if not any(grant.stream.endswith("*") for grant in device.grants):
            return device.grants
        with self._backend.reading() as ledger:
            return concrete(device.grants, [row.stream for row in ledger.streams()])

    def devices(self) -> Sequence[Device]:
        """All devices that ever enrolled."""
        with self._backend.reading() as ledger:
            return ledger.devices()

    def revoke(self, device: str) -> None:
        """Revokes a device: its next request is refused. Raises ``NotFound("hub.device_unknown")``."""
        now = int(self._clock())
        with self._backend.writing() as ledger:
            if not ledger.revoke(device, now):
                raise NotFound("hub.device_unknown", device=device)
            ledger.add_notes([Note(now, REVOKED, device)])
        _LOG.info("device %s revoked", device)

    def keep(self, seen: Mapping[str, int], notes: Sequence[Note], held: Mapping[str, Holding] = _NOTHING) -> None:
        """Stores when devices were last seen, new lines of the hub's record, and what devices hold, unless something
        that was heard later is stored."""
        if held:
            with self._backend.reading() as ledger:
                known = ledger.held()
            now = int(self._clock() * 1000)
            held = {device: told for device, told in held.items() if _is_news(told, known.get(device), now)}
        if seen or notes or held:
            with self._backend.writing() as ledger:
                ledger.seen(seen)
                ledger.add_notes(notes)
                ledger.keep_held(held)

    def notes(self, limit: int) -> Sequence[Note]:
        """The newest lines of the hub's own record, the newest first."""
        with self._backend.reading() as ledger:
            return ledger.notes(limit)

    def signing_key(self) -> bytes:
        """The private key with which this hub proves its identity and signs what it writes to sticks."""
        if self._signing_key is None:
            with self._backend.writing() as ledger:
                self._signing_key = stick_signing_key(ledger)
        return self._signing_key

    def membership(self, device: Device) -> Membership:
        """The device's rights and keys as they are now."""
        with self._backend.reading() as ledger:
            streams = ledger.streams()
        grants = concrete(device.grants, [row.stream for row in streams])
        keys, hub_key = stick_keys(grants, streams), public_key(self.signing_key())
        return Membership(device.device, self.hub_id(), device.short, grants, keys, hub_key)

    def change_rights(self, device: str, grants: tuple[Grant, ...], *, township: str, more: bool = False) -> Device:
        """Replaces the device's rights (with ``more``: adds to them); the device gets them in its next round.

        Raises:
            NotFound: ``hub.device_unknown``.
            RuleViolation: ``hub.device_revoked``, ``hub.no_short_left``, ``hub.one_identity``.
        """
        now = int(self._clock())
        with self._backend.writing() as ledger:
            before = ledger.device(device)
            if before is None:
                raise NotFound("hub.device_unknown", device=device)
            if before.revoked_at is not None:
                raise RuleViolation("hub.device_revoked", device=device)
            _make_streams(ledger, grants, now)
            home = before.township if more else township
            free = home == before.township or before.short not in ledger.shorts(home)
            after = replace(
                before,
                grants=_together(before.grants, grants) if more else grants,
                township=home,
                short=before.short if free else _free_short(ledger.shorts(home)),
            )
            ledger.change_device(after)
            ledger.add_notes([Note(now, RIGHTS_CHANGED, device, _where(grants), role_word(after.grants))])
        _LOG.info("device %s has other rights", device)
        return after


def stick_signing_key(ledger: Ledger) -> bytes:
    """The hub's private key (see :meth:`Access.signing_key`), made on first use; the ledger must be writing."""
    return bytes.fromhex(ledger.keep_fact(_STICK_FACT, new_key().hex()))


def _is_news(told: Holding, known: Holding | None, now: int) -> bool:
    """Whether what a device told is to be stored: it is something else than what is stored, and later. What is stored
    from after ``now`` was stored when the hub's clock was wrong."""
    if told.text == (known.text if known is not None else ""):
        return False
    return known is None or told > known or known.at > now + _CLOCK_MS


def _hash(text: str) -> bytes:
    """SHA-256 of a code or token. They are random enough that no salt or slow hash is needed."""
    return hashlib.sha256(text.encode()).digest()


def _where(grants: Sequence[Grant]) -> str:
    return grants[0].stream if grants else ""


def _said(*words: str) -> str:
    return " ".join(word for word in words if word)[:_LONGEST_NAME]


def _check(applicant: Applicant) -> None:
    fits = _DEVICE.fullmatch(applicant.device) and len(applicant.public_key) == KEY_BYTES
    if not fits or len(applicant.name) > _LONGEST_NAME or _NO_NAME.search(applicant.name):
        raise InvalidInput("enrol.device_invalid")


def _make_streams(ledger: Ledger, grants: Sequence[Grant], now: int) -> None:
    for grant in grants:
        if not grant.stream.endswith("*"):
            ledger.add_stream(grant.stream, secrets.token_bytes(KEY_BYTES), now)


def _beside(before: Device, code: Code) -> Code:
    """The code with the rights of the device added."""
    if before.revoked_at is not None:
        raise RuleViolation("hub.device_revoked", device=before.device)
    return replace(code, township=before.township, grants=_together(before.grants, code.grants))


def _together(before: Sequence[Grant], more: Sequence[Grant]) -> tuple[Grant, ...]:
    """All rights of a desk, which acts as one: for a unit, for townships, or it only watches.

    Raises:
        RuleViolation: ``hub.one_identity``.
    """
    grants = tuple(dict.fromkeys((*before, *more)))
    if len({(grant.unit, grant.writes) for grant in grants if grant.is_of_cases}) > 1:
        raise RuleViolation("hub.one_identity", has=role_word(before), more=role_word(more))
    return grants


def _admitted(ledger: Ledger, applicant: Applicant, code: Code, before: Device | None, now: int) -> Device:
    keeps = before is not None and before.township == code.township
    short = before.short if before is not None and keeps else _free_short(ledger.shorts(code.township))
    return Device(
        device=applicant.device,
        name=applicant.name or code.name,
        public_key=applicant.public_key,
        short=short,
        township=code.township,
        grants=code.grants,
        enrolled_at=now,
    )


def _free_short(taken: frozenset[str]) -> str:
    """Two characters for case numbers that no device of the township ever had."""
    free = [a + b for a in DEVICE_SIGNS for b in DEVICE_SIGNS if a + b not in taken]
    if not free:
        raise RuleViolation("hub.no_short_left")
    return secrets.choice(free)
