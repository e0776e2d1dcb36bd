"""What a department gets of an event: everything but the reporter, unless it was given the contact.

Source: DOMAIN, Privacy: a dispatched unit gets the reporter's telephone only if 需联系群众 is ticked. Each withheld
value leaves a token, which only shows whether two values were equal, so that a department folds a case to the same
state as its township. Link, position and signature stay those of the original event; because the link is a plain hash
of what was written, events are written with a salt (:func:`salted`), which is withheld with what it protects.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from gridclient.domain.events import Payload, payload_text
from gridclient.domain.handing import SALT, WITHHELD, units_handed, withheld_of
from gridclient.services.masking import mask_name, mask_numbers

CONTACT: Final = "contact"
"""Key in a dispatch: the reporter's name and telephone, for its units only."""
_REPORTER: Final = ("reporter_name", "reporter_phone")
_WHOLE: Final = (*_REPORTER, "people", "extra")
"""Withheld whole, in events of any kind; ``extra`` has columns of a file whose content is not known."""
_CODES: Final = frozenset({"channel", "standard", "case_class", "grid", "source_point", "upper_number"})
"""Texts that contain no person, and whose digits are no telephone number."""
TRIALS: Final = frozenset({"digest", SALT})
"""Keys by which what is withheld could be found by trying: the hash of an imported row, and the salt of the link."""
_SAID: Final = ("text", "reason", "note", "result", "public_reply", "name")
"""Free texts besides the facts, and file names. Only the reporter is masked in them: other numbers are for the unit."""
_HOLDS: Final = re.compile("|".join(f'"{name}":(?!"")' for name in ("facts", CONTACT, *_WHOLE, *_SAID)))
_NOBODY: Final = frozenset(
    {"市民", "热心市民", "群众", "居民", "村民", "业主", "网友", "匿名", "来电人", "反映人", "女士", "先生"}
)
"""Words entered instead of a name, or beside one."""
_BESIDE: Final = re.compile(r"[、,，;；/()（）]")
_STYLES: Final = re.compile("(女士|先生|同志|老师|大爷|大妈|阿姨)$")
_LACKING: Final = f'"{WITHHELD}":'
_LEAST_NAME, _LEAST_PHONE = 2, 5
_BETWEEN: Final = re.compile(r"[^\d\s+()-]+|\s+(?=\d{7})")
"""Between two numbers in the field for one."""
_ENDS: Final = (11, 8, 7)
"""Digits of a number without the code of its country, or of its area."""
_NO_DIGIT: Final = re.compile(r"\D+")
_TOKEN_SIGNS: Final = 16
SALT_BYTES: Final = 9
"""72 bits: who knows all but the salt and tries 2^33 links a second (a graphics card) needs 2^39 seconds for each guess
at who it was; 48 bits would last nine hours."""


def new_salt() -> str:
    """A random salt of twelve signs."""
    return secrets.token_urlsafe(SALT_BYTES)


def new_salts(count: int) -> Iterator[str]:
    """So many salts, at a tenth of the cost."""
    signs = secrets.token_urlsafe(SALT_BYTES * count)
    width = len(signs) // count if count else 1
    return (signs[start : start + width] for start in range(0, len(signs), width))


def salted(payload: Payload, salt: Callable[[], str] = new_salt) -> Payload:
    """The payload with a salt if anything in it may have to be withheld, now or when more of the case is known."""
    return {**payload, SALT: salt()} if _may_tell(payload) else payload


def _may_tell(payload: Payload) -> bool:
    facts = payload.get("facts")
    told = facts.items() if isinstance(facts, dict) else ()
    return any(payload.get(name) for name in (CONTACT, *_WHOLE, *_SAID)) or any(
        value and isinstance(value, (str, dict)) for fact, value in told if fact not in _CODES
    )


def for_unit(
    unit: str, kind: str, subject: str, text: str, key: bytes, *, case: Callable[[], Iterable[str]] = tuple
) -> str:
    """A payload's text as the desk of ``unit`` may have it; ``text`` itself if nothing is withheld.

    Args:
        key: the stream's key, which no department has: without it values cannot be found by trying tokens.
        case: gives the payloads of the whole case; called if the event has texts, as another event may say who is named
            in them.
    """
    if _HOLDS.search(text) is None:
        return text
    payload = json.loads(text)
    found = dict[str, Any]()
    left = _less(payload, (*_WHOLE, *(() if unit in units_handed(kind, payload) else (CONTACT,))), found)
    facts = payload.get("facts")
    if isinstance(facts, dict):
        left["facts"] = _masked(_less(facts, _WHOLE, found), facts, found, case)
    left |= _hushed({name: payload[name] for name in _SAID if payload.get(name)}, found, case)
    if not found:
        return text
    tokens = {name: _token(key, subject, name, value) for name, value in found.items()}
    return payload_text({name: value for name, value in left.items() if name not in TRIALS} | {WITHHELD: tokens})


def lacks(text: str) -> bool:
    """Whether something was withheld from the event with this payload."""
    try:
        return _LACKING in text and WITHHELD in json.loads(text)
    except ValueError:  # no JSON, so not from a hub
        return False


def lacks_less(text: str, other: str) -> bool:
    """Whether ``text`` has fewer values withheld than ``other``, another payload of the same event."""
    found = [withheld_of(json.loads(payload)) for payload in (text, other)]
    return len(found[0]) < len(found[1])


def _less(values: Mapping[str, Any], names: tuple[str, ...], found: dict[str, Any]) -> dict[str, Any]:
    """The values without those of ``names`` that are not empty, which are added to ``found``."""
    gone = {name: values[name] for name in names if values.get(name)}
    found |= gone
    return {name: value for name, value in values.items() if name not in gone}


def _masked(
    left: dict[str, Any], facts: Mapping[str, Any], found: dict[str, Any], case: Callable[[], Iterable[str]]
) -> dict[str, Any]:
    """The facts, with all personal numbers and the reporter's name and telephone masked in texts."""
    texts = {fact: value for fact, value in left.items() if isinstance(value, str) and fact not in _CODES and value}
    if not texts:
        return left
    said = [facts, *_facts_of(case())]
    for fact, value in texts.items():
        told = mask_numbers(_without(value, said, named=fact != "address"), whole=True)
        if told != value:
            found[fact], left[fact] = value, told
    return left


def _hushed(said: Mapping[str, Any], found: dict[str, Any], case: Callable[[], Iterable[str]]) -> Mapping[str, str]:
    """Those of the texts that name the reporter, with the name and telephone masked."""
    texts = {name: value for name, value in said.items() if isinstance(value, str)}
    told = list(_facts_of(case())) if texts else []
    less = {name: _without(value, told) for name, value in texts.items()}
    changed = {name: value for name, value in less.items() if value != texts[name]}
    found |= {name: texts[name] for name in changed}
    return changed


def _without(text: str, said: Iterable[Mapping[str, Any]], *, named: bool = True) -> str:
    """The text with the reporter's telephone and (if ``named``) name masked; a street may have a person's name."""
    entered, phones = ({str(one.get(fact) or "").strip() for one in said} for fact in _REPORTER)
    for name in sorted(_names(entered), key=len, reverse=True) if named else ():
        text = text.replace(name, mask_name(name))
    return _starred(text, _numbers(phones))


def _names(entered: Iterable[str]) -> set[str]:
    """Each name as it was entered, without blanks, and without what stands beside or behind it."""
    parts = {part for name in entered for part in (name, "".join(name.split()), *map(str.strip, _BESIDE.split(name)))}
    parts |= {_STYLES.sub("", part) for part in parts}
    return {part for part in parts - _NOBODY if len(part) >= _LEAST_NAME}


def _numbers(entered: Iterable[str]) -> set[str]:
    """The digits of each number, whole and without the codes before it."""
    phones = {unicodedata.normalize("NFKC", phone) for phone in entered}
    whole = {_NO_DIGIT.sub("", part) for phone in phones for part in (phone, *_BETWEEN.split(phone))}
    ends = {number[-length:] for number in whole for length in _ENDS if len(number) > length}
    return {number for number in whole | ends if len(number) >= _LEAST_PHONE}


def _starred(text: str, numbers: Iterable[str]) -> str:
    """The text with these numbers hidden, also where they are written in parts or full width; its length stays."""
    places = [place for place, sign in enumerate(text) if sign.isdecimal()]
    digits = "".join(str(unicodedata.decimal(text[place])) for place in places)
    for number in numbers:
        start = digits.find(number)
        while start >= 0:
            first, last = places[start], places[start + len(number) - 1]
            if not any(map(str.isalpha, text[first:last])):
                text = f"{text[:first]}{'*' * (last + 1 - first)}{text[last + 1 :]}"
            start = digits.find(number, start + 1)
    return text


def _facts_of(texts: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    """The facts in those payloads that name a reporter."""
    for text in texts:
        facts = json.loads(text).get("facts") if '"reporter_' in text else None
        if isinstance(facts, dict):
            yield facts


def _token(key: bytes, subject: str, name: str, value: Any) -> str:
    return hmac.digest(key, payload_text({subject: {name: value}}).encode(), "sha256").hex()[:_TOKEN_SIGNS]
