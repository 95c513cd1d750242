"""Any cells at all: nothing raises, what is published survives the store, and a blocked row has no licence."""

import pickle

from hypothesis import given
from hypothesis import strategies as st

from registry.codec import Codec
from registry.intake.finding import CATALOGUE
from registry.intake.gravity import Gravity
from registry.intake.rows.row import read_row
from registry.intake.table import SourceRow
from tests.registry.intake.sources import ANY, BASE, FIELDS, GOOD, MAPPING, SLASHED, YEARLY, source
from vocab.iri import is_citizen_number, parse_license_tail
from vocab.license import License

HEADINGS = (*FIELDS, "area", "status", "status_date", "remark", "soi")
FULL = (
    MAPPING.replace('street = "street"', 'street = ["street", "soi"]')
    + '[status]\ncolumn = "status"\ndate = "status_date"\nreason = "remark"\n'
    + '[repairs]\nagreed = ["leading-zeros-lost", "number-became-date"]\n'
    + "[[agreements]]\ncolumn = \"area\"\npattern = '(?P<value>\\d+)/\\d+'\n"
)
SOURCES = [source(FULL, scheme, HEADINGS) for scheme in (SLASHED, ANY, YEARLY)]
ODD = st.sampled_from(
    [
        *("", " ", "-", "ไม่มี", '="0123"', '="', "22308.0", "1.1E+12", "#REF!", "42363", "0", "1900-01-00", "48000"),
        *(
            "2567-12-01",
            "Dec-67",
            "12-Jan",
            "25/12/58",
            "31/02/2567",
            "2024-02-29T17:00:00Z",
            "1/1/2567",
            "1/1/2567 - 2/2/2567",
        ),
        *(
            "ยกเลิก 12/3/2567",
            "พักใช้ถึง 31/2/2567",
            "ปกติ",
            "ก&&ข",
            "ก;ข\nค",
            "105536000011",
            "0105536000011",
            "1234567890121",
        ),
        *(
            "12/2567",
            "๑๒/๒๕๖๗",
            "17.4",
            "104,7",
            "\u200b",
            "\u202e",
            "\0",
            "เเ",
            "ํา",
            "9" * 3000,
            "1-2345-",
            "67890-12-1",
        ),
    ]
)
CELL = ODD | st.text(max_size=30)
ROWS = st.builds(
    lambda cells, changes: [changes.get(at, cell) for at, cell in enumerate(cells)],
    st.just([GOOD.get(heading, "") for heading in HEADINGS])
    | st.lists(CELL, min_size=len(HEADINGS), max_size=len(HEADINGS)),
    st.dictionaries(st.integers(0, len(HEADINGS) - 1), CELL, max_size=4),
)


@given(ROWS | st.lists(CELL, max_size=len(HEADINGS) + 3))
def test_any_row_is_read(cells: list[str]) -> None:
    for each in SOURCES:
        checked = read_row(SourceRow(2, tuple(cells)), each)
        blocked = any(finding.gravity is Gravity.BLOCKS for finding in checked.findings)
        assert (checked.license is None) == blocked
        for finding in checked.findings:
            assert CATALOGUE[finding.code][1] % finding.details
            assert finding.column in ("", *HEADINGS)
            for text in (finding.received, finding.proposed, *finding.details.values()):
                assert not is_citizen_number(text)
        if checked.tail is not None:
            assert parse_license_tail(BASE, checked.tail).tail == checked.tail
        if checked.license is not None:
            codec = Codec(BASE)
            assert codec.load(codec.dump(checked.license), License) == checked.license
            assert checked.tail == checked.license.iri.tail
        else:
            assert checked.claim is None


@given(ROWS)
def test_a_row_is_read_the_same_again(cells: list[str]) -> None:
    row = SourceRow(2, tuple(cells))
    assert read_row(row, SOURCES[0]) == read_row(row, source(FULL, SLASHED, HEADINGS))


def test_a_source_goes_to_other_processes() -> None:
    row = SourceRow(2, tuple(GOOD.get(heading, "") for heading in HEADINGS))
    expected = read_row(row, SOURCES[0])
    assert expected.license is not None
    assert read_row(row, pickle.loads(pickle.dumps(SOURCES[0]))) == expected
    assert pickle.loads(pickle.dumps(expected)) == expected
