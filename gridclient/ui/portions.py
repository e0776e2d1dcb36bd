"""One thing done to many cases: few at once, many in portions, so that the operator sees how far it is and can stop.

Every case has its own transaction: what was done before a stop is done, the rest is as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Signal

from gridclient.domain.errors import GridClientError
from gridclient.domain.frozen import frozen
from gridclient.services.desk import Desk, Outcome
from gridclient.services.error_text import sentence_of
from gridclient.services.rows import Changes
from gridclient.ui.jobs import Jobs

translate = QCoreApplication.translate
AT_ONCE: Final = 50
_PORTION: Final = 20
_MOST_NAMED: Final = 3


@frozen
class Together:
    """What became of many cases. ``left`` were not begun, because the operator stopped or the store failed (``error``).

    ``numbers`` name those that were refused.
    """

    changes: Changes = field(default_factory=Changes)
    outcomes: tuple[Outcome, ...] = ()
    left: tuple[str, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    error: GridClientError | None = None

    @property
    def done(self) -> tuple[str, ...]:
        return tuple(outcome.case_id for outcome in self.outcomes if outcome.error is None)

    @property
    def undone(self) -> tuple[str, ...]:
        """Those that were refused and those that are left."""
        return (*(outcome.case_id for outcome in self.refused), *self.left)

    @property
    def refused(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.error is not None)

    def and_then(self, changes: Changes, outcomes: Iterable[Outcome]) -> Together:
        """With what the next portion brought."""
        return replace(self, changes=self.changes | changes, outcomes=(*self.outcomes, *outcomes))


Step = Callable[[Sequence[str]], tuple[Changes, tuple[Outcome, ...]]]


class Portions(QObject):
    """Carries one such work out at a time; what is asked for meanwhile is passed over. ``short`` gives a number as the
    list shows it.

    Signals:
        progressed(int, int): so many of so many; only where there are more than fit at once.
        finished(Together): all of it, or what was done until it stopped or failed.
    """

    progressed = Signal(int, int)
    finished = Signal(object)

    def __init__(self, *, desk: Desk, jobs: Jobs, short: Callable[[str], str], parent: QObject) -> None:
        super().__init__(parent)
        self._queries, self._jobs, self._short = desk.queries, jobs, short
        self._step: Step | None = None
        self._total = 0
        self._stopped = False
        self._so_far = Together()

    @property
    def running(self) -> bool:
        return self._step is not None

    def run(self, case_ids: Sequence[str], step: Step) -> None:
        """Does ``step`` to the cases on the writer thread."""
        if self.running:
            return
        self._step, self._stopped, self._total = step, False, len(case_ids)
        self._so_far = Together(left=tuple(case_ids))
        self._go_on()

    def stop(self) -> None:
        """No further portion is begun."""
        self._stopped = True

    def _go_on(self) -> None:
        step, left = self._step, self._so_far.left
        if step is None or self._stopped or not left:
            self._end()
            return
        portion = left if self._total <= AT_ONCE else left[:_PORTION]
        if self._total > AT_ONCE:
            self.progressed.emit(self._total - len(left), self._total)
        self._so_far = replace(self._so_far, left=left[len(portion) :])
        self._jobs.write(self, lambda: step(portion), self._on_done, lambda error: self._on_failed(portion, error))

    def _on_done(self, result: tuple[Changes, tuple[Outcome, ...]]) -> None:
        self._so_far = self._so_far.and_then(*result)
        self._go_on()

    def _on_failed(self, portion: Sequence[str], error: GridClientError) -> None:
        self._so_far = replace(self._so_far, left=(*portion, *self._so_far.left), error=error)
        self._end()

    def _end(self) -> None:
        refused = [outcome.case_id for outcome in self._so_far.refused]
        if not refused:
            self._tell({})
            return
        queries = self._queries
        self._jobs.read(self, lambda: {row.id: row.number for row in queries.rows(refused)}, self._tell, name="named")

    def _tell(self, numbers: Mapping[str, str]) -> None:
        self._step = None
        short = {case_id: self._short(number) for case_id, number in numbers.items()}
        self.finished.emit(replace(self._so_far, numbers=short))


def words_of(together: Together, word: str) -> str:
    """``已派遣 10 件。`` or who was refused and why, by number, the first few of them."""
    words = translate("Together", "已{word} {count} 件。").format(count=len(together.done), word=word)
    refused, left = together.refused, together.left
    if not refused and not left:
        return words
    lines = [words.rstrip("。")]
    if left:
        lines[0] += translate("Together", "，{count} 件未动").format(count=len(left))
    if refused:
        lines[0] += translate("Together", "，{count} 件未办成：").format(count=len(refused))
    for outcome in refused[:_MOST_NAMED]:
        if outcome.error is not None:
            lines.append(f"{together.numbers.get(outcome.case_id, outcome.case_id)} {sentence_of(outcome.error)}")
    if len(refused) > _MOST_NAMED:
        lines.append(translate("Together", "……"))
    if together.error is not None:
        lines.append(sentence_of(together.error))
    return "\n".join(lines)
