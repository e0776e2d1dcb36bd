"""Files with which a desk enrols without a line: what one side writes the other reads, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.errors import GridClientError, SyncFault
from gridclient.services.enrolment import Admission, Grant
from gridclient.sync.enrol_file import check_digits, read_admission, read_request, write_admission, write_request
from gridclient.sync.signing import new_key, public_key

DEVICE, KEY = "device-1", bytes(range(32))
ADMISSION = Admission(
    "hub-1", "", "A1", (Grant("t:371002001", writes=True), Grant("ref")), {"t:371002001": bytes(32)}, bytes(32)
)
REQUEST = write_request(KEY, DEVICE, "一号席")
ANSWER = write_admission(read_request(REQUEST), ADMISSION)


def test_request_says_who_the_desk_is() -> None:
    said = read_request(REQUEST)
    assert (said.device, said.name, said.public_key) == (DEVICE, "一号席", public_key(KEY))


def test_same_desk_writes_the_same_request() -> None:
    assert write_request(KEY, DEVICE, "一号席") == REQUEST
    assert check_digits(REQUEST) != check_digits(write_request(new_key(), DEVICE, "一号席"))


def test_private_key_is_not_in_the_request() -> None:
    assert KEY not in REQUEST


def test_admission_reaches_the_desk_that_asked() -> None:
    assert read_admission(ANSWER, DEVICE, KEY) == ADMISSION


def test_token_does_not_travel() -> None:
    secret = ADMISSION._replace(token="never on a stick")
    assert read_admission(write_admission(read_request(REQUEST), secret), DEVICE, KEY).token == ""


def test_admission_is_of_no_use_to_another_desk() -> None:
    for device, key in ((DEVICE, new_key()), ("device-2", KEY)):
        with pytest.raises(SyncFault, match=r"enrol\.file_other"):
            read_admission(ANSWER, device, key)


def test_one_is_not_taken_for_the_other() -> None:
    with pytest.raises(SyncFault, match=r"enrol\.file_no_admission"):
        read_admission(REQUEST, DEVICE, KEY)
    with pytest.raises(SyncFault, match=r"enrol\.file_no_request"):
        read_request(ANSWER)


def test_other_files_are_foreign_and_newer_ones_say_so() -> None:
    for content in (b"", b"PK\x03\x04", b"GRIDBUNDLE\x01"):
        with pytest.raises(SyncFault, match=r"enrol\.file_foreign"):
            read_request(content)
    with pytest.raises(SyncFault, match=r"enrol\.file_newer"):
        read_request(REQUEST[:9] + b"\x09" + REQUEST[10:])


@given(st.sampled_from((REQUEST, ANSWER)), st.data())
def test_damage_is_always_noticed(file: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(file) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != file[place]))
    damaged = file[:place] + bytes((other,)) + file[place + 1 :]
    refused(damaged)
    refused(file[:place])


@given(st.binary(max_size=300), st.sampled_from((REQUEST, ANSWER)), st.booleans())
def test_whatever_stands_in_a_file_with_a_right_check_is_refused(body: bytes, file: bytes, whole: bool) -> None:
    from hashlib import sha256

    made = file[:11] + (file[11:75] if whole else b"") + body
    made += sha256(made).digest()[:8]
    refused(made)


def refused(file: bytes) -> None:
    with pytest.raises(GridClientError, match=r"^enrol\.file_"):
        read_request(file)
    with pytest.raises(GridClientError, match=r"^enrol\.file_"):
        read_admission(file, DEVICE, KEY)
