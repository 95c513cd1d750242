"""Settings: every variable, its default, and what is said of a bad one."""

import base64
from pathlib import Path

import pytest

from registry.config import SettingInvalid, Settings

KEK = base64.b64encode(bytes(32)).decode()


def test_defaults() -> None:
    settings = Settings.from_environ({})
    assert settings.home == Path("instance").absolute()
    assert settings.database_url == f"sqlite:///{settings.home / 'registry.db'}"
    assert (settings.host, settings.port, settings.lang) == ("127.0.0.1", 8000, "en")
    assert settings.key_encryption_key_file == settings.home / "kek"
    assert settings.workers in {3, 4}


def test_every_variable(tmp_path: Path) -> None:
    settings = Settings.from_environ(
        {
            "REGISTRY_HOME": str(tmp_path),
            "REGISTRY_DATABASE_URL": "postgresql+psycopg://host/db",
            "REGISTRY_BASE_URL": "https://license.example.go.th",
            "REGISTRY_KEK": KEK,
            "REGISTRY_KEK_FILE": "/run/secrets/kek",
            "HOST": "0.0.0.0",
            "PORT": "8001",
            "REGISTRY_WORKERS": "3",
            "REGISTRY_LANG": "th",
        }
    )
    assert settings.home == tmp_path
    assert settings.database_url == "postgresql+psycopg://host/db"
    assert settings.base_url == "https://license.example.go.th"
    assert (settings.host, settings.port, settings.workers, settings.lang) == ("0.0.0.0", 8001, 3, "th")
    assert settings.key_encryption_key_file == Path("/run/secrets/kek")
    assert settings.read_key_encryption_key() == bytes(32)


def test_an_empty_variable_is_not_set() -> None:
    names = ("REGISTRY_HOME", "REGISTRY_DATABASE_URL", "REGISTRY_BASE_URL", "PORT", "HOST", "REGISTRY_LANG")
    assert Settings.from_environ(dict.fromkeys(names, "")) == Settings.from_environ({})


def test_language_follows_the_locale() -> None:
    assert Settings.from_environ({"LANG": "th_TH.UTF-8"}).lang == "th"
    assert Settings.from_environ({"LANG": "th_TH.UTF-8", "REGISTRY_LANG": "en"}).lang == "en"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "๘๐๐๐"),
        ("PORT", "80 80"),
        ("PORT", "-1"),
        ("REGISTRY_WORKERS", "0"),
        ("REGISTRY_WORKERS", "many"),
        ("REGISTRY_LANG", "de"),
        ("REGISTRY_BASE_URL", "license.example.go.th"),
        ("REGISTRY_BASE_URL", "https://license.example.go.th/"),
        ("REGISTRY_BASE_URL", "https://License.example.go.th"),
        ("REGISTRY_BASE_URL", "https://license.example.go.th/path"),
        ("REGISTRY_BASE_URL", "ftp://license.example.go.th"),
        ("REGISTRY_BASE_URL", "https://ทะเบียน.ไทย"),
    ],
)
def test_a_bad_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        Settings.from_environ({name: value})
    assert name in str(caught.value)
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("text", ["", "not base64!", "ก", base64.b64encode(bytes(16)).decode()])
def test_a_bad_key_file_is_named_and_not_shown(tmp_path: Path, text: str) -> None:
    file = tmp_path / "kek"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingInvalid) as caught:
        Settings.from_environ({"REGISTRY_HOME": str(tmp_path)}).read_key_encryption_key()
    assert str(file) in str(caught.value)
    assert text == "ก" or "expected 32 bytes in base64, e.g. from `openssl rand -base64 32`" in str(caught.value)
    assert not text or text not in str(caught.value)


def test_a_bad_key_variable_is_named_and_not_shown() -> None:
    with pytest.raises(SettingInvalid, match="REGISTRY_KEK") as caught:
        Settings.from_environ({"REGISTRY_KEK": "c2VjcmV0"}).read_key_encryption_key()
    assert "c2VjcmV0" not in str(caught.value)


def test_the_licence_for_re_use_is_an_address() -> None:
    assert Settings.from_environ({}).data_license.startswith("https://creativecommons.org/")
    with pytest.raises(SettingInvalid, match="REGISTRY_DATA_LICENSE"):
        Settings.from_environ({"REGISTRY_DATA_LICENSE": "CC BY"})


def test_dumps_are_in_the_home_folder_where_nothing_else_is_said() -> None:
    assert Settings.from_environ({"REGISTRY_HOME": "/srv/registry"}).data_folder == Path("/srv/registry/data")
    assert Settings.from_environ({"REGISTRY_DATA_FOLDER": "/srv/data"}).data_folder == Path("/srv/data")
