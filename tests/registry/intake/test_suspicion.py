"""What is suspicious in a file as a whole: each thing waits for its own word, and for no other."""

from dataclasses import replace

import pytest

from registry.intake.batch import BatchSuspicious
from registry.intake.publish import publish_batch
from registry.intake.staging import stage
from registry.intake.suspicion import (
    CITIZEN_NUMBERS,
    COLLISIONS,
    DATES,
    ENDINGS,
    HOLDERS,
    MISSING,
    NUMBERS,
    SUSPICIONS,
    Figures,
    suspicions,
)
from registry.register import Register
from tests.registry.intake.lists import HERE, STATUS, issue, listing
from tests.registry.public import check_agreement, public_state
from tests.registry.small import act, find, row
from vocab.history import ActKind

NOTHING = Figures(public=100, missing=0, collisions=0, compared=100, moved=0, citizen_numbers=0, rows=100)
LIST = [row(f"{number}/2567") for number in range(1, 41)]
PLACED = [{**each, "street": "99 หมู่ 3", "district": "เมืองนครพนม"} for each in LIST]
CITIZEN = "1101700207030"


def figures(**found: int) -> Figures:
    return replace(NOTHING, **found)


@pytest.mark.parametrize(
    ("found", "codes"),
    [
        ({}, []),
        ({"missing": 5}, []),
        ({"missing": 6}, [MISSING]),
        ({"public": 3, "missing": 1}, [MISSING]),
        ({"public": 0}, []),
        ({"collisions": 1}, [COLLISIONS]),
        ({"moved": 5}, []),
        ({"moved": 6}, [DATES]),
        ({"moved": 2, "compared": 3}, []),
        ({"moved": 3, "compared": 3}, [DATES]),
        ({"citizen_numbers": 1}, [CITIZEN_NUMBERS]),
        ({"ending": 5}, []),
        ({"ending": 6}, [ENDINGS]),
        ({"ending": 2, "compared": 2}, []),
        ({"rehoused": 10}, []),
        ({"rehoused": 11}, [HOLDERS]),
        ({"rehoused": 4, "compared": 4}, []),
        ({"unusual": 50}, []),
        ({"unusual": 51}, [NUMBERS]),
        ({"unusual": 4, "rows": 4}, []),
        (
            {
                **{"missing": 50, "collisions": 1, "moved": 50, "citizen_numbers": 1, "ending": 50, "rehoused": 50},
                "unusual": 100,
            },
            list(SUSPICIONS),
        ),
    ],
)
def test_what_is_suspicious(found: dict[str, int], codes: list[str]) -> None:
    told = suspicions(figures(**found))
    assert list(told) == codes
    for code, details in told.items():
        # Everything that the message needs is there.
        assert "%(" not in SUSPICIONS[code] % details


FILES = {
    MISSING: LIST[:-3],
    COLLISIONS: [*LIST, row("๔๑/๒๕๖๗"), row("41 /2567")],
    DATES: [*LIST[:37], *(row(f"{number}/2567", expires_on="2026-12-31") for number in (38, 39, 40))],
    CITIZEN_NUMBERS: [*LIST, row("41/2567", premises=f"ร้าน {CITIZEN}")],
    ENDINGS: [*({**each, "status": "ยกเลิก 1/11/2569"} for each in LIST[:3]), *LIST[3:]],
    HOLDERS: [*({**each, "licensee": "บริษัท อื่น จำกัด"} for each in LIST[:5]), *LIST[5:]],
    NUMBERS: [*LIST, *(row(f"หมายเหตุ {number}") for number in range(50))],
}


@pytest.mark.parametrize("code", FILES)
def test_each_thing_has_its_own_word(register: Register, code: str) -> None:
    issue(register, *LIST)
    before = public_state(register)
    report = stage(register, listing(*FILES[code], mapping=STATUS), workers=HERE)
    assert list(report.suspicions) == [code]
    others = [other for other in SUSPICIONS if other != code]
    for words in ([], others):
        with pytest.raises(BatchSuspicious, match=f"--accept-{code}") as raised:
            publish_batch(register, report.batch, words, workers=HERE)
        assert (raised.value.batch, list(raised.value.suspicions)) == (report.batch, [code])
        assert public_state(register) == before
    published = publish_batch(register, report.batch, [code], workers=HERE)
    assert published.state == "published"
    assert dict(published.suspicions) == dict(report.suspicions)
    check_agreement(register, verified=8)


@pytest.mark.parametrize(
    ("cells", "count", "code"),
    [
        ({"issued_on": "2014-03-01", "valid_from": "2024-03-01"}, 3, DATES),
        ({"issued_on": ""}, 3, DATES),
        ({"street": "1 ถนนอื่น"}, 5, HOLDERS),
        ({"province": "เชียงใหม่"}, 5, HOLDERS),
        ({"district": ""}, 5, HOLDERS),
    ],
)
def test_days_of_issue_and_addresses_are_looked_at_too(
    sqlite_register: Register, cells: dict[str, str], count: int, code: str
) -> None:
    issue(sqlite_register, *PLACED)
    for changed, expected in ((count - 1, []), (count, [code])):
        rows = [*({**each, **cells} for each in PLACED[:changed]), *PLACED[changed:]]
        assert list(stage(sqlite_register, listing(*rows), workers=HERE).suspicions) == expected


def test_an_address_that_is_told_for_the_first_time_is_no_other_place(sqlite_register: Register) -> None:
    issue(sqlite_register, *LIST)
    report = stage(sqlite_register, listing(*PLACED), workers=HERE)
    assert (report.counts["changed"], dict(report.suspicions)) == (40, {})


def test_rows_with_a_citizens_number_stay_out_in_any_case(sqlite_register: Register) -> None:
    report = issue(sqlite_register, *FILES[CITIZEN_NUMBERS])
    assert report.counts["rejected"] == 1
    assert CITIZEN not in str(public_state(sqlite_register))


def test_two_things_need_two_words(sqlite_register: Register) -> None:
    issue(sqlite_register, *LIST)
    report = stage(sqlite_register, listing(*LIST[:20], row("๔๑/๒๕๖๗"), row("41 /2567")), workers=HERE)
    assert list(report.suspicions) == [MISSING, COLLISIONS]
    with pytest.raises(BatchSuspicious) as raised:
        publish_batch(sqlite_register, report.batch, [MISSING], workers=HERE)
    assert list(raised.value.suspicions) == [COLLISIONS]
    assert publish_batch(sqlite_register, report.batch, [MISSING, COLLISIONS], workers=HERE).missing == 20


def test_renewals_are_no_change_of_dates(sqlite_register: Register) -> None:
    issue(sqlite_register, *LIST)
    renewed = [{**each, "expires_on": "2028-02-28"} for each in LIST]
    report = stage(sqlite_register, listing(*renewed), workers=HERE)
    assert (report.counts["changed"], dict(report.suspicions)) == (40, {})


def test_rows_that_are_known_again_count_for_the_share_of_changed_dates(sqlite_register: Register) -> None:
    """Three of sixty are five in a hundred, whether the others were read or known by what stands in them."""
    many = [row(f"{number}/2567") for number in range(1, 61)]
    issue(sqlite_register, *many)
    moved = [{**each, "expires_on": "2026-12-31"} for each in many[:3]]
    report = stage(sqlite_register, listing(*moved, *many[3:]), workers=HERE)
    assert (report.counts["changed"], report.counts["unchanged"]) == (3, 57)
    assert dict(report.suspicions) == {}


def test_what_has_ended_may_leave_the_list(register: Register) -> None:
    ended = [
        row(f"{number}/2560", issued_on="2020-01-01", valid_from="2020-01-01", expires_on="2021-01-01")
        for number in range(1, 21)
    ]
    issue(register, *LIST, *ended)
    act(register, "1/2567", ActKind.REVOKE)
    report = stage(register, listing(*LIST[1:]), workers=HERE)
    assert (report.missing, dict(report.suspicions)) == (0, {})
    publish_batch(register, report.batch, workers=HERE)
    assert find(register, "1/2560").record_status == "published"
    assert find(register, "1/2567").record_status == "published"
