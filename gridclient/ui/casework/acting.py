"""Acting on the case that the panel shows: its forms, whose contents are never lost, the writing, and the sentences
about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from gridclient.domain.case import Case
from gridclient.domain.codes import township_of
from gridclient.domain.errors import GridClientError, RuleViolation
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import Action, require
from gridclient.services.desk import Desk
from gridclient.services.intake import area_named
from gridclient.services.ports import DeskSettings
from gridclient.services.rows import Changes
from gridclient.services.words import EVENTS
from gridclient.ui.actions import word_of
from gridclient.ui.case_news import CaseNews
from gridclient.ui.casework.case_view import CaseView, draft_name
from gridclient.ui.casework.foot import Foot
from gridclient.ui.casework.form_spec import command_of, shows_numbers, spec_of, waits_for
from gridclient.ui.casework.offers import Offer, kept_words, offers
from gridclient.ui.choice_lists import ChoiceLists, Lists
from gridclient.ui.jobs import Jobs
from gridclient.ui.present import state_word

_PAUSE_MS: Final = 400
_Standing = tuple[str, int, datetime | None]
"""A case, its version, and since when this desk may not read it any more."""


@frozen
class BegunForms:
    """The forms of a case: which one is open, and the values of each one that was begun."""

    opened: str = ""
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def as_text(self) -> str:
        """The text for the settings; "" if there is nothing to keep."""
        if not self.opened and not self.values:
            return ""
        return json.dumps({"open": self.opened, "values": self.values}, ensure_ascii=False)


def begun_forms_in(text: str) -> BegunForms:
    """Reads a text of :meth:`BegunForms.as_text`; a text of another version is ignored."""
    try:
        given = json.loads(text) if text else {}
        return BegunForms(str(given.get("open", "")), {str(k): dict(v) for k, v in given.get("values", {}).items()})
    except (ValueError, AttributeError, TypeError):
        return BegunForms()


class KeptForms(QObject):
    """The forms that were begun at this desk, by case. They are written 0.4 s after the last key, and by
    :meth:`write`."""

    def __init__(self, *, settings: DeskSettings, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._jobs = jobs
        self._kept: dict[str, BegunForms] = {}
        self._unwritten: set[str] = set()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.write)

    def of(self, case_id: str, stored: str) -> BegunForms:
        """The forms of a case. ``stored`` is what the store has; it counts until the forms change here."""
        return self._kept.setdefault(case_id, begun_forms_in(stored))

    def open(self, case_id: str, action: Action | None) -> None:
        """Remembers which form is open; ``None`` is none."""
        kept = self._kept.get(case_id, BegunForms())
        self._keep(case_id, BegunForms(action.value if action is not None else "", kept.values))

    def edit(self, case_id: str, action: Action, values: Mapping[str, Any]) -> None:
        """Remembers the values of a form."""
        kept = self._kept.get(case_id, BegunForms())
        self._keep(case_id, BegunForms(action.value, {**kept.values, action.value: dict(values)}))

    def forget(self, case_id: str, action: Action) -> None:
        """Removes the form of an action that was carried out."""
        kept = self._kept.get(case_id, BegunForms())
        rest = {name: values for name, values in kept.values.items() if name != action.value}
        self._keep(case_id, BegunForms("" if kept.opened == action.value else kept.opened, rest))

    def write(self) -> None:
        """Writes what has changed."""
        self._pause.stop()
        texts = {case_id: self._kept[case_id].as_text() for case_id in self._unwritten}
        self._unwritten = set()
        for case_id, text in texts.items():
            self._jobs.write(self, partial(self._settings.keep_draft, draft_name(case_id), text))

    def _keep(self, case_id: str, kept: BegunForms) -> None:
        if kept != self._kept.get(case_id):
            self._kept[case_id] = kept
            self._unwritten.add(case_id)
            self._pause.start()


class CaseActing(QObject):
    """Fills the panel's foot for one case.

    Signals:
        done(str, Action, Changes): an action was carried out on this case.
        refused(Case, GridClientError): an action was refused; the foot says it if it still shows the case.
        left(): a form or the list of units was closed, and nothing has the keyboard.
    """

    done = Signal(str, object, object)
    refused = Signal(object, object)
    left = Signal()

    def __init__(
        self, *, desk: Desk, jobs: Jobs, foot: Foot, lists: ChoiceLists, news: CaseNews, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._news = news
        self._desk, self._jobs, self._foot, self._lists = desk, jobs, foot, lists
        self._view: CaseView | None = None
        self._refused_at: _Standing | None = None  # where the case stood when the note said: not now
        self._giving: Action | None = None  # what the list of units was asked for
        self._kept = KeptForms(settings=desk.settings, jobs=jobs, parent=self)
        lists.ready.connect(self._on_lists)

    def keep(self) -> None:
        """Writes the forms."""
        self._kept.write()

    def leave(self) -> None:
        """No case is shown any more."""
        self._view = None

    def show(self, view: CaseView, *, other: bool) -> None:
        """Shows a case: with the form that was open for it, or with the open one if its action is still possible."""
        same = self._view is not None and not other and self._view.case.version == view.case.version
        self._view = view
        if self._refused_at not in (None, _standing(view)):
            self._refused_at = None
            self._foot.note.clear()
        possible = {offer.action.value for offer in self._offers(view)}
        form = self._foot.form
        if form is not None and not other and form.spec.action.value in possible:
            return
        opened = self._kept.of(view.case.id, view.kept).opened
        if opened in possible:
            self._open_form(view, Action(opened), focus=False)
        else:
            self._show_foot(view, dispatch=self._giving if same and possible else None)

    def start(self, view: CaseView, action: Action) -> None:
        """Opens the form of an action; carries the action out at once if there is nothing to ask."""
        self._refused_at = None
        self._foot.note.clear()
        if action not in {offer.action for offer in self._offers(view)}:
            self._say_not_now(view, action)
        elif action in (Action.DISPATCH, Action.REASSIGN):
            self._kept.open(view.case.id, None)
            self._show_foot(view, dispatch=action)
            self._foot.take_focus()
        else:
            spec = spec_of(action, view, self._desk.actor)
            if spec.fields:
                self._open_form(view, action, focus=True)
            else:
                self._run(*command_of(spec, {}), view.case)

    def cancel(self) -> None:
        """Closes the form or the list of units."""
        if self._view is not None:
            self.left.emit()
            self._kept.open(self._view.case.id, None)
            self._show_foot(self._view)

    def tell_done(self, case: Case, action: Action) -> None:
        """Says what was done and how to undo it. The case may leave the list, so the window says it."""
        word, last = word_of(action), case.last_event
        words = self.tr("已{action} {number}（Ctrl+Z 撤销）")
        if action is Action.UNDO and last is not None:
            word, words = EVENTS[last.kind], self.tr("已撤销“{action}” {number}")
        self._news.told.emit(words.format(action=word, number=self._news.short(case.number)).strip())

    def _show_foot(self, view: CaseView, *, dispatch: Action | None = None) -> None:
        self._giving = dispatch
        possible = self._offers(view)
        ready = Action.DISPATCH in {offer.action for offer in possible}
        way = dispatch or (Action.DISPATCH if ready else None)
        kept = kept_words(view.case, self._desk.actor) if possible else ()
        self._foot.show_case(view.case, possible, dispatch=way, kept=kept)

    def _offers(self, view: CaseView) -> tuple[Offer, ...]:
        """The possible actions; none for a case that stands still, no undoing of another desk's step."""
        found = offers(view.case, self._desk.actor) if view.still is None else ()
        return found if view.own else tuple(offer for offer in found if offer.action is not Action.UNDO)

    def _open_form(self, view: CaseView, action: Action, *, focus: bool) -> None:
        self._giving = None
        kept = self._kept.of(view.case.id, view.kept)
        spec = spec_of(action, view, self._desk.actor)
        if shows_numbers(spec):
            self._jobs.write(self, partial(leave_trace, self._desk, view.case.id), failed=self._foot.note.say_error)
        form = self._foot.open_form(spec, self._lists.now)
        form.fill(kept.values.get(action.value, {}))
        form.edited.connect(partial(self._kept.edit, view.case.id, action))
        form.cancelled.connect(self.cancel)
        form.submitted.connect(partial(self._submit, view.case))
        self._kept.open(view.case.id, action)
        if form.needs_lists:
            self._lists.want()
        if focus:
            form.start()

    def _submit(self, case: Case, values: dict[str, Any]) -> None:
        form = self._foot.form
        if form is not None:
            self._run(*command_of(form.spec, values), case, form_of=form.spec.action)

    def _run(self, action: Action, args: dict[str, Any], case: Case, *, form_of: Action | None = None) -> None:
        done = partial(self._on_done, case.id, action, form_of or action)
        task = partial(self._desk.act, action, case.id, args, base=self._base(case))
        self._jobs.write(self, task, done, partial(self._on_refused, case))

    def _base(self, case: Case) -> int:
        """The version that the operator sees: a form stays open while the case is refreshed."""
        shown = self._view
        return shown.case.version if shown is not None and shown.case.id == case.id else case.version

    def _on_done(self, case_id: str, action: Action, form_of: Action, changes: Changes) -> None:
        self._kept.forget(case_id, form_of)
        if self._view is not None and self._view.case.id == case_id:
            self._foot.close_form()
            self.left.emit()
            self.tell_done(self._view.case, action)
        self.done.emit(case_id, action, changes)

    def _on_refused(self, case: Case, error: GridClientError) -> None:
        self.refused.emit(case, error)
        if self._view is not None and self._view.case.id == case.id:
            self._foot.refuse(error)

    def _on_lists(self, lists: Lists) -> None:
        form, view = self._foot.form, self._view
        if form is None or view is None:
            return
        form.set_lists(lists)
        if form.spec.action is Action.FILE and lists.guesser is not None:
            facts = view.case.facts
            text = f"{facts.title}\n{facts.description}"
            form.show_guesses(lists.guesser.guess(text))
            area = area_named(f"{text}\n{facts.address}", facts.address, lists.grids)
            if area != township_of(area):  # the operator has to choose a smaller area than the township
                form.propose_grid(area)

    def _say_not_now(self, view: CaseView, action: Action) -> None:
        case, self._refused_at = view.case, _standing(view)
        try:
            require(self._desk.actor, action)
            if view.still is not None:
                raise RuleViolation("case.stands_still")
        except RuleViolation as error:
            self._foot.note.say_error(error)
            return
        state = state_word(case.state, returned=case.returned, escalated=case.escalated)
        words = self.tr("案件现为“{state}”，现在不能{action}。").format(state=state, action=word_of(action))
        waits = waits_for(view) if action is Action.CLOSE else ""
        told = self.tr("还在等：{parts}。").format(parts=waits) if waits else ""
        self._foot.note.say(words + told, "bad")


def leave_trace(desk: Desk, case_id: str) -> None:
    """Records in the audit log that people of the case are shown unmasked. Source: DOMAIN.md §10."""
    with desk.work() as unit_of_work:
        unit_of_work.audit(desk.actor.account, "reporter_shown", case_id)


def _standing(view: CaseView) -> _Standing:
    return view.case.id, view.case.version, view.still
