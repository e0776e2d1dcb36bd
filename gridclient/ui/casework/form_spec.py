"""What is asked for each action: the fields of its form, and the command that their values make. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.case import Assignment, AssignmentState, Role
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import AccountRole, Action, Actor
from gridclient.services.masking import MASKS
from gridclient.services.words import DECLINE_REASONS, PARTS, RATINGS, RETURN_REASONS, URGENCIES
from gridclient.ui.actions import word_of
from gridclient.ui.casework.case_view import CaseView
from gridclient.ui.casework.offers import parts_for
from gridclient.ui.present import level_words, part_word

translate = QCoreApplication.translate
Values = Mapping[str, Any]
Command = tuple[Action, dict[str, Any]]


_NUMBERS: Final = frozenset({"level", "urgency"})


class FieldKind(StrEnum):
    """The kind of a field's input."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    TICK = "tick"
    STANDARD = "standard"
    GRID = "grid"


@frozen
class Field:
    """A field of a form. ``choices`` are pairs of value and word. A ``needed`` field must be filled."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    choices: tuple[tuple[str, str], ...] = ()
    default: Any = ""
    needed: bool = False
    hint: str = ""


@frozen
class FormSpec:
    """The form of an action: title, fields, word of the button, and a sentence above the fields. An action without
    fields is carried out at once."""

    action: Action
    title: str
    fields: tuple[Field, ...]
    submit: str
    lead: str = ""


def spec_of(action: Action, view: CaseView, actor: Actor) -> FormSpec:
    """The form of ``action`` for a case as it is now."""
    word, build, lead = word_of(action), _FORMS.get(action), ""
    if action is Action.CLOSE and view.standard is not None and view.standard.closing_condition:
        lead = translate("CaseWork", "结案条件：{text}").format(text=view.standard.closing_condition)
    return FormSpec(action, word, build(view, actor) if build is not None else (), word, lead)


def spec_of_several(*, total: int, lacking_standard: int, lacking_grid: int) -> FormSpec:
    """The form 同一立案标准与网格, which asks only for what some of several cases lack."""
    word = translate("CaseWork", "立案 {count} 件").format(count=total)
    standard, grid = _standard(""), _grid("", needed=True)
    fields = ((standard,) if lacking_standard else ()) + ((grid,) if lacking_grid else ())
    parts = [
        translate("CaseWork", "{count} 件缺{field}").format(count=count, field=field.label)
        for count, field in ((lacking_standard, standard), (lacking_grid, grid))
        if count > 0
    ]
    lead = translate("CaseWork", "{parts}；已有的保持不变。").format(parts="，".join(parts))
    title = translate("CaseWork", "同一立案标准与网格")
    return FormSpec(Action.FILE, title, fields, word, lead)


def spec_of_closing(count: int) -> FormSpec:
    """The form that closes several cases."""
    word = translate("CaseWork", "结案 {count} 件").format(count=count)
    lead = translate("CaseWork", "每一件都满足各自的结案条件才能结案。")
    return FormSpec(Action.CLOSE, word, _close(), word, lead)


def command_of(spec: FormSpec, values: Values) -> Command:
    """The action and its arguments. A check becomes a pass, a rework or a release by its verdict."""
    args = {field.name: values.get(field.name, field.default) for field in spec.fields}
    if spec.action is Action.VERIFY:
        verdict = args.pop("verdict")
        if verdict == "rework":
            return Action.REWORK, args
        return Action.VERIFY, {**args, "release": True} if verdict == "release" else args
    if spec.action is Action.AMEND:
        args = {field.name: args[field.name] for field in spec.fields if args[field.name] != field.default}
    return spec.action, {name: int(value) if name in _NUMBERS else value for name, value in args.items()}


def shows_numbers(spec: FormSpec) -> bool:
    """Whether the form begins with a text in which numbers of people are masked elsewhere."""
    texts = ((MASKS[field.name], str(field.default)) for field in spec.fields if field.name in MASKS)
    return any(mask(text) != text for mask, text in texts)


def missing_field(spec: FormSpec, values: Values) -> Field | None:
    """The first needed field that is empty. A verdict of rework or release needs a reason."""
    for field in spec.fields:
        needed = field.needed or (field.name == "reason" and values.get("verdict") in ("rework", "release"))
        if needed and not str(values.get(field.name, "")).strip():
            return field
    return None


def waits_for(view: CaseView) -> str:
    """The units that the end of a case waits for, the lead first: ``主办派出所（处置中）、协办司法所（待签收）``; "" if
    no unit has the case."""
    if view.case.returned or not view.case.is_open:
        return ""
    parts = sorted(view.case.open_parts, key=lambda part: part.role is not Role.LEAD)
    return "、".join(f"{part_word(part.role)}{view.unit_name(part.unit)}（{PARTS[part.state]}）" for part in parts)


def _unit_field(parts: tuple[Assignment, ...], view: CaseView) -> Field:
    choices = (
        (part.unit, f"{part_word(part.role)} {view.unit_name(part.unit)}（{PARTS[part.state]}）") for part in parts
    )  # the role and the state are seen also where a long name is shortened
    return _one_of("unit", translate("CaseWork", "单位"), choices)


def _one_of(name: str, label: str, choices: Iterable[tuple[Any, str]], chosen: object = None) -> Field:
    """A field with choices; without ``chosen`` the first one is chosen."""
    offered = tuple((str(value), word) for value, word in choices)
    first = offered[0][0] if offered else ""
    return Field(name, label, FieldKind.CHOICE, offered, first if chosen is None else str(chosen), needed=True)


def _reason(*, needed: bool = True, label: str = "", hint: str = "") -> Field:
    return Field("reason", label or translate("CaseWork", "理由"), FieldKind.TEXT, needed=needed, hint=hint)


def _level(view: CaseView) -> Field:
    return _one_of("level", translate("CaseWork", "层级"), level_words().items(), view.case.level)


def _standard(chosen: str) -> Field:
    hint = translate("CaseWork", "输入文字或拼音首字母")
    label = translate("CaseWork", "立案条件")
    return Field("standard", label, FieldKind.STANDARD, default=chosen, needed=True, hint=hint)


def _grid(grid: str, *, needed: bool) -> Field:
    hint = translate("CaseWork", "输入社区、网格或编码")
    return Field("grid", translate("CaseWork", "网格"), FieldKind.GRID, default=grid, needed=needed, hint=hint)


def _amend(view: CaseView, _actor: Actor) -> tuple[Field, ...]:
    facts = view.case.facts
    return (
        Field("title", translate("CaseWork", "标题"), default=facts.title, needed=True),
        Field("description", translate("CaseWork", "描述"), FieldKind.TEXT, default=facts.description),
        Field("address", translate("CaseWork", "地址"), default=facts.address),
        _grid(facts.grid, needed=False),
        _one_of("urgency", translate("CaseWork", "紧急程度"), URGENCIES.items(), facts.urgency),
        _level(view),
    )


def _file(view: CaseView, _actor: Actor) -> tuple[Field, ...]:
    facts = view.case.facts
    return (_standard(facts.standard), _grid(facts.grid, needed=True), _level(view))


def _decline(_view: CaseView, _actor: Actor) -> tuple[Field, ...]:
    return (
        _one_of("reason_code", translate("CaseWork", "原因"), DECLINE_REASONS.items()),
        _reason(needed=False, label=translate("CaseWork", "说明"), hint=translate("CaseWork", "可不填")),
    )


def _sign(view: CaseView, actor: Actor) -> tuple[Field, ...]:
    """A unit signs for itself; the desk signs for the lead at once and is asked which unit it signs for otherwise."""
    parts = parts_for(Action.SIGN, view.case, actor)
    at_once = actor.role is AccountRole.UNIT or [part.role for part in parts] == [Role.LEAD]
    return () if at_once else (_unit_field(parts, view),)


def _return(view: CaseView, actor: Actor) -> tuple[Field, ...]:
    return (
        _unit_field(parts_for(Action.RETURN, view.case, actor), view),
        _one_of("reason_code", translate("CaseWork", "原因"), RETURN_REASONS.items()),
        _reason(label=translate("CaseWork", "说明"), hint=translate("CaseWork", "写明依据，供重新派遣参考")),
    )


def _feed_back(view: CaseView, actor: Actor) -> tuple[Field, ...]:
    result = translate("CaseWork", "处置结果")
    return (
        _unit_field(parts_for(Action.FEED_BACK, view.case, actor), view),
        Field("result", result, FieldKind.TEXT, needed=True, hint=translate("CaseWork", "做了什么，结果如何")),
        Field("contacted", translate("CaseWork", "已联系反映人"), FieldKind.TICK, default=False),
        Field("public_reply", translate("CaseWork", "对外答复"), hint=translate("CaseWork", "可不填")),
    )


def _verify(view: CaseView, actor: Actor) -> tuple[Field, ...]:
    verdicts: tuple[tuple[str, str], ...] = (
        ("pass", translate("CaseWork", "通过")),
        ("rework", translate("CaseWork", "返工")),
        ("release", translate("CaseWork", "协办免办")),
    )
    parts = parts_for(Action.VERIFY, view.case, actor)
    if all(part.role is Role.LEAD for part in parts):
        verdicts = verdicts[:2]
    elif all(part.state is not AssignmentState.HANDLED for part in parts):
        verdicts = verdicts[2:]  # nobody has a result to check yet
    return (
        _unit_field(parts, view),
        _one_of("verdict", translate("CaseWork", "结论"), verdicts),
        _reason(needed=False, hint=translate("CaseWork", "返工、免办必填")),
    )


def _close(*_case: object) -> tuple[Field, ...]:
    return (
        Field("closing_condition_met", translate("CaseWork", "结案条件已满足"), FieldKind.TICK, default=False),
        Field("note", translate("CaseWork", "结案说明"), hint=translate("CaseWork", "可不填")),
    )


def _urge(view: CaseView, _actor: Actor) -> tuple[Field, ...]:
    lead = view.case.lead
    units = [(part.unit, view.unit_name(part.unit)) for part in view.case.current_parts]
    text = Field("text", translate("CaseWork", "催办内容"), FieldKind.TEXT, hint=translate("CaseWork", "可不填"))
    if len(units) < 2 or lead is None:
        return (text,)
    return (_one_of("unit", translate("CaseWork", "单位"), units, lead.unit), text)


def _rate(_view: CaseView, _actor: Actor) -> tuple[Field, ...]:
    return (
        _one_of("rating", translate("CaseWork", "评价"), RATINGS.items(), tuple(RATINGS)[1]),
        Field("text", translate("CaseWork", "意见"), hint=translate("CaseWork", "可不填")),
    )


def _note(_view: CaseView, _actor: Actor) -> tuple[Field, ...]:
    return (Field("text", translate("CaseWork", "备注"), FieldKind.TEXT, needed=True),)


def _with_reason(_view: CaseView, _actor: Actor) -> tuple[Field, ...]:
    return (_reason(),)


_FORMS: Final[Mapping[Action, Callable[[CaseView, Actor], tuple[Field, ...]]]] = {
    Action.FILE: _file,
    Action.AMEND: _amend,
    Action.DECLINE: _decline,
    Action.SIGN: _sign,
    Action.RETURN: _return,
    Action.FEED_BACK: _feed_back,
    Action.VERIFY: _verify,
    Action.CLOSE: _close,
    Action.URGE: _urge,
    Action.RATE: _rate,
    Action.NOTE: _note,
    Action.REOPEN: _with_reason,
    Action.VOID: _with_reason,
    Action.ESCALATE: _with_reason,
    Action.DELEGATE: _with_reason,
}
