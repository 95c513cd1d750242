"""Mappings: what can be said in them, and errors that teach."""

import pytest

from registry.intake.mapping import Field, MappingInvalid, parse_mapping, require_columns, same_names, template
from vocab.thai import Era

NUMBER = '[columns]\nnumber = "เลขที่"\n'


def test_everything_that_can_be_said() -> None:
    mapping = parse_mapping(
        """
        [columns]
        number = "เลขที่"
        licensee = "ชื่อ"
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
        [[agreements]]
        column = "ประเภท"
        pattern = '(?P<value>\\d\\d)-.*'
        """,
        "file.toml",
    )
    assert mapping.columns == {"number": ("เลขที่",), "licensee": ("ชื่อ",)}
    assert mapping.particulars == {"area": ("พื้นที่",)}
    assert mapping.dates.era is Era.BUDDHIST
    assert mapping.cells.blank == ("-", "ไม่มี")
    assert mapping.cells.separator == "/"
    assert mapping.constants == {"province": "นครพนม"}
    assert mapping.no_expiry
    assert mapping.agreements[0].column == "ประเภท"


@pytest.mark.parametrize(
    ("text", "taught"),
    [
        ("[columns", "not TOML"),
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
        NUMBER + "[[agreements]]\ncolumn = \"ประเภท\"\npattern = '(?P<value>.*)'",
    ],
)
def test_a_column_that_is_not_there_is_named_beside_those_that_are(text: str) -> None:
    with pytest.raises(MappingInvalid, match=r"no column .* its columns are เลขที่, อื่น"):
        require_columns(parse_mapping(text, "m"), ("เลขที่", "อื่น"), frozenset({"area"}), "m")


def test_a_particular_that_the_type_does_not_have() -> None:
    mapping = parse_mapping(NUMBER + '[columns.particulars]\nheight = "เลขที่"', "m")
    with pytest.raises(MappingInvalid, match=r"'height' .* it has area"):
        require_columns(mapping, ("เลขที่",), frozenset({"area"}), "m")


def test_headings_that_are_our_names_need_no_mapping() -> None:
    text = same_names(("number", "remark", "expires_on"))
    assert parse_mapping(text, "own").columns == {"number": ("number",), "expires_on": ("expires_on",)}


def test_other_headings_get_a_template_that_can_be_used() -> None:
    with pytest.raises(MappingInvalid, match="--mapping") as caught:
        same_names(("เลขที่", "ชื่อ"))
    assert template(("เลขที่", "ชื่อ")) in str(caught.value)
    assert set(parse_mapping(template(("เลขที่",)), "t").columns) <= set(Field)
