"""The item model of the grid tree: township, zone, community, basic grid, each with its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt

from gridclient.domain.codes import Tier
from gridclient.services.masking import mask_name
from gridclient.services.rows import UNPLACED, GridFigures, GridRow
from gridclient.services.words import TIERS
from gridclient.ui.laid_out import tip
from gridclient.ui.value_list import NO_INDEX, Index

_MANY: Final = 50


class Column(IntEnum):
    """The columns of the tree."""

    NAME = 0
    OPEN = 1
    OVERDUE = 2


@dataclass(slots=True)
class Node:
    """An area of the tree. ``place`` is its row below its parent, ``number`` its index in the model's list."""

    row: GridRow
    number: int
    parent: Node | None = None
    place: int = 0
    children: list[Node] = field(default_factory=list)


class GridModel(QAbstractItemModel):
    """A tree over :class:`GridRow`. The county is left out; its townships are at the top."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: list[Node] = []
        self._roots: list[Node] = []
        self._by_code: dict[str, Node] = {}
        self._figures: dict[str, tuple[int, int]] = {}
        self._headers = (self.tr("网格"), self.tr("在办"), self.tr("超期"))

    # -- content ----------------------------------------------------------------------------------------------------

    def set_grids(self, rows: Iterable[GridRow]) -> bool:
        """Shows these areas; returns whether anything differs, in which case the model was reset."""
        wanted = sorted((row for row in rows if row.tier != Tier.COUNTY), key=lambda row: row.code)
        if wanted == [node.row for node in self._nodes]:
            return False
        self.beginResetModel()
        self._nodes = [Node(row, number) for number, row in enumerate(wanted)]
        self._by_code = {node.row.code: node for node in self._nodes}
        self._roots = []
        for node in self._nodes:
            node.parent = self._by_code.get(node.row.parent)
            siblings = self._roots if node.parent is None else node.parent.children
            node.place = len(siblings)
            siblings.append(node)
        self.endResetModel()
        return True

    def set_figures(self, figures: Mapping[str, GridFigures]) -> bool:
        """Shows these figures; returns whether so many differ that the view should be repainted as a whole."""
        new = {code: (row.open, row.overdue) for code, row in figures.items()}
        changed = [node for code, node in self._by_code.items() if new.get(code) != self._figures.get(code)]
        self._figures = new
        if len(changed) > _MANY:
            return True
        for node in changed:
            self.dataChanged.emit(self._index_of(node, Column.OPEN), self._index_of(node, Column.OVERDUE))
        return False

    def node(self, index: Index) -> Node:
        """The area of a valid index."""
        return self._nodes[index.internalId()]

    def nodes(self) -> Sequence[Node]:
        """All areas in the order of their codes."""
        return self._nodes

    def find(self, typed: str, *, after: int) -> Node | None:
        """The next area after number ``after`` (and again from the first one) that matches the typed name, code or
        initials (``gmsq`` is 古陌社区). Matching beginnings come first."""
        typed = typed.strip().lower()
        if not typed:
            return None
        rest: Node | None = None
        for node in (*self._nodes[after + 1 :], *self._nodes[: after + 1]):
            row = node.row
            if row.name.startswith(typed) or row.initials.startswith(typed) or row.code == typed:
                return node
            if rest is None and (typed in row.name or typed in row.initials or row.code.endswith(typed)):
                rest = node
        return rest

    def index_of(self, code: str) -> QModelIndex:
        """The index of an area; invalid if it is not in the tree."""
        node = self._by_code.get(code)
        return NO_INDEX if node is None else self._index_of(node, Column.NAME)

    def counts(self, code: str) -> tuple[int, int]:
        """The numbers of open and overdue cases of an area."""
        return self._figures.get(code, (0, 0))

    def all_counts(self) -> Iterable[tuple[int, int]]:
        """These numbers of all areas in the tree."""
        return [counts for code, counts in self._figures.items() if code in self._by_code]

    def _index_of(self, node: Node, column: Column) -> QModelIndex:
        return self.createIndex(node.place, column, node.number)

    # -- QAbstractItemModel -----------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = NO_INDEX) -> QModelIndex:
        siblings = self.node(parent).children if parent.isValid() else self._roots
        if 0 <= row < len(siblings) and 0 <= column < len(Column):
            return self.createIndex(row, column, siblings[row].number)
        return NO_INDEX

    def parent(self, index: Index = NO_INDEX) -> QModelIndex:  # type: ignore[override]  # Qt overloads the name
        above = self.node(index).parent if index.isValid() else None
        return NO_INDEX if above is None else self._index_of(above, Column.NAME)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        if not parent.isValid():
            return len(self._roots)
        return len(self.node(parent).children) if parent.column() == Column.NAME else 0

    def columnCount(self, _parent: Index = NO_INDEX) -> int:
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._headers[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == Column.NAME else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        node = self.node(index)
        column = index.column()
        if role == 0:
            return node.row.name if column == Column.NAME else str(self.counts(node.row.code)[column - 1])
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._explained(node.row))
        return None

    def _explained(self, row: GridRow) -> str:
        pending, overdue = self.counts(row.code)
        lines = [
            f"{row.name}：{TIERS[UNPLACED]}" if row.code == UNPLACED else f"{row.name} {row.code}",
            self.tr("在办 {open} 件，超期 {overdue} 件").format(open=pending, overdue=overdue),
        ]
        if row.worker:
            worker = row.worker if "*" in row.worker else mask_name(row.worker)
            lines.insert(1, self.tr("网格员 {name}").format(name=worker))
        if row.schematic:
            lines.append(self.tr("边界为示意"))
        return "\n".join(lines)
