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


def test_numbers_inside_a_text_are_hidden_and_the_rest_is_left() -> None:
    text = "来电13800001234，身份证371002199001011234，门牌 12 号"
    masked = mask_numbers(text)
    assert "13800001234" not in masked
    assert "19900101" not in masked
    assert masked.startswith("来电138****1234，")
    assert masked.endswith("门牌 12 号")


def test_an_identity_number_that_ends_in_a_letter_is_hidden() -> None:
    assert "19900101" not in mask_numbers("身份证37100219900101123X")


@pytest.mark.parametrize("text", ["371002012203001", "371002012203", "371002001001001", "371002100601", "2026-11-22"])
def test_the_code_of_an_area_is_no_identity_number(text: str) -> None:
    assert mask_numbers(f"网格 {text} 报") == f"网格 {text} 报"


@pytest.mark.parametrize("text", ["371002651123012", "138-0000-1234", "138 0000 1234", "0631-5200001", "063152000012"])
def test_old_identity_numbers_and_telephones_in_parts_are_hidden(text: str) -> None:
    masked = mask_numbers(f"电话{text}。")
    assert text not in masked and "*" * 4 in masked
