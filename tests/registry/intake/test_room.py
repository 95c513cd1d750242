"""A list tells which of its licences have no room in a QR code, and by how much; they are published all the same."""

import pytest

from registry.intake.finding import CATALOGUE
from registry.intake.gravity import OF_CODES, Gravity
from registry.register import Register
from tests.registry.codes import code_of, live
from tests.registry.small import preview, row, send, submission, table

LONG = "ยาว" * 100
ROWS = {
    "code-without-address": row("1/2567", street="ถนน" + LONG),
    "code-without-premises": row("2/2567", premises="ร้าน" + LONG),
    "code-without-licensee": row("3/2567", licensee="บริษัท " + LONG + " จำกัด"),
    "code-without-content": row("4/" + "9A" * 200),
}


@pytest.mark.parametrize("code", ROWS)
def test_what_has_no_room_is_told(sqlite_register: Register, code: str) -> None:
    _, [only] = preview(sqlite_register, submission(table(ROWS[code])))
    [found] = [each for each in only.findings if each.code in OF_CODES]
    assert found.code == code
    assert found.gravity is Gravity.WARNS
    assert int(found.details["over"]) > 20
    assert found.details["number"] == ROWS[code]["number"]
    assert CATALOGUE[code][0] is Gravity.WARNS


def test_each_text_that_is_left_out_is_told(sqlite_register: Register) -> None:
    both = row("6/2567", premises="ร้าน" + LONG, licensee="บริษัท " + LONG + " จำกัด")
    _, [only] = preview(sqlite_register, submission(table(both)))
    found = {each.code for each in only.findings} & set(OF_CODES)
    assert found == {"code-without-premises", "code-without-licensee"}


def test_a_licence_that_fits_tells_nothing(sqlite_register: Register) -> None:
    usual = row("5/2567", premises="ร้าน" * 10, licensee="บริษัท " + "ก" * 40 + " จำกัด")
    _, [only] = preview(sqlite_register, submission(table(usual)))
    assert [each.code for each in only.findings if each.code in OF_CODES] == []


def test_it_is_published_with_the_code_that_was_foretold(register: Register) -> None:
    send(register, ROWS["code-without-premises"], ROWS["code-without-content"])
    assert live(register, code_of(register, "2/2567")) == "active"
    assert "#" not in code_of(register, ROWS["code-without-content"]["number"])
