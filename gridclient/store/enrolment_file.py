"""Who this desk is to its hub: one file among the profile's keys, readable by its owner only.

It lies outside the store on purpose. A backup that is restored on another machine must not make that one the same
device (two writers under one name fork the numbers), and a backup from before the enrolment must not undo it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from gridclient.domain.errors import StoreUnavailable
from gridclient.services.enrolment import Enrolment, Grant
from gridclient.store.file_faults import file_faults, write_durably

_NAME: Final = "enrolment.json"
_KEY_NAME: Final = "device.json"


def read_enrolment(folder: Path, device: str) -> Enrolment | None:
    """The enrolment of ``device``; ``None`` where there is none, or the file is another device's.

    Raises:
        StoreUnavailable: it cannot be read.
    """
    path = folder / "keys" / _NAME
    try:
        with file_faults():
            kept: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
        return _enrolment(kept) if kept["device"] == device else None
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise StoreUnavailable("enrolment.damaged", file=_NAME) from None


def write_enrolment(folder: Path, device: str, enrolment: Enrolment) -> None:
    """Keeps the enrolment in place of an earlier one. Raises ``StoreUnavailable``."""
    kept = {
        **asdict(enrolment),
        "device": device,
        "signing_key": enrolment.signing_key.hex(),
        "bundle_keys": {stream: key.hex() for stream, key in enrolment.bundle_keys.items()},
        "enrolled_at": enrolment.enrolled_at.isoformat(),
        "hub_key": enrolment.hub_key.hex(),
    }
    with file_faults():
        write_durably(folder / "keys" / _NAME, json.dumps(kept, ensure_ascii=False, indent=2).encode())


def signing_key(folder: Path, device: str, new_key: Callable[[], bytes]) -> bytes:
    """The key with which ``device`` signs: that of its enrolment, or the one it will enrol with, made when it is asked
    for the first time: an answer that comes later, on a stick, is for this key.

    Raises:
        StoreUnavailable: it cannot be read or kept.
    """
    enrolment = read_enrolment(folder, device)
    if enrolment is not None:
        return enrolment.signing_key
    path = folder / "keys" / _KEY_NAME
    try:
        with file_faults():
            kept: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
        if kept["device"] == device:
            return bytes.fromhex(kept["signing_key"])
    except FileNotFoundError:
        pass
    except (ValueError, KeyError, TypeError):
        raise StoreUnavailable("enrolment.damaged", file=_KEY_NAME) from None
    key = new_key()
    with file_faults():
        write_durably(path, json.dumps({"device": device, "signing_key": key.hex()}, indent=2).encode())
    return key


def _enrolment(kept: Mapping[str, Any]) -> Enrolment:
    return Enrolment(
        hub=kept["hub"],
        url=kept["url"],
        fingerprint=kept["fingerprint"],
        token=kept["token"],
        short=kept["short"],
        signing_key=bytes.fromhex(kept["signing_key"]),
        grants=tuple(Grant(*grant) for grant in kept["grants"]),
        bundle_keys={stream: bytes.fromhex(key) for stream, key in kept["bundle_keys"].items()},
        enrolled_at=datetime.fromisoformat(kept["enrolled_at"]),
        hub_key=bytes.fromhex(kept.get("hub_key", "")),
        rights=kept.get("rights", ""),
    )
