"""The workbooks that people fill in: which kinds have one, and the way to where the operator wants it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from gridclient.domain.errors import StoreUnavailable
from gridclient.services.import_findings import ImportKind

WITH_TEMPLATE: Final = (ImportKind.CASES, ImportKind.UNITS, ImportKind.STANDARDS, ImportKind.GRIDS)


def save_template(folder: Path, kind: str, target: Path) -> Path:
    """Copies the template of a kind. Blocking: call it from a pool thread.

    Raises ``StoreUnavailable("template.not_saved")``.
    """
    try:
        shutil.copyfile(folder / f"{kind}.xlsx", target)
    except OSError as problem:
        raise StoreUnavailable("template.not_saved", file=target.name, reason=problem.strerror or "") from problem
    return target
