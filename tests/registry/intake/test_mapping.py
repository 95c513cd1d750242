"""Mappings: what can be said in them, and errors that teach."""

import pytest

from registry.intake.batch import Holds
from registry.intake.mapping import (
    MappingInvalid,
    Meaning,
    Repeated,
    StatusColumn,
    parse_mapping,
    require_columns,
    same_names,
)
from registry.intake.table import Layout
from vocab.thai import Era

NUMBER = '[columns]\nnumber = "เลขที่"\n'


def test_everything_that_can_be_said() -> None:
    mapping = parse_mapping(
        """
        [columns]
        number = "เลขที่"
        licensee = "ชื่อ"
        street = ["เลขที่บ้าน", "ถนน"]
        [columns.particulars]
        area = "พื้นที่"
        [dates]
        era = "be"
        [cells]
        blank = ["-", "ไม่มี"]
        separator = "/"
        [constants]
        province = "นครพนม"
        no_expiry = true
        [file]
        sheet = "ใบอนุญาต"
        heading_line = 4
        encoding = "cp874"
        holds = "part"
        [rows]
        repeated = "renewals"
        [status]
        column = "สถานะ"
        date = "วันที่"
        reason = "หมายเหตุ"
        [status.values]
        "ยกเลิก" = "revoked"
        "RN" = "ignore"
        [repairs]
        agreed = ["leading-zeros-lost"]
        [[agreements]]
        column = "ประเภท"
        pattern = '(?P<value>\\d\\d)-.*'
        """,
        "file.toml",
    )
    assert mapping.columns == {"number": ("เลขที่",), "licensee": ("ชื่อ",), "street": ("เลขที่บ้าน", "ถนน")}
    assert mapping.particulars == {"area": ("พื้นที่",)}
    assert mapping.dates.era is Era.BUDDHIST
    assert mapping.cells.blank == ("-", "ไม่มี")
    assert mapping.cells.separator == "/"
    assert mapping.constants == {"province": "นครพนม"}
    assert mapping.no_expiry
    assert mapping.agreements[0].column == "ประเภท"
    assert mapping.file == Layout(sheet="ใบอนุญาต", heading_line=4, encoding="cp874")
    assert mapping.holds is Holds.PART
    assert mapping.repeated is Repeated.RENEWALS
    values = {"ยกเลิก": Meaning.REVOKED, "RN": Meaning.IGNORE}
    assert mapping.status == StatusColumn(column="สถานะ", date="วันที่", reason="หมายเหตุ", values=values)
    assert mapping.repairs == {"leading-zeros-lost"}
    assert mapping.headings == ("เลขที่", "ชื่อ", "เลขที่บ้าน", "ถนน", "พื้นที่", "ประเภท", "สถานะ", "วันที่", "หมายเหตุ")
    assert (mapping.heading("street"), mapping.heading("renews")) == ("เลขที่บ้าน", "")


def test_what_is_not_said() -> None:
    mapping = parse_mapping(NUMBER, "m")
    assert (mapping.file, mapping.holds, mapping.repeated) == (Layout(), None, Repeated.REFUSE)
    assert (mapping.status, mapping.repairs, mapping.headings) == (None, frozenset(), ("เลขที่",))


@pytest.mark.parametrize(
    ("text", "taught"),
    [
        ("[columns", "file.toml: line 1 cannot be read as TOML (Expected"),
        (NUMBER + "\nlicensee = ชื่อ\n[rows]", "line 4 cannot be read as TOML (Invalid value):\n  licensee = ชื่อ\n"),
        ("", "number has no column"),
        ('[columns]\nlicensee = "ชื่อ"', "number has no column"),
        (NUMBER + 'licencee = "ชื่อ"', "no field 'licencee'; the fields are number, licensee"),
        ('columns = "number"', "columns is a table"),
        ("columns = 5", "columns is a table"),
        ("[columns]\nnumber = 5", "number is text"),
        (NUMBER + 'particulars = "area"', "particulars is a table"),
        (NUMBER + '[constants]\nno_expiry = "no"', "no_expiry is true or false"),
        (NUMBER + "[constants]\nno_expiry = 1", "no_expiry is true or false"),
        ("no_expiry = true\n" + NUMBER, "under [constants]"),
        (NUMBER + "[constants]\nprovince = 48", "province is text"),
        (NUMBER + '[constants]\nprovince = "a\\u0000b"', "province is text"),
        (NUMBER + '[constants]\nprovinz = "x"', "no field 'provinz'"),
        (NUMBER + '[dates]\nera = "thai"', "'thai'"),
        (NUMBER + '[cells]\nseparator = ""', "separator"),
        (NUMBER + '[cells]\nblanks = ["-"]', "blanks"),
        (NUMBER + '[[agreements]]\ncolumn = "x"\npattern = "(.*)"', "a group named value"),
        (NUMBER + '[[agreements]]\ncolumn = "x"\npattern = "("', "agreements[0]"),
        (NUMBER + "[surprise]", "surprise"),
        (NUMBER + 'street = ["ถนน", 5]', "street is text in quotation marks, or a list of such texts"),
        (NUMBER + "street = []", "street is text in quotation marks, or a list of such texts"),
        (NUMBER + '[columns.particulars]\narea = [["a"]]', "area is text"),
        (NUMBER + '[file]\nholds = "everything"', "'everything'"),
        (NUMBER + '[file]\nheading_line = "4"', "heading_line is the number of a line"),
        (NUMBER + "[file]\nheading_line = -1", "heading_line is the number of a line"),
        (NUMBER + "[file]\nheading_line = true", "heading_line is the number of a line"),
        (NUMBER + "[file]\nsheet = 2", "sheet is text"),
        (NUMBER + '[file]\nsheets = "a"', "sheets"),
        (NUMBER + '[rows]\nrepeated = "yes"', "'yes'"),
        (NUMBER + '[rows]\nrepeat = "renewals"', "no line 'repeat'"),
        (
            NUMBER + '[repairs]\nagreed = ["number-twice"]',
            "agreed is a list of some of leading-zeros-lost, number-became-date",
        ),
        (NUMBER + '[repairs]\nagreed = "leading-zeros-lost"', "agreed is a list"),
        (NUMBER + "[repairs]\nagreed = [[]]", "agreed is a list"),
        (NUMBER + "[repairs]\nall = true", "no line 'all'"),
        (NUMBER + '[status]\ndate = "วันที่"', "column"),
        (NUMBER + "[status]\ncolumn = 5", "column is text"),
        (NUMBER + '[status]\ncolumn = ""', "the status column has a heading"),
        (NUMBER + 'status = "x"', "no field 'status'"),
        ('status = "x"\n' + NUMBER, "status is a table"),
        (NUMBER + '[status]\ncolumn = "s"\n[status.values]\n"x" = "gone"', "'gone'"),
        (NUMBER + '[status]\ncolumn = "s"\n[status.values]\n"x" = 5', "x is text"),
    ],
)
def test_errors_teach(text: str, taught: str) -> None:
    with pytest.raises(MappingInvalid) as caught:
        parse_mapping(text, "file.toml")
    assert str(caught.value).startswith("file.toml")
    assert taught in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER + 'licensee = "ชื่อ"',
        NUMBER + '[columns.particulars]\narea = "พื้นที่"',
        NUMBER + '[status]\ncolumn = "สถานะ"',
        NUMBER + '[status]\ncolumn = "เลขที่"\ndate = "วันที่"',
        NUMBER + 'street = ["อื่น", "ถนน"]',
        NUMBER + "[[agreements]]\ncolumn = \"ประเภท\"\npattern = '(?P<value>.*)'",
    ],
)
def test_a_column_that_is_not_there_is_named_beside_those_that_have_no_place(text: str) -> None:
    with pytest.raises(MappingInvalid, match=r"(?s)no column .* without a place in the mapping:"):
        require_columns(parse_mapping(text, "m"), ("เลขที่", "อื่น"), frozenset({"area"}), "m")


def test_a_particular_that_the_type_does_not_have() -> None:
    mapping = parse_mapping(NUMBER + '[columns.particulars]\nheight = "เลขที่"', "m")
    with pytest.raises(MappingInvalid, match=r"'height' .* it has area"):
        require_columns(mapping, ("เลขที่",), frozenset({"area"}), "m")


def test_headings_that_are_our_names_need_no_mapping() -> None:
    text = same_names(("number", "remark", "expires_on"))
    assert parse_mapping(text, "own").columns == {"number": ("number",), "expires_on": ("expires_on",)}


def test_of_other_headings_is_said_how_a_mapping_is_made() -> None:
    with pytest.raises(MappingInvalid, match=r"license-registry map FILE .* -o mapping.toml"):
        same_names(("เลขที่", "ชื่อ"))


def test_a_mark_at_the_beginning_of_the_file() -> None:
    assert parse_mapping("\ufeff" + NUMBER, "m") == parse_mapping(NUMBER, "m")


def test_a_line_of_the_file_section_that_nobody_knows() -> None:
    with pytest.raises(MappingInvalid, match=r"\[file\] has no line 'own'"):
        parse_mapping('[columns]\nnumber = "เลขที่"\n[file]\nown = ["เลขที่"]\n', "m.toml")
