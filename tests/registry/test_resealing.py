"""Replacing the key-encryption key: all or nothing, whatever happens in between."""

import base64
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from issuers.keys import Algorithm, KeyEncryptionKeys, KeyPurpose, KeyUnsealFailed
from registry import resealing
from registry.catalogue import declare, read_catalogue
from registry.config import SettingInvalid, Settings
from registry.exchange.webhooks import new_webhook, remove_webhook, secret_name
from registry.keyring import KeyRefused, add_key, keys_of, new_key, seal_secret, signer, unseal_secret
from registry.register import Register, initialise, open_register
from registry.resealing import replace_key_encryption_key, reseal
from registry.tables import AuthorityRow, SigningKeyRow, WebhookRow
from tests.registry.small import BASE, CATALOGUE, KEY, TOWN, Clock, Randomness, open_small

NEXT = bytes(range(100, 132))
THIRD = bytes(range(50, 82))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_of(database_url, tmp_path)


def settings_of(url: str, home: Path, **more: str) -> Settings:
    return Settings.from_environ(
        {"REGISTRY_HOME": str(home / "home"), "REGISTRY_DATABASE_URL": url, "REGISTRY_BASE_URL": BASE, **more}
    )


@pytest.fixture
def made(settings: Settings, tmp_path: Path) -> Iterator[Register]:
    """A register with keys, whose key-encryption key is in a file."""
    register = initialise(settings, Clock(), Randomness("init"))
    (tmp_path / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    declare(register, read_catalogue(tmp_path / "catalogue.toml"))
    new_key(register, TOWN, KeyPurpose.CREDENTIAL, Algorithm.P256)
    yield register
    register.database.close()


def check_signs(register: Register) -> None:
    """Every sealed key opens."""
    with register.database.reading() as session:
        for code in session.scalars(select(AuthorityRow.code)):
            for purpose in KeyPurpose:
                assert len(signer(register, session, code, purpose)[1].sign(b"x")) == 64


def check_signs_as(settings: Settings) -> None:
    """Every sealed key opens for a process that is started now."""
    register = open_register(settings, Clock(), Randomness("again"))
    try:
        check_signs(register)
    finally:
        register.database.close()


def sealed(register: Register) -> list[bytes | None]:
    with register.database.reading() as session:
        return list(session.scalars(select(SigningKeyRow.sealed).order_by(SigningKeyRow.id)))


def test_a_new_key_in_the_old_ones_place(settings: Settings, made: Register) -> None:
    old_key, old_rows = settings.key_encryption_key_file.read_bytes(), sealed(made)
    public = [key.public_multibase for key in keys_of(made)]
    done = replace_key_encryption_key(settings, made)
    assert done.secrets == len(old_rows) == 10
    assert settings.key_encryption_key_file.read_bytes() != old_key
    assert stat.S_IMODE(settings.key_encryption_key_file.stat().st_mode) == 0o600
    assert not settings.next_key_encryption_key_file.exists()
    assert not set(old_rows) & set(sealed(made))
    assert [key.public_multibase for key in keys_of(made)] == public
    # A server that runs reads the file again for each signature.
    check_signs(made)
    check_signs_as(settings)
    assert done.former is not None
    assert done.former.read_bytes() == old_key
    made.key_encryption_keys = lambda: KeyEncryptionKeys(base64.b64decode(old_key))
    with pytest.raises(KeyUnsealFailed):
        check_signs(made)


def test_twice_keeps_both_old_keys(settings: Settings, made: Register) -> None:
    clock = made.clock
    assert isinstance(clock, Clock)
    first = replace_key_encryption_key(settings, made)
    clock.pass_by(days=1)
    second = replace_key_encryption_key(settings, made)
    assert first.former != second.former
    check_signs_as(settings)


def files(settings: Settings) -> set[str]:
    """The names of what stands beside the key-encryption key, without the database."""
    return {file.name for file in settings.home.iterdir() if file.name.startswith("kek")}


def test_twice_in_one_second_keeps_both_old_keys(settings: Settings, made: Register) -> None:
    kek = settings.key_encryption_key_file
    olds, formers = [], []
    for _ in range(3):
        olds.append(kek.read_bytes())
        formers.append(replace_key_encryption_key(settings, made).former)
    assert [former.read_bytes() for former in formers if former] == olds
    assert len({kek.read_bytes(), *olds}) == 4
    check_signs_as(settings)


def test_a_second_run_meanwhile_is_refused_and_changes_nothing(
    settings: Settings, made: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals: list[str] = []
    real = resealing.reseal

    def meanwhile(register: Register) -> int:
        with pytest.raises(KeyRefused, match="another reseal is running; wait for it") as refused:
            replace_key_encryption_key(settings, register)
        refusals.append(str(refused.value))
        return real(register)

    monkeypatch.setattr("registry.resealing.reseal", meanwhile)
    assert replace_key_encryption_key(settings, made).secrets == 10
    assert replace_key_encryption_key(settings, made).secrets == 10, "the lock ends with the run"
    assert len(refusals) == 2
    assert stat.S_IMODE((settings.home / "kek.lock").stat().st_mode) == 0o600
    check_signs_as(settings)


@pytest.mark.parametrize("seen", [True, False])
def test_another_next_key_than_was_sealed_with_never_takes_over(
    settings: Settings, made: Register, monkeypatch: pytest.MonkeyPatch, seen: bool
) -> None:
    """Somebody puts another file there: after the secrets were sealed, or so that only opening one shows it."""
    kek, following = settings.key_encryption_key_file, settings.next_key_encryption_key_file
    old, right = kek.read_bytes(), base64.b64encode(THIRD)
    real = resealing.reseal

    def exchanged(register: Register) -> int:
        usual = register.key_encryption_keys
        if not seen:
            register.key_encryption_keys = lambda: KeyEncryptionKeys(base64.b64decode(old), THIRD)
        done = real(register)
        register.key_encryption_keys = usual
        if seen:
            following.write_bytes(base64.b64encode(NEXT))
        return done

    following.write_bytes(right if seen else base64.b64encode(NEXT))
    with monkeypatch.context() as patch:
        patch.setattr("registry.resealing.reseal", exchanged)
        with pytest.raises(KeyRefused if seen else KeyUnsealFailed):
            replace_key_encryption_key(settings, made)
    assert kek.read_bytes() == old
    following.write_bytes(right)
    check_signs_as(settings)
    assert replace_key_encryption_key(settings, made).secrets == 10
    check_signs_as(settings)


def test_a_wrong_key_is_found_before_a_next_one_is_written(settings: Settings, made: Register) -> None:
    right = settings.key_encryption_key_file.read_bytes()
    settings.key_encryption_key_file.write_bytes(base64.b64encode(THIRD))
    with pytest.raises(KeyUnsealFailed, match="REGISTRY_KEK_FILE"):
        replace_key_encryption_key(settings, made)
    assert files(settings) == {"kek", "kek.lock"}
    settings.key_encryption_key_file.write_bytes(right)
    check_signs_as(settings)


def test_what_a_killed_run_left_is_cleared_away(settings: Settings, made: Register) -> None:
    for name in ("kek.next.4711", "kek.next.old", "kek.4712"):
        (settings.home / name).write_bytes(b"half a key")
    done = replace_key_encryption_key(settings, made)
    assert done.former is not None
    assert files(settings) == {"kek", "kek.lock", done.former.name, "kek.next.old", "kek.4712"}


class Crash(BaseException):
    """The process ends here, as far as what is kept on disk is concerned."""


def crash(*_arguments: object, **_options: object) -> None:
    raise Crash


def fail_at_commit(register: Register) -> int:
    with register.database.writing() as session:
        keys = register.key_encryption_keys()
        for name, old, put in resealing._secrets(register, session):
            put(keys.seal(keys.unseal(old, name), name, register.random_bytes(12)))
        session.flush()
        raise Crash


CRASHES: dict[str, tuple[str, Callable[..., object]]] = {
    "before the next key is written": ("registry.resealing.write_key_encryption_key", crash),
    "after the next key is written": ("registry.resealing.reseal", crash),
    "before the commit": ("registry.resealing.reseal", fail_at_commit),
    "after the commit": ("registry.resealing._take_over", crash),
    "before the old key is kept": ("registry.resealing._kept", crash),
    "before the next key takes its place": ("pathlib.Path.replace", crash),
}


@pytest.mark.parametrize("when", CRASHES)
def test_a_crash_at_any_point_loses_no_key(
    settings: Settings, made: Register, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(*CRASHES[when])
        with pytest.raises(Crash):
            replace_key_encryption_key(settings, made)
    check_signs(made)
    check_signs_as(settings)
    old = settings.key_encryption_key_file.read_bytes()
    assert replace_key_encryption_key(settings, made).secrets == 10
    assert settings.key_encryption_key_file.read_bytes() != old
    assert not settings.next_key_encryption_key_file.exists()
    check_signs_as(settings)


def test_a_key_from_the_environment(database_url: str, settings: Settings, made: Register, tmp_path: Path) -> None:
    file = settings.key_encryption_key_file
    old, following = file.read_text(encoding="ascii").strip(), base64.b64encode(NEXT).decode()
    with pytest.raises(SettingInvalid, match="REGISTRY_KEK_NEXT") as caught:
        replace_key_encryption_key(settings_of(database_url, tmp_path, REGISTRY_KEK=old), made)
    assert old not in str(caught.value)
    both = settings_of(database_url, tmp_path, REGISTRY_KEK=old, REGISTRY_KEK_NEXT=following)
    check_signs_as(both)
    register = open_register(both, Clock(), Randomness("env"))
    done = replace_key_encryption_key(both, register)
    register.database.close()
    assert (done.secrets, done.former) == (10, None)
    assert file.read_text(encoding="ascii").strip() == old, "what is not ours to keep is left alone"
    check_signs_as(both)
    check_signs_as(settings_of(database_url, tmp_path, REGISTRY_KEK=following))
    with pytest.raises(KeyUnsealFailed):
        check_signs_as(settings_of(database_url, tmp_path, REGISTRY_KEK=old))
    with pytest.raises(SettingInvalid, match="base64"):
        settings_of(database_url, tmp_path, REGISTRY_KEK_NEXT="?").read_key_encryption_keys()


def test_the_same_key_again_is_no_replacement(register: Register) -> None:
    register.key_encryption_keys = lambda: KeyEncryptionKeys(KEY, KEY)
    with pytest.raises(SettingInvalid, match="is the present one"):
        reseal(register)
    register.key_encryption_keys = lambda: KeyEncryptionKeys(KEY)
    with pytest.raises(SettingInvalid, match="REGISTRY_KEK_NEXT, or, where the present one is in a file"):
        reseal(register)


def test_one_damaged_key_keeps_all_as_they_are(register: Register) -> None:
    with register.database.writing() as session:
        row = session.scalars(select(SigningKeyRow).order_by(SigningKeyRow.id.desc())).first()
        assert row is not None
        assert row.sealed is not None
        row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    before = sealed(register)
    register.key_encryption_keys = lambda: KeyEncryptionKeys(KEY, NEXT)
    with pytest.raises(KeyUnsealFailed):
        reseal(register)
    assert sealed(register) == before


def test_a_secret_that_is_sealed_meanwhile_is_sealed_with_the_next_key(register: Register) -> None:
    register.key_encryption_keys = lambda: KeyEncryptionKeys(KEY, NEXT)
    with register.database.writing() as session:
        secret = seal_secret(register, session, b"a secret", "its name")
    assert unseal_secret(register, secret, "its name") == b"a secret"
    register.key_encryption_keys = lambda: KeyEncryptionKeys(NEXT)
    assert unseal_secret(register, secret, "its name") == b"a secret"
    with pytest.raises(KeyUnsealFailed):
        unseal_secret(register, secret, "another name")
    register.key_encryption_keys = lambda: KeyEncryptionKeys(THIRD)
    with pytest.raises(KeyUnsealFailed):
        unseal_secret(register, secret, "its name")


def test_a_key_that_is_being_made_is_sealed_anew_too(register: Register) -> None:
    """Its maker knows the old key-encryption key only, and commits after the replacement began."""
    url = register.database.engine.url.render_as_string(hide_password=False)
    other = open_small(url, "other")
    other.key_encryption_keys = lambda: KeyEncryptionKeys(KEY, NEXT)
    sealed_now, go_on = threading.Event(), threading.Event()

    def make() -> None:
        with register.database.writing() as session:
            add_key(register, session, TOWN, KeyPurpose.CREDENTIAL, Algorithm.P256)
            sealed_now.set()
            assert go_on.wait(60)

    with ThreadPoolExecutor(2) as pool:
        maker = pool.submit(make)
        assert sealed_now.wait(60)
        resealer = pool.submit(reseal, other)
        go_on.set()
        maker.result(60)
        assert resealer.result(60) == 10
    other.database.close()
    following = KeyEncryptionKeys(NEXT)
    with register.database.reading() as session:
        for name, secret, _ in resealing._secrets(register, session):
            assert following.unseal(secret, name)


def test_the_secrets_of_webhooks_are_sealed_anew_too(register: Register) -> None:
    _, secret = new_webhook(register, TOWN, "https://agency.example/hook")
    removed, _ = new_webhook(register, TOWN, "https://agency.example/gone")
    remove_webhook(register, removed.id)
    register.key_encryption_keys = lambda: KeyEncryptionKeys(KEY, NEXT)
    assert reseal(register) == 10
    register.key_encryption_keys = lambda: KeyEncryptionKeys(NEXT)
    with register.database.reading() as session:
        row = session.scalars(select(WebhookRow).where(WebhookRow.removed_at.is_(None))).one()
        kept = unseal_secret(register, row.sealed, secret_name(row))
    assert secret == f"whsec_{base64.b64encode(kept).decode()}"
