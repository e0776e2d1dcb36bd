"""Codes that people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.errors import InvalidInput
from gridclient.services.enrol_code import new_code, read_code

WIDE = "\u3000"  # the blank of a Chinese keyboard
FINGERPRINTS = st.one_of(st.just(b""), st.binary(min_size=32, max_size=32))


@given(FINGERPRINTS)
def test_a_code_is_read_as_it_was_made(fingerprint: bytes) -> None:
    code = read_code(new_code(fingerprint))
    assert code.fingerprint == fingerprint[:8]


@given(FINGERPRINTS)
def test_careless_writing_is_forgiven(fingerprint: bytes) -> None:
    written = new_code(fingerprint)
    careless = f" {written.lower().replace('-', ' ', 1).replace('-', WIDE).replace('0', 'o').replace('1', 'l')}\n"
    assert read_code(careless) == read_code(written)


@given(FINGERPRINTS, st.data())
def test_any_one_wrong_sign_is_noticed(fingerprint: bytes, data: st.DataObject) -> None:
    written = new_code(fingerprint).replace("-", "")
    place = data.draw(st.integers(0, len(written) - 1))
    sign = data.draw(st.sampled_from([s for s in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" if s != written[place]]))
    with pytest.raises(InvalidInput, match=r"enrol\.code_mistyped"):
        read_code(written[:place] + sign + written[place + 1 :])


@pytest.mark.parametrize("text", ["", "-", "A", "U" * 16, "网格" * 8, "0" * 15, "0" * 17])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_code(text)


def test_codes_do_not_repeat_and_have_sixteen_signs_or_more() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert {len(code.replace("-", "")) for code in codes} == {16}
    assert len(new_code(bytes(32)).replace("-", "")) == 32
