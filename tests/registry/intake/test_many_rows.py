"""What a long file costs: renewing rows, rows of one number and periods of one licence, in statements and in memory."""

import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from registry.intake import repeats
from registry.intake.batch import Holds
from registry.intake.publish import publish_batch
from registry.intake.staging import stage
from registry.record import RecordStatus
from registry.register import Register
from tests.registry.intake.lists import HERE, PERIODS, counted, issue, listing
from tests.registry.public import check_agreement
from tests.registry.small import ADVERT, MAPPING, TODAY, TOWN, find, iri, row, rows_in, submission, table
from tests.registry.statements import statements

MANY = 1_200
WITHOUT_AREA = MAPPING.partition("[columns.particulars]")[0]
FORMER = [row(f"{n}/2566", premises=f"ร้าน {n}") for n in range(1, MANY + 1)]


def cost(register: Register, *rows: dict[str, str]) -> int:
    """How many statements it takes to stage `rows`."""
    with statements(register) as sent:
        stage(register, listing(*rows, holds=Holds.PART), workers=HERE)
    return len(sent)


def test_rows_that_renew_others_cost_about_what_others_cost(register: Register) -> None:
    issue(register, *FORMER)
    plain = [row(f"{n}/2567", premises=f"ใหม่ {n}") for n in range(1, MANY + 1)]
    renewing = [{**each, "renews": former["number"]} for each, former in zip(plain, FORMER, strict=True)]
    extra = cost(register, *renewing) - cost(register, *plain)
    assert extra < 10 * -(-MANY // 500)
    report = issue(register, *renewing, holds=Holds.PART)
    assert counted(report) == {"new": MANY}
    assert find(register, f"{MANY}/2567").license.renews == iri(f"{MANY}/2566")


def test_a_renewed_licence_is_found_with_its_year_in_the_file_and_in_the_register(register: Register) -> None:
    """Also where its number is the beginning of another's, or another's begins with the same signs."""

    def send(*rows: dict[str, str]) -> None:
        file = submission(table(*rows), TOWN, ADVERT, WITHOUT_AREA)
        publish_batch(register, stage(register, file, workers=HERE).batch, workers=HERE)

    send(row("1", issued_on="2020-03-01"), row("10", issued_on="2020-03-01"), row("1/0", issued_on="2020-03-01"))
    send(
        row("2", issued_on="2021-03-01", renews="1"),
        row("3", issued_on="2021-03-01", renews="4"),
        row("4", issued_on="2021-03-01"),
        row("4.1", issued_on="2021-03-01"),
        row("5", issued_on="2021-03-01", renews="5"),
        row("6", issued_on="2021-03-01", renews="5"),
    )

    def renewed(number: str) -> object:
        return find(register, iri(number, "be2564", license_type=ADVERT)).license.renews

    assert renewed("2") == iri("1", "be2563", license_type=ADVERT)
    assert renewed("3") == iri("4", "be2564", license_type=ADVERT)
    assert renewed("5") is None
    assert renewed("6") == iri("5", "be2564", license_type=ADVERT)


def test_the_index_finds_the_licences_of_a_number_whatever_the_year(postgresql_register: Register) -> None:
    """By bytes, also where the database sorts as a language does."""
    with postgresql_register.database.reading() as session:
        found = session.scalar(text("SELECT indexdef FROM pg_indexes WHERE indexname = 'received_row_tail'"))
    assert "text_pattern_ops" in str(found)


def test_a_renewed_licence_is_looked_for_by_the_index_where_years_tell_numbers_apart(
    sqlite_register: Register,
) -> None:
    rows = [row(f"{n}", issued_on="2021-03-01", renews=f"{n + 1}") for n in range(1, 600)]
    looked: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "named" in statement and not statement.startswith("EXPLAIN"):
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            looked.append("\n".join(step[-1] for step in plan))

    event.listen(sqlite_register.database.engine, "before_cursor_execute", explain)
    report = stage(sqlite_register, submission(table(*rows), TOWN, ADVERT, WITHOUT_AREA), workers=HERE)
    assert len(looked) == 2, "once for each piece"
    assert all("received_row_tail (batch_id=? AND tail>? AND tail<?)" in each for each in looked)
    assert [each.code for each in rows_in(sqlite_register, report)[-1].findings if each.code.startswith("renew")] == [
        "renewed-unknown"
    ]


def test_many_rows_of_one_number_are_rejected_in_a_few_statements(register: Register) -> None:
    rows = [row("1/2567", premises=f"ร้าน {n}") for n in range(MANY)]
    with statements(register) as sent:
        report = stage(register, listing(*rows, row("2/2567")), workers=HERE)
    assert len(sent) < 100
    assert counted(report) == {"new": 1, "rejected": MANY}
    first, second, *_ = rows_in(register, report)
    assert [(each.code, each.details["other"]) for each in first.findings] == [("number-twice", "3")]
    assert [(each.code, each.details["other"]) for each in second.findings] == [("number-twice", "2")]


@pytest.mark.parametrize("mapping", [MAPPING, PERIODS])
def test_many_rows_that_are_the_same_are_one(sqlite_register: Register, mapping: str) -> None:
    report = issue(sqlite_register, *[row("1/2567")] * MANY, mapping=mapping)
    assert counted(report) == {"new": 1, "repeated": MANY - 1}
    last = rows_in(sqlite_register, report)[-1]
    assert [(each.code, each.details["other"]) for each in last.findings] == [("number-repeated", "2")]
    assert find(sqlite_register, "1/2567").record_status == RecordStatus.PUBLISHED
    again = issue(sqlite_register, *[row("1/2567")] * MANY, mapping=mapping)
    assert counted(again) == {"unchanged": 1, "repeated": MANY - 1}


def test_rows_of_one_number_are_not_held_all_at_once(sqlite_register: Register) -> None:
    def most(count: int) -> int:
        """The memory that is held at most, beside the file itself."""
        file = listing(*(row("1/2567", premises=f"ร้าน {n}") for n in range(count)))
        tracemalloc.start()
        stage(sqlite_register, file, workers=HERE)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak - 3 * len(file.body)

    short, long = most(3_000), most(9_000)
    assert long < short + 6 * 1024 * 1024


def periods(count: int) -> list[dict[str, str]]:
    return [
        row(
            "1/2567",
            issued_on="2020-01-01",
            valid_from=str(TODAY - timedelta(days=500) + timedelta(days=n)),
            expires_on=str(TODAY + timedelta(days=n)),
        )
        for n in range(count)
    ]


def test_more_periods_than_a_licence_can_have_are_no_renewals(
    sqlite_register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "MAX_PERIODS", 5)
    report = issue(sqlite_register, *periods(6), mapping=PERIODS)
    assert counted(report) == {"rejected": 6}
    assert {each.code for view in rows_in(sqlite_register, report) for each in view.findings} == {"number-twice"}
    assert counted(issue(sqlite_register, *periods(5), mapping=PERIODS)) == {"new": 1, "changed": 4}


def test_periods_are_published_one_after_the_other_and_looked_for_once(register: Register) -> None:
    few, many = periods(10), periods(30)
    spent = []
    for number, rows in (("1/2567", few), ("2/2567", many)):
        report = stage(
            register,
            listing(*({**each, "number": number} for each in rows), mapping=PERIODS, source=number),
            workers=HERE,
        )
        with statements(register) as sent:
            publish_batch(register, report.batch, report.suspicions, workers=HERE)
        spent.append(sum("received_row.wave" in each for each in sent))
        assert len(find(register, number).history.acts) == len(rows)
    # Two pieces of the first wave, each looked for twice at most, and once the others, however many.
    assert spent[0] == spent[1] <= 5
    check_agreement(register)
