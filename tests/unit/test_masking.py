"""Personal data is hidden unless somebody asks."""

from __future__ import annotations

import pytest

from gridclient.services.masking import mask_name, mask_numbers, mask_phone


@pytest.mark.parametrize(("name", "shown"), [("张某某", "张*"), (" 李某 ", "李*"), ("", ""), ("  ", "")])
def test_a_name_keeps_its_first_sign(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13800001234", "138****1234"), ("0631-5200001", "063****0001"), ("12345", "*****"), ("", ""), ("无", "")],
)
def test_a_telephone_keeps_its_ends(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize("phone", ["5200001", "65200001", "652000012"])
def test_a_telephone_of_which_its_ends_would_leave_next_to_nothing_hidden_is_hidden_whole(phone: str) -> None:
    assert mask_phone(phone) == "*" * len(phone)


def test_a_telephone_with_its_area_hides_three_digits_at_least() -> None:
    assert mask_phone("010-5200001") == "010****0001"


def test_numbers_inside_a_text_are_hidden_and_the_rest_is_left() -> None:
    text = "来电13800001234，身份证371002199001011234，门牌 12 号"
    masked = mask_numbers(text)
    assert "13800001234" not in masked
    assert "19900101" not in masked
    assert masked.startswith("来电138****1234，")
    assert masked.endswith("门牌 12 号")


def test_an_identity_number_that_ends_in_a_letter_is_hidden() -> None:
    assert "19900101" not in mask_numbers("身份证37100219900101123X")


@pytest.mark.parametrize(
    "text",
    [
        "371002012203001", "371002012203", "371002001001001", "371002100601", "371002200101001", "371002210101",
        "2026-11-22", "20261122000123", "3710022026112200", "0800-1200-1600", "K135 200 3000", "12000000000元",
        "13000000000元", "122.13800001234", "1732250000123",
    ],
)  # fmt: skip
def test_codes_case_numbers_and_amounts_stay(text: str) -> None:
    assert mask_numbers(f"网格 {text} 报") == f"网格 {text} 报"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("371002651123012", "3710********012"),
        ("371002199001011234", "3710**********1234"),
        ("371002 19900101 123x", "3710************123x"),
        ("138-0000-1234", "138******1234"),
        ("138 0000 1234", "138******1234"),
        ("1381234 5678", "138*****5678"),
        ("138 12345678", "138*****5678"),
        ("138－1234－5678", "138******5678"),
        ("１３８００００１２３４", "１３８****１２３４"),
        ("+8613800001234", "+86138****1234"),
        ("0631-5200001", "0631****0001"),
        ("06315200001", "0631***0001"),
        ("063152000012", "0631****0012"),
        ("(0631)5212345", "(0631)***2345"),
        ("（0631）5212345", "（0631）***2345"),
        ("0631—5212345", "0631****2345"),
        ("010-62345678", "010*****5678"),
        ("6222021234567890123", "6222***********0123"),
    ],
)
def test_telephones_and_identity_numbers_are_hidden_however_they_are_written(text: str, shown: str) -> None:
    assert mask_numbers(f"电话{text}。") == f"电话{shown}。"


def test_a_number_may_be_hidden_whole() -> None:
    assert mask_numbers("来电13800001234。", whole=True) == f"来电{'*' * 11}。"
