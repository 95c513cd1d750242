"""Whole lists of one authority, month after month, as files of different kinds."""

from collections.abc import Collection, Mapping

from registry.intake.batch import Holds, Report, Submission
from registry.intake.publish import publish
from registry.intake.staging import stage
from registry.intake.suspicion import SUSPICIONS
from registry.intake.workers import Workers
from registry.register import Register
from tests.registry.small import FOOD, HEADINGS, MAPPING, TOWN, table

STATUS = MAPPING + '[status]\ncolumn = "status"\ndate = "status_on"\n'
"""A mapping with a status column."""
PERIODS = MAPPING + '[rows]\nrepeated = "renewals"\n'
"""A mapping of a list with one row for each period of a licence."""
WIDE = (*HEADINGS, "status", "status_on")
HERE = Workers(1)
"""No other process."""


def listing(
    *rows: Mapping[str, str],
    holds: Holds = Holds.ALL,
    source: str = "",
    mapping: str | None = MAPPING,
    authority: str = TOWN,
) -> Submission:
    """A file with all licences of a list."""
    body = table(*rows, headings=WIDE)
    return whole_list(body, mapping, holds=holds, source=source, authority=authority)


def whole_list(
    body: bytes, mapping: str | None, *, holds: Holds = Holds.ALL, source: str = "", authority: str = TOWN
) -> Submission:
    """As `listing`, of bytes."""
    return Submission(
        authority=authority,
        license_type=FOOD,
        file_name="list.csv",
        body=body,
        mapping=mapping,
        holds=holds,
        source=source,
    )


def issue(
    register: Register,
    *rows: Mapping[str, str],
    holds: Holds = Holds.ALL,
    source: str = "",
    mapping: str | None = MAPPING,
    accept: Collection[str] = tuple(SUSPICIONS),
) -> Report:
    """Publishes an issue of a list, whatever is suspicious in it."""
    return publish(register, listing(*rows, holds=holds, source=source, mapping=mapping), accept, workers=HERE)


def look(register: Register, *rows: dict[str, str], mapping: str = MAPPING, source: str = "") -> Report:
    """Stages a whole list."""
    return stage(register, listing(*rows, mapping=mapping, source=source), workers=HERE)


def counted(report: Report) -> dict[str, int]:
    """The outcomes that rows have."""
    return {outcome: count for outcome, count in report.counts.items() if count}
