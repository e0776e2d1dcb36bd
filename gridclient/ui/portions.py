"""Does one thing to many cases: up to 50 at once, more in portions, so that the operator sees progress and can stop.

Each case has its own transaction. After a stop some cases are done and the others unchanged.
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
class BatchResult:
    """What became of many cases.

    ``left`` were not begun, because the operator stopped or the store failed (``error``). ``numbers`` are the numbers
    of the refused cases.
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
        """The refused cases and those that were not begun."""
        return (*(outcome.case_id for outcome in self.refused), *self.left)

    @property
    def refused(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.error is not None)

    def and_then(self, changes: Changes, outcomes: Iterable[Outcome]) -> BatchResult:
        """The same with the results of the next portion."""
        return replace(self, changes=self.changes | changes, outcomes=(*self.outcomes, *outcomes))


Step = Callable[[Sequence[str]], tuple[Changes, tuple[Outcome, ...]]]


class Portions(QObject):
    """Runs one such work at a time; another that is asked for meanwhile is ignored. ``short`` gives a case's number as
    the list shows it.

    Signals:
        progressed(int, int): how many cases of how many are done; only for more than 50.
        finished(BatchResult): the result, complete or until it was stopped or failed.
    """

    progressed = Signal(int, int)
    finished = Signal(object)

    def __init__(self, *, desk: Desk, jobs: Jobs, short: Callable[[str], str], parent: QObject) -> None:
        super().__init__(parent)
        self._queries, self._jobs, self._short = desk.queries, jobs, short
        self._step: Step | None = None
        self._total = 0
        self._stopped = False
        self._so_far = BatchResult()

    @property
    def running(self) -> bool:
        return self._step is not None

    def run(self, case_ids: Sequence[str], step: Step) -> None:
        """Does ``step`` to the cases on the writer thread."""
        if self.running:
            return
        self._step, self._stopped, self._total = step, False, len(case_ids)
        self._so_far = BatchResult(left=tuple(case_ids))
        self._go_on()

    def stop(self) -> None:
        """Begins no further portion."""
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


def words_of(result: BatchResult, word: str) -> str:
    """``已派遣 10 件。``, or which cases were refused and why, by number; at most three are named."""
    words = translate("Together", "已{word} {count} 件。").format(count=len(result.done), word=word)
    refused, left = result.refused, result.left
    if not refused and not left:
        return words
    lines = [words.rstrip("。")]
    if left:
        lines[0] += translate("Together", "，{count} 件未动").format(count=len(left))
    if refused:
        lines[0] += translate("Together", "，{count} 件未办成：").format(count=len(refused))
    for outcome in refused[:_MOST_NAMED]:
        if outcome.error is not None:
            lines.append(f"{result.numbers.get(outcome.case_id, outcome.case_id)} {sentence_of(outcome.error)}")
    if len(refused) > _MOST_NAMED:
        lines.append(translate("Together", "……"))
    if result.error is not None:
        lines.append(sentence_of(result.error))
    return "\n".join(lines)
