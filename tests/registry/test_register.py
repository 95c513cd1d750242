"""Making and opening a register: never a second base, never a second key."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from issuers.keys import KeyUnsealFailed
from registry.catalogue import declare, read_catalogue
from registry.config import SettingInvalid, Settings
from registry.intake.publish import publish
from registry.register import BaseFrozen, NotInitialised, Register, initialise, open_register
from registry.tables import InstanceRow
from tests.registry.small import BASE, CATALOGUE, Clock, Randomness, row, submission, table

OTHER_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


def settings_of(url: str, home: Path, base: str = BASE, **more: str) -> Settings:
    return Settings.from_environ(
        {"REGISTRY_HOME": str(home), "REGISTRY_DATABASE_URL": url, "REGISTRY_BASE_URL": base, **more}
    )


def start(settings: Settings) -> Register:
    return initialise(settings, Clock(), Randomness("init"))


def test_init_twice_changes_nothing(database_url: str, tmp_path: Path) -> None:
    settings = settings_of(database_url, tmp_path / "home")
    start(settings).database.close()
    key = settings.key_encryption_key_file.read_bytes()
    again = start(settings)
    assert again.base == BASE
    assert settings.key_encryption_key_file.read_bytes() == key
    with again.database.reading() as session:
        assert len(session.scalars(select(InstanceRow)).all()) == 1
    again.database.close()


def test_the_key_is_for_nobody_else(sqlite_url: str, tmp_path: Path) -> None:
    settings = settings_of(sqlite_url, tmp_path / "home")
    start(settings).database.close()
    assert stat.S_IMODE(settings.key_encryption_key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700
    # It holds files as they were received, citizens' numbers included.
    assert stat.S_IMODE(Path(make_url(sqlite_url).database or "").stat().st_mode) == 0o600


def test_another_base_is_refused(database_url: str, tmp_path: Path) -> None:
    start(settings_of(database_url, tmp_path)).database.close()
    with pytest.raises(BaseFrozen, match=r"https://other\.example") as caught:
        start(settings_of(database_url, tmp_path, "https://other.example"))
    assert BASE in str(caught.value)


def test_without_a_base_in_the_settings_the_frozen_one_holds(sqlite_url: str, tmp_path: Path) -> None:
    start(settings_of(sqlite_url, tmp_path)).database.close()
    again = start(settings_of(sqlite_url, tmp_path, "", PORT="9999"))
    assert again.base == BASE
    again.database.close()


def test_a_lost_key_is_an_error_and_no_new_one_is_made(database_url: str, tmp_path: Path) -> None:
    settings = settings_of(database_url, tmp_path)
    start(settings).database.close()
    settings.key_encryption_key_file.unlink()
    with pytest.raises(SettingInvalid, match="kek"):
        start(settings)
    assert not settings.key_encryption_key_file.exists()


def test_a_key_from_the_environment_leaves_no_file(sqlite_url: str, tmp_path: Path) -> None:
    settings = settings_of(sqlite_url, tmp_path, REGISTRY_KEK=OTHER_KEY)
    start(settings).database.close()
    assert not settings.key_encryption_key_file.exists()


def test_the_wrong_key_cannot_sign_and_publishes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    register = start(settings_of(sqlite_url, tmp_path))
    file = tmp_path / "catalogue.toml"
    file.write_text(CATALOGUE, encoding="utf-8")
    declare(register, read_catalogue(file))
    register.database.close()
    wrong = open_register(settings_of(sqlite_url, tmp_path, REGISTRY_KEK=OTHER_KEY), Clock(), Randomness("x"))
    with pytest.raises(KeyUnsealFailed, match="key-encryption key"):
        publish(wrong, submission(table(row("1/2567"))))
    with wrong.database.reading() as session:
        assert wrong.store(session).counts() == {}
    wrong.database.close()


def test_opening_what_is_not_there(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(NotInitialised, match="init"):
        open_register(settings_of(database_url, tmp_path), Clock(), Randomness("x"))


def test_opening_in_a_folder_that_is_not_there_makes_none(tmp_path: Path) -> None:
    home = tmp_path / "nowhere"
    with pytest.raises(NotInitialised, match="init"):
        open_register(Settings.from_environ({"REGISTRY_HOME": str(home)}), Clock(), Randomness("x"))
    assert not home.exists()


def test_opening_keeps_the_frozen_base(database_url: str, tmp_path: Path) -> None:
    start(settings_of(database_url, tmp_path)).database.close()
    register = open_register(settings_of(database_url, tmp_path, "https://x.example"), Clock(), Randomness("x"))
    assert register.base == BASE
    register.database.close()
