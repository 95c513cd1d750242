"""Six real lists from the file to the public by `map` and `publish`, as docs/publishing.md tells it, and a second month of two.

The files are not part of this repository: they are expected beside it. None of them is touched; what a guess cannot know stands
in the mappings of docs/example/real.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registry.batches import changes_of, fields_of, missing_of, rows_of
from registry.cli.opening import opened
from registry.intake.batch import FieldChange, Report
from registry.intake.diff import NEW
from registry.intake.finding import Finding
from registry.intake.mapping import Mapping as AgencyMapping
from registry.intake.mapping import parse_mapping
from registry.intake.report import report_of
from registry.register import Register
from registry.search import search
from registry.tables import LicenseRow
from tests.registry.commands import Run, check_refused
from tests.registry.small import status, table_sizes
from vocab.history import ActKind
from vocab.iri import LicenseIri, license_iri

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "example" / "real"
Findings = Counter[str]


@dataclass(frozen=True, kw_only=True)
class RealList:
    """A file, whose it is, and what is to come out: rows by outcome, findings by code. `corrected`: by people."""

    file: str
    authority: str
    license_type: str
    corrected: bool = False
    encoding: str = "utf-8"
    new: int
    changed: int = 0
    rejected: int = 0
    of_file: Findings
    of_rows: Findings

    @property
    def whose(self) -> tuple[str, ...]:
        return "--authority", self.authority, "--type", self.license_type


CLINICS = RealList(
    file="dld_animal_clinics.csv",
    authority="dep-0706",
    license_type="animal-clinic",
    new=126,
    of_file=Counter({"column-missing": 2, "expiry-column-missing": 1}),
    of_rows=Counter({"number-unusual": 3, "premises-twice": 3}),
)
COMPANIES = RealList(
    file="dbd_new_juristic_201512.cp874.csv",
    authority="x-dbd",
    license_type="company",
    corrected=True,
    encoding="cp874",
    new=3237,
    of_file=Counter({"rows-above-heading": 1}),
    of_rows=Counter(),
)
IMPORTER = RealList(
    file="th_fda_gdp_sheet_mojibake.csv",
    authority="dep-2110",
    license_type="drug-import-gdp",
    new=1,
    of_file=Counter({"form-turned": 1, "encoding-repaired": 1}),
    of_rows=Counter(),
)
PRODUCTS = RealList(
    file="singapore_hsa_therapeutic_products.csv",
    authority="x-hsa",
    license_type="therapeutic-product",
    new=5485,
    of_file=Counter(),
    of_rows=Counter({"number-unusual": 3}),
)
LIQUOR = RealList(
    file="bozeman_liquor_licenses_2002-2016.csv",
    authority="x-bozeman",
    license_type="liquor",
    corrected=True,
    new=2275,
    changed=1220,
    rejected=24,
    of_file=Counter(),
    of_rows=Counter({"dates-reversed": 22, "number-twice": 2}),
)
BUSINESSES = RealList(
    file="chicago_active_licenses_2020.csv",
    authority="x-chicago",
    license_type="business",
    new=62_599,
    rejected=1,
    of_file=Counter({"column-missing": 1}),
    of_rows=Counter({"code-wrong": 148, "date-zero": 2, "item-missing": 2, "text-refused": 1}),
)

Publish = Callable[[RealList], tuple[Report, Register]]


@pytest.fixture
def first_month(run: Run, shared_data: Path) -> Publish:
    """Maps and publishes a list as a clerk would; gives the report and the register."""

    def publish(real: RealList) -> tuple[Report, Register]:
        path = shared_data / "real" / real.file
        before = path.read_bytes()
        assert run("init")[0] == 0
        assert run("declare", str(EXAMPLE / "catalogue.toml"))[0] == 0
        assert run("map", str(path), *real.whose, "-o", "mapping.toml")[0] == 0
        mapping = EXAMPLE / f"{real.license_type}.toml" if real.corrected else Path("mapping.toml")
        code, output, errors = run("publish", str(path), *real.whose, "--mapping", str(mapping))
        assert (code, errors) == (int(real.rejected > 0), ""), output
        assert path.read_bytes() == before
        register = opened()
        return report_of(register, 1), register

    return publish


def findings(register: Register, batch: int) -> list[tuple[int, Finding]]:
    return [(row.line, finding) for row in rows_of(register, batch, with_findings=True) for finding in row.findings]


def check(real: RealList, report: Report, register: Register) -> None:
    """The counts, and every finding by its code."""
    assert report.counts == {
        "new": real.new,
        "changed": real.changed,
        "unchanged": 0,
        "rejected": real.rejected,
        "repeated": 0,
    }
    assert report.form.encoding == real.encoding
    assert Counter(finding.code for finding in report.findings) == real.of_file
    assert Counter(finding.code for _, finding in findings(register, report.batch)) == real.of_rows
    assert table_sizes(register)["license"] == real.new
    assert table_sizes(register)["received_row"] == real.new + real.changed + real.rejected


def found(register: Register, number: str) -> Mapping[str, str]:
    """What is public of the one licence with this number."""
    with register.database.reading() as session:
        (record,) = search(register.store(session), number).exact
        return fields_of(record.license)


# What cannot be guessed


@pytest.mark.parametrize("real", [COMPANIES, LIQUOR], ids=lambda real: real.license_type)
def test_a_corrected_mapping_is_the_proposal_and_what_only_people_know(
    real: RealList, run: Run, shared_data: Path
) -> None:
    assert run("init")[0] == 0
    assert run("declare", str(EXAMPLE / "catalogue.toml"))[0] == 0
    output = run("map", str(shared_data / "real" / real.file), *real.whose)[1]
    proposed = parse_mapping(output, "proposed")
    corrected = parse_mapping((EXAMPLE / f"{real.license_type}.toml").read_text(encoding="utf-8"), real.license_type)
    assert without_what_people_know(corrected) == proposed


def without_what_people_know(mapping: AgencyMapping) -> AgencyMapping:
    """The law (no expiry), what the file holds, a column that is two fields at once, and the words of a status."""
    columns = {name: headings for name, headings in mapping.columns.items() if name != "juristic_id"}
    told = mapping.status and replace(mapping.status, values={})
    return replace(mapping, columns=columns, no_expiry=False, holds=None, status=told)


# One after the other


def test_the_clinics(first_month: Publish) -> None:
    report, register = first_month(CLINICS)
    check(CLINICS, report, register)
    unusual = {(line, each.received) for line, each in findings(register, 1) if each.code == "number-unusual"}
    assert unusual == {(98, "0657-01-04"), (116, "04--01-553/2565"), (118, "04-012-109/2565")}
    assert found(register, "04--01-553/2565")["number"] == "04--01-553/2565"


def test_the_companies_in_windows_874(first_month: Publish) -> None:
    report, register = first_month(COMPANIES)
    check(COMPANIES, report, register)
    assert report.form.heading_line == 4
    assert found(register, "0107558000482") == {
        "number": "0107558000482",
        "licensee": "บมจ.บริหารสินทรัพย์ กรุงเทพพาณิชย์ จำกัด (มหาชน)",
        "juristic_id": "0107558000482",
        "street": "99 ถนนสุรศักดิ์ แขวงสีลม เขตบางรัก กรุงเทพมหานคร 10500",
        "activity": "รับซื้อรับโอนสินทรัพย์ด้อยคุณภาพของสถาบันการเงิน และบริหารสินทรัพย์",
        "issued_on": "2015-12-25",
        "expires_on": "no expiry",
        "capital": "16,225,000,000",
    }


def test_the_importer_on_a_form_that_was_encoded_twice(first_month: Publish) -> None:
    report, register = first_month(IMPORTER)
    check(IMPORTER, report, register)
    importer = found(register, "นย1 กท 21/2540")
    assert importer["licensee"] == "บริษัท อินเตอร์เว็ท (ประเทศไทย) จำกัด"
    assert (importer["valid_from"], importer["expires_on"], importer["risk"]) == (
        "2026-01-21",
        "2028-11-27",
        "Low risk",
    )


def test_the_products_with_several_values_in_a_cell(first_month: Publish) -> None:
    report, register = first_month(PRODUCTS)
    check(PRODUCTS, report, register)
    unusual = {each.received for _, each in findings(register, 1)}
    assert unusual == {"SIN00373C", "SIN00374C", "SIN00375C"}
    product = found(register, "SIN02859P")
    assert (product["product"], product["issued_on"]) == ("CONSU CAPSULE", "1989-05-22")
    assert (product["ingredients"], product["strength"]) == ("CAFFEINE; SALICYLAMIDE", "30 mg; 250 mg")


def test_the_liquor_licences_with_a_row_for_each_year(first_month: Publish) -> None:
    report, register = first_month(LIQUOR)
    check(LIQUOR, report, register)
    twice = {(line, each.received) for line, each in findings(register, 1) if each.code == "number-twice"}
    assert twice == {(3249, "45274"), (3250, "45274")}
    iri = license_iri(register.base, "x-bozeman", "liquor", "3019")
    with register.database.reading() as session:
        record = register.store(session).find(iri)
    assert record is not None
    kinds = [act.kind for act in record.history.acts]
    assert kinds == [ActKind.GRANT, *[ActKind.RENEW] * 13]
    assert record.history.acts[0].term is not None
    assert [str(act.term.expires_on) for act in record.history.acts if act.term][::13] == ["2003-12-31", "2016-12-31"]
    assert found(register, "3019")["street"] == "200 S 23RD AVE"
    assert status(register, iri) == "expired"


# The second month


@dataclass(frozen=True)
class Month:
    """A generated month: what stays of the first, in the order of the file, and what is new, changed and gone in it."""

    body: bytes
    new: Sequence[str]
    changed: Sequence[str]
    gone: Sequence[str]


def next_month(body: bytes, number_at: int, changed_at: int, new_number: Callable[[int], str]) -> Month:
    """Of a CSV file: ten rows gone, ten with another text in one cell, ten new ones below; the rows are spread over the list."""
    heading, *rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    step = len(rows) // 25
    gone = [rows[n * step] for n in range(10)]
    changed = [rows[n * step + 1] for n in range(10)]
    kept = [
        [*row[:changed_at], f"{row[changed_at]} ใหม่", *row[changed_at + 1 :]] if row in changed else row for row in rows
    ]
    added = [[*row[:number_at], new_number(n), *row[number_at + 1 :]] for n, row in enumerate(rows[-10:])]
    text = io.StringIO()
    csv.writer(text).writerows([heading, *[row for row in kept if row not in gone], *added])
    return Month(
        text.getvalue().encode(),
        [row[number_at] for row in added],
        [row[number_at] for row in changed],
        [row[number_at] for row in gone],
    )


def check_second_month(register: Register, month: Month, field: str) -> None:
    """The second batch shows the thirty changes and nothing else."""
    report = report_of(register, 2)
    assert (report.counts["new"], report.counts["changed"], report.missing) == (10, 10, 10)
    assert [row.number for row in rows_of(register, 2, outcomes=(NEW,))] == month.new
    changes = list(changes_of(register, 2))
    assert [change.number for change in changes] == month.changed
    for change in changes:
        (only,) = change.fields
        assert isinstance(only, FieldChange)
        assert (only.field, only.after) == (field, f"{only.before} ใหม่")
    assert sorted(gone.number for gone in missing_of(register, 2)) == sorted(month.gone)


def public(register: Register, iris: Sequence[LicenseIri]) -> dict[str, tuple[str, str, Mapping[str, str]]]:
    """What everybody sees of these licences: the record, where it stands, and the face. What was withdrawn is not seen."""
    with register.database.reading() as session:
        store = register.store(session)
        records = [record for iri in iris if (record := store.find(iri)) is not None and record.is_shown]
        return {
            record.license.iri.tail: (
                record.record_status,
                record.history.status(store.today).value,
                fields_of(record.license),
            )
            for record in records
        }


def all_iris(register: Register, real: RealList) -> list[LicenseIri]:
    with register.database.reading() as session:
        numbers = session.query(LicenseRow.number).order_by(LicenseRow.id)
        return [license_iri(register.base, real.authority, real.license_type, number) for (number,) in numbers]


def test_a_second_month_of_the_clinics_and_back(
    first_month: Publish, run: Run, tmp_path: Path, shared_data: Path
) -> None:
    report, register = first_month(CLINICS)
    assert report.holds == "all"
    january = public(register, all_iris(register, CLINICS))
    assert len(january) == 126
    month = next_month((shared_data / "real" / CLINICS.file).read_bytes(), 4, 0, lambda n: f"01-9{n:02}/2569")
    (tmp_path / "second.csv").write_bytes(month.body)

    # Ten of 126 gone at once is worth a question; nothing is public before it is answered.
    code, output, _errors = run("publish", "second.csv", *CLINICS.whose)
    assert code == 1
    assert "--accept-missing" in output
    assert public(register, all_iris(register, CLINICS)) == january
    check_second_month(register, month, "premises")
    assert report_of(register, 2).counts["unchanged"] == 106

    assert run("publish", "--batch", "2", "--accept-missing")[0] == 0
    check_second_month(register, month, "premises")
    february = public(register, all_iris(register, CLINICS))
    assert len(february) == 136
    assert sorted(face["number"] for record, _, face in february.values() if record == "stale") == sorted(month.gone)
    assert [face["number"] for tail, (_, _, face) in february.items() if tail not in january] == month.new

    assert run("batches", "undo", "2")[0] == 0
    assert public(register, all_iris(register, CLINICS)) == january
    check_refused(run("batches", "undo", "9"), "there is no batch 9")


def test_the_businesses_and_a_second_month_of_them_and_back(
    first_month: Publish, run: Run, tmp_path: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The day of the list: a licence that has ended is not expected in the next one.
    monkeypatch.setattr("registry.cli.opening.clock", lambda: datetime(2020, 7, 1, 5, 0, tzinfo=UTC))
    report, register = first_month(BUSINESSES)
    check(BUSINESSES, report, register)
    (refused,) = [(line, each.details) for line, each in findings(register, 1) if each.code == "text-refused"]
    assert refused == (41_097, {"character": "U+0013"})

    month = next_month((shared_data / "real" / BUSINESSES.file).read_bytes(), 0, 1, lambda n: f"290000{n}")
    touched = [
        license_iri(register.base, "x-chicago", "business", number)
        for number in (*month.new, *month.changed, *month.gone)
    ]
    january = public(register, touched)
    assert len(january) == 20
    (tmp_path / "second.csv").write_bytes(month.body)
    # Ten of 62,600 are no reason for a question. The row that was rejected before is rejected again.
    code, output, _errors = run("publish", "second.csv", *BUSINESSES.whose)
    assert code == 1
    assert "10 new, 10 changed" in output
    check_second_month(register, month, "activity")
    report = report_of(register, 2)
    assert (report.counts["unchanged"], report.counts["rejected"], dict(report.suspicions)) == (62_579, 1, {})
    assert len(public(register, touched)) == 30

    assert run("batches", "undo", "2")[0] == 0
    assert public(register, touched) == january
    with register.database.reading() as session:
        shown = Counter(status for (status,) in session.query(LicenseRow.record_status))
    assert shown == {"published": 62_599, "withdrawn": 10}
