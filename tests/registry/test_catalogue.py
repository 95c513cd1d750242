"""The declaration of who grants what."""

from pathlib import Path

import pytest
from sqlalchemy import select

from registry.catalogue import CatalogueInvalid, declare, read_catalogue
from registry.demo.generate import CATALOGUE_FILE
from registry.register import Register
from registry.tables import Base
from tests.registry.small import CATALOGUE, DEPARTMENT, FOOD, TOWN


def write(folder: Path, text: str) -> Path:
    file = folder / "declaration.toml"
    file.write_text(text, encoding="utf-8")
    return file


def everything(register: Register) -> dict[str, list[tuple[object, ...]]]:
    with register.database.reading() as session:
        return {
            name: sorted((tuple(item) for item in session.execute(select(table))), key=repr)
            for name, table in Base.metadata.tables.items()
            # SQLite's full-text table cannot be read row by row.
            if name != "entry_grams" or register.database.engine.dialect.name == "postgresql"
        }


def test_declaring_again_changes_nothing(register: Register, tmp_path: Path) -> None:
    before = everything(register)
    declare(register, read_catalogue(write(tmp_path, CATALOGUE)))
    assert everything(register) == before


def test_every_authority_has_one_key_for_each_purpose(sqlite_register: Register) -> None:
    keys = everything(sqlite_register)["signing_key"]
    assert len(keys) == 9
    assert len({(key[1], key[2]) for key in keys}) == 9


def test_what_changed_replaces_the_old_and_nothing_is_removed(register: Register, tmp_path: Path) -> None:
    changed = """
    [[authority]]
    code = "dep-0706"
    name = { th = "กรมปศุสัตว์", en = "DLD" }
    level = "central"
    """
    declare(register, read_catalogue(write(tmp_path, changed)))
    with register.database.reading() as session:
        store = register.store(session)
        renamed = store.authority(DEPARTMENT)
        assert renamed is not None
        assert renamed.name.en == "DLD"
        assert len(store.authorities()) == 3
        assert len(store.mandates()) == 4
        assert [item.code for item in store.announcements(TOWN)] == ["display-2567"]


def test_an_old_code_finds_the_authority(register: Register) -> None:
    with register.database.reading() as session:
        found = register.store(session).authority("lao-05480115")
    assert found is not None
    assert found.code == TOWN


def test_a_code_belongs_to_one_authority(register: Register, tmp_path: Path) -> None:
    taken = """
    [[authority]]
    code = "x-thief"
    name = { th = "ก" }
    level = "local"
    other_codes = ["lao-05480115"]
    """
    before = everything(register)
    with pytest.raises(CatalogueInvalid, match="lao-05480115"):
        declare(register, read_catalogue(write(tmp_path, taken)))
    assert everything(register) == before


def test_a_mandate_for_what_is_not_declared_writes_nothing(register: Register, tmp_path: Path) -> None:
    half = """
    [[authority]]
    code = "x-new"
    name = { th = "ก" }
    level = "local"
    [[mandate]]
    authority = "x-new"
    type = "unheard-of"
    """
    before = everything(register)
    with pytest.raises(CatalogueInvalid, match="unheard-of"):
        declare(register, read_catalogue(write(tmp_path, half)))
    assert everything(register) == before


AUTHORITY = '[[authority]]\ncode = "x-new"\nname = { th = "ก" }\nlevel = "local"\n'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[[authority\n", "line 1"),
        ('[[authority]]\ncode = "x-new"\nlevel = "local"', "name"),
        (AUTHORITY.replace("x-new", "NEW"), "NEW"),
        (AUTHORITY.replace("local", "galactic"), "galactic"),
        (AUTHORITY + 'nickname = "x"', "nickname"),
        (AUTHORITY + AUTHORITY, "x-new"),
        (AUTHORITY + 'homepage = "www.example.go.th"', "homepage of authority x-new"),
        (AUTHORITY + 'homepage = "javascript:alert(1)"', "homepage of authority x-new"),
        (AUTHORITY + 'province_code = "4 8"', "province_code of authority x-new"),
        ('[[type]]\ncode = "Food"\nname = { th = "ก" }', "Food"),
        ('[[type]]\ncode = "food"\nname = { }', "name"),
        (
            '[[type]]\ncode = "f"\nname = { th = "ก" }\nlegal_basis = [{ code = "พ.ร.บ.", title = { th = "ก" } }]',
            "type f",
        ),
        ('[[mandate]]\nauthority = "x-new"\ntype = "f"\nscheme = { pattern = "(" }', "mandate"),
        ('[[mandate]]\nauthority = "x-new"\ntype = "f"\nscheme = { scope = ["moon"] }', "moon"),
        (
            '[[announcement]]\nauthority = "x-new"\ncode = "a"\ntitle = { th = "ก" }\ntypes = []\n'
            'published_on = "2024-02-15"',
            "published_on",
        ),
        ("surprise = 1", "surprise"),
    ],
)
def test_errors_name_the_file_and_the_place(tmp_path: Path, text: str, place: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(CatalogueInvalid) as caught:
        read_catalogue(file)
    assert str(file) in str(caught.value)
    assert place in str(caught.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "declaration.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(CatalogueInvalid, match="declaration"):
        read_catalogue(file)
    with pytest.raises(CatalogueInvalid, match="nowhere"):
        read_catalogue(tmp_path / "nowhere.toml")


def test_the_grantor_has_the_announcements_for_the_type_only(sqlite_register: Register) -> None:
    with sqlite_register.database.reading() as session:
        store = sqlite_register.store(session)
        assert [item.code for item in store.grantor(TOWN, FOOD).announcements] == ["display-2567"]
        assert store.grantor(TOWN, "advert").announcements == ()
        with pytest.raises(LookupError, match="nobody"):
            store.grantor("nobody", FOOD)


def test_the_demo_catalogue_can_be_declared() -> None:
    catalogue = read_catalogue(CATALOGUE_FILE)
    assert len(catalogue.authority) >= 10
    assert len(catalogue.type) >= 12
