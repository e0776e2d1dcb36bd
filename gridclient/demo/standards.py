"""The demo's filing and closing conditions (立案结案条件) and lists, read from ``resources/seed``."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from typing import Final

from gridclient.demo.places import SEEDS, SHEET
from gridclient.domain.frozen import frozen
from gridclient.domain.limits import format_limit, parse_limit
from gridclient.services.import_records import StandardRecord

KINDS: Final[Mapping[str, str]] = {"事件": "event", "部件": "component"}
URGENCIES: Final[Mapping[str, int]] = {"一般": 1, "紧急": 2, "特急": 3}
SEPARATOR: Final = "、"


@frozen
class DemoStandard:
    """A filing condition. ``units`` and ``cooperating`` are names or aliases of units; ``urgency`` is 1 to 3."""

    record: StandardRecord
    units: tuple[str, ...]
    cooperating: tuple[str, ...]
    level: int
    urgency: int

    @property
    def code(self) -> str:
        return self.record.code


@frozen
class Choice:
    """An entry of a list of reasons: its code, its name, and what people write beside it."""

    code: str
    name: str
    texts: tuple[str, ...] = ()


@frozen
class DemoLists:
    """Reasons and phrases; ``results`` by the name of the small class, or of the big one."""

    decline_reasons: tuple[Choice, ...]
    return_reasons: tuple[Choice, ...]
    rework_reasons: tuple[str, ...]
    urge_texts: tuple[str, ...]
    results: Mapping[str, tuple[str, ...]]


def read_standards() -> tuple[DemoStandard, ...]:
    """All conditions in the order of the file. Codes: kind letter, big class, small class, number (``C-01-02-01``)."""
    with (SEEDS / "standards.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_standard(row) for row in csv.DictReader(file))


def read_lists() -> DemoLists:
    """The lists of the demo."""
    raw = json.loads((SEEDS / "lists.json").read_text(encoding="utf-8"))
    return DemoLists(
        decline_reasons=_choices(raw["decline_reasons"]),
        return_reasons=_choices(raw["return_reasons"]),
        rework_reasons=tuple(raw["rework_reasons"]),
        urge_texts=tuple(raw["urge_texts"]),
        results={name: tuple(texts) for name, texts in raw["results"].items()},
    )


def names(cell: str) -> tuple[str, ...]:
    """The names in a cell: 派出所、村社区."""
    return tuple(name for name in cell.split(SEPARATOR) if name)


def _standard(row: Mapping[str, str]) -> DemoStandard:
    kind = KINDS[row["类别"]]
    code = "-".join((kind[0].upper(), row["大类代码"], row["小类代码"], row["条件序号"]))
    record = StandardRecord(
        SHEET, 0, code, code, kind, row["大类代码"], row["大类名称"], row["小类代码"], row["小类名称"], row["立案条件"],
        row["结案条件"], row["处置时限"], format_limit(parse_limit(row["处置时限"])),
        handling_unit=row["责任单位"], cooperating_unit=row["配合单位"],
    )  # fmt: skip
    units, cooperating = names(row["责任单位"]), names(row["配合单位"])
    return DemoStandard(record, units, cooperating, int(row["默认级别"]), URGENCIES[row["紧急程度"]])


def _choices(raw: list[dict[str, object]]) -> tuple[Choice, ...]:
    found = []
    for item in raw:
        texts = item.get("texts", [])
        found.append(Choice(str(item["code"]), str(item["name"]), tuple(texts) if isinstance(texts, list) else ()))
    return tuple(found)
