"""Fetches a desk's rights and stick keys again, after the hub's stamp of them has changed."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Enrolment
from gridclient.sync.transport import ENDS_THE_ROUND, Transport

_LOG: Final = logging.getLogger(__name__)


def renewed(enrolment: Enrolment, transport: Transport, device: str) -> Enrolment:
    """The enrolment with the rights that the hub tells now.

    It stays unchanged if they are not signed by the key of this hub, or if the line breaks: events are more urgent than
    rights, which the next round asks for again.

    Raises:
        SyncFault: the hub refuses this desk (:data:`~gridclient.sync.transport.ENDS_THE_ROUND`).
    """
    try:
        told, stamp = transport.membership(device)
    except SyncFault as fault:
        if fault.code in ENDS_THE_ROUND:
            raise
        _LOG.warning("rights are asked for in the next round again: %s", fault)
        return enrolment
    if told.hub != enrolment.hub or (enrolment.hub_key and told.hub_key != enrolment.hub_key):
        _LOG.error("rights that another hub signed were not taken")
        return enrolment
    return replace(
        enrolment,
        short=told.short,
        grants=told.grants,
        bundle_keys=told.bundle_keys,
        hub_key=told.hub_key,
        rights=stamp,
    )
