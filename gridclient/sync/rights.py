"""Rights and stick keys that changed at the hub: asked for when its stamp of them is another than the one kept."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Enrolment
from gridclient.sync.transport import ENDS_THE_ROUND, Transport

_LOG: Final = logging.getLogger(__name__)


def renewed(enrolment: Enrolment, transport: Transport, device: str) -> Enrolment:
    """The enrolment with what the hub says now. What is not signed by the key of this hub changes nothing, and neither
    does a line that breaks here: cases go before rights.

    Raises:
        SyncFault: the hub will not have this desk any more.
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
