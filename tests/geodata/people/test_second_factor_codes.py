"""Codes of a second factor as people type them."""

from datetime import UTC, datetime

import pyotp
import pytest

from geodata.people.second_factor import STEP_S, new_secret, step_of

NOW = datetime(2026, 11, 22, 8, 0, 10, tzinfo=UTC)
SECRET = new_secret()


def test_a_code_may_be_typed_with_spaces() -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    assert step_of(SECRET, f"{code[:3]} {code[3:]}", NOW) == int(NOW.timestamp()) // STEP_S


@pytest.mark.parametrize("code", ["", "abc", "１２３４５６", "١٢٣٤٥٦", "\x00", "12345678901234567890"])
def test_what_is_no_code_is_none(code: str) -> None:
    assert step_of(SECRET, code, NOW) is None
