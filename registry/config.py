"""Settings, read once from the environment: the only reader of it."""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from issuers.keys import KEY_ENCRYPTION_KEY_BYTES, KeyEncryptionKeys

DEFAULT_HOME = "instance"
DEFAULT_PORT = 8000
LEAST_WORKERS = 3
"""One reads a picture, one lets somebody wait for that, and one answers all else."""
DEFAULT_RATE_LIMIT = "600/5 minutes"
DEFAULT_REPORT_LIMIT = "20/hour"
DEFAULT_REPORT_DAYS = 365
DEFAULT_POSTER_LIMIT = "60/5 minutes"
DEFAULT_RATE_LIMIT_STORE = "memory://"
DEFAULT_FILES_QUOTA = 5_000
DEFAULT_PACK_STALE_HOURS = 24
DEFAULT_DATA_LICENSE = "https://creativecommons.org/licenses/by/4.0/"

_EXPECTED_KEY = f"expected {KEY_ENCRYPTION_KEY_BYTES} bytes in base64, e.g. from `openssl rand -base64 32`"
_BASE_URL = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?", re.ASCII)

_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+", re.ASCII)


class SettingInvalid(ValueError):
    """A setting cannot be used. Says which, what was read and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this instance runs. Every field has a variable of the environment, named in docs/operating.md.

    `base_url` is empty where it is not set.

    REGISTRY_HOME            folder for the database and the key-encryption key (default: `instance`)
    REGISTRY_DATABASE_URL    SQLAlchemy URL; default is SQLite in the home folder
    REGISTRY_BASE_URL        the `{base}` of all IRIs; frozen by `init` (default: http://localhost:PORT)
    REGISTRY_KEK             the key-encryption key itself, 32 bytes in base64
    REGISTRY_KEK_FILE        the file that holds it (default: `kek` in the home folder)
    REGISTRY_KEK_NEXT        the key-encryption key that takes its place by `key reseal`, where no file holds it
    REGISTRY_PKCS11_MODULE   path of the PKCS#11 library, for signing keys in hardware
    REGISTRY_PKCS11_PIN      the user PIN of its tokens
    REGISTRY_PKCS11_PIN_FILE the file that holds the PIN
    HOST, PORT               where `serve` listens (default: 127.0.0.1 and 8000)
    REGISTRY_WORKERS         server processes (default: one for each core, 3 or 4)
    REGISTRY_SPARQL          0 closes the SPARQL endpoint (default: 1)
    REGISTRY_SANDBOX         1 opens the sandbox issuer, for tests (default: 0)
    REGISTRY_RATE_LIMIT      how much one token may ask of the API (default: 600/5 minutes)
    REGISTRY_RATE_LIMIT_STORE where that is counted (default: memory://, for all server processes)
    REGISTRY_REPORT_LIMIT    how many reports of false signs one address may send (default: 20/hour)
    REGISTRY_REPORT_DAYS     days after its closing on which what a report says is erased (default: 365)
    REGISTRY_POSTER_LIMIT    how many posters and cards are set for one address (default: 60/5 minutes)
    REGISTRY_PROXIES         how many proxies stand before the server, each adding to X-Forwarded-For (default: 0)
    REGISTRY_DATA_FOLDER     folder for the dumps (default: `data` in the home folder)
    REGISTRY_DATA_LICENSE    address of the licence for re-use of the data (default: CC BY 4.0)
    REGISTRY_FILES_FOLDER    folder for the PDFs that authorities upload (default: `files` in the home folder)
    REGISTRY_FILES_QUOTA     MB that those of one authority may have together (default: 5000)
    REGISTRY_PACK_FOLDER     folder for the inspector pack (default: `pack` in the home folder)
    REGISTRY_PACK_STALE_HOURS age from which a checker calls what its pack says old (default: 24)
    REGISTRY_LANG            language of the command line, `th` or `en` (default: Thai where LANG is Thai)
    """

    home: Path
    database_url: str
    base_url: str
    host: str
    port: int
    workers: int
    lang: str = "en"
    key_encryption_key: str = field(default="", repr=False)
    key_encryption_key_file: Path = Path()
    next_key_encryption_key: str = field(default="", repr=False)
    pkcs11_module: str = ""
    pkcs11_pin: str = field(default="", repr=False)
    pkcs11_pin_file: str = ""
    sandbox: bool = False
    sparql: bool = True
    rate_limit: str = DEFAULT_RATE_LIMIT
    rate_limit_store: str = field(default=DEFAULT_RATE_LIMIT_STORE, repr=False)
    report_limit: str = DEFAULT_REPORT_LIMIT
    report_days: int = DEFAULT_REPORT_DAYS
    poster_limit: str = DEFAULT_POSTER_LIMIT
    proxies: int = 0
    data_folder: Path = Path()
    data_license: str = DEFAULT_DATA_LICENSE
    files_folder: Path = Path()
    files_quota: int = DEFAULT_FILES_QUOTA
    pack_folder: Path = Path()
    pack_stale_hours: int = DEFAULT_PACK_STALE_HOURS

    @property
    def first_base_url(self) -> str:
        """The base of a register that is made now: as set, or this machine and the port at that time."""
        return self.base_url or f"http://localhost:{self.port}"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """The settings in `environ` (default: the process's). Raises `SettingInvalid`."""
        environ = os.environ if environ is None else environ
        home = Path(environ.get("REGISTRY_HOME") or DEFAULT_HOME).expanduser().absolute()
        port = _integer(environ, "PORT", DEFAULT_PORT, 1, 65535)
        return cls(
            home=home,
            database_url=environ.get("REGISTRY_DATABASE_URL") or f"sqlite:///{home / 'registry.db'}",
            base_url=_base_url(environ.get("REGISTRY_BASE_URL", "")),
            host=environ.get("HOST") or "127.0.0.1",
            port=port,
            workers=_integer(environ, "REGISTRY_WORKERS", max(LEAST_WORKERS, min(os.cpu_count() or 1, 4)), 1, 64),
            lang=_language(environ),
            sandbox=_switch(environ, "REGISTRY_SANDBOX", "0"),
            sparql=_switch(environ, "REGISTRY_SPARQL", "1"),
            rate_limit=environ.get("REGISTRY_RATE_LIMIT") or DEFAULT_RATE_LIMIT,
            rate_limit_store=environ.get("REGISTRY_RATE_LIMIT_STORE") or DEFAULT_RATE_LIMIT_STORE,
            report_limit=environ.get("REGISTRY_REPORT_LIMIT") or DEFAULT_REPORT_LIMIT,
            report_days=_integer(environ, "REGISTRY_REPORT_DAYS", DEFAULT_REPORT_DAYS, 7, 3_650),
            poster_limit=environ.get("REGISTRY_POSTER_LIMIT") or DEFAULT_POSTER_LIMIT,
            proxies=_integer(environ, "REGISTRY_PROXIES", 0, 0, 9),
            data_folder=Path(environ.get("REGISTRY_DATA_FOLDER") or home / "data").expanduser(),
            data_license=_data_license(environ),
            files_folder=Path(environ.get("REGISTRY_FILES_FOLDER") or home / "files").expanduser(),
            files_quota=_integer(environ, "REGISTRY_FILES_QUOTA", DEFAULT_FILES_QUOTA, 0, 999_999),
            pack_folder=Path(environ.get("REGISTRY_PACK_FOLDER") or home / "pack").expanduser(),
            pack_stale_hours=_integer(environ, "REGISTRY_PACK_STALE_HOURS", DEFAULT_PACK_STALE_HOURS, 1, 168),
            key_encryption_key=environ.get("REGISTRY_KEK", ""),
            key_encryption_key_file=Path(environ.get("REGISTRY_KEK_FILE") or home / "kek").expanduser(),
            next_key_encryption_key=environ.get("REGISTRY_KEK_NEXT", ""),
            pkcs11_module=environ.get("REGISTRY_PKCS11_MODULE", ""),
            pkcs11_pin=environ.get("REGISTRY_PKCS11_PIN", ""),
            pkcs11_pin_file=environ.get("REGISTRY_PKCS11_PIN_FILE", ""),
        )

    @property
    def next_key_encryption_key_file(self) -> Path:
        """Where the next key-encryption key is while it takes the place of the one in the file."""
        return self.key_encryption_key_file.with_name(self.key_encryption_key_file.name + ".next")

    def read_key_encryption_keys(self) -> KeyEncryptionKeys:
        """What private keys are sealed with. Raises `SettingInvalid`; the message never shows a key."""
        # The next one first: where it takes the other's place in between, the second reading finds it there.
        following = self._read_next_key_encryption_key()
        return KeyEncryptionKeys(self.read_key_encryption_key(), following)

    def read_key_encryption_key(self) -> bytes:
        """The key-encryption key, 32 bytes. Raises `SettingInvalid`."""
        if self.key_encryption_key:
            return _key_encryption_key(self.key_encryption_key, "REGISTRY_KEK")
        where = self.key_encryption_key_file
        try:
            text = where.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingInvalid(
                f"the key-encryption key cannot be read from {where} ({type(error).__name__}): for a new "
                "register `license-registry init` makes one; for an existing register restore it from your backup (a new one "
                "cannot open the existing keys), or name it with REGISTRY_KEK_FILE or REGISTRY_KEK"
            ) from error
        return _key_encryption_key(text, str(where))

    def _read_next_key_encryption_key(self) -> bytes | None:
        if self.next_key_encryption_key:
            return _key_encryption_key(self.next_key_encryption_key, "REGISTRY_KEK_NEXT")
        where = self.next_key_encryption_key_file
        try:
            return _key_encryption_key(where.read_text(encoding="ascii").strip(), str(where))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise SettingInvalid(
                f"the next key-encryption key cannot be read from {where} ({type(error).__name__})"
            ) from error

    def read_pkcs11_pin(self) -> str:
        """The user PIN of the tokens. Raises `SettingInvalid`; the message never shows it."""
        if self.pkcs11_pin:
            return self.pkcs11_pin
        if not self.pkcs11_pin_file:
            raise SettingInvalid(
                "the PIN of the hardware that holds the keys is not set (expected in REGISTRY_PKCS11_PIN, or in the file that "
                "REGISTRY_PKCS11_PIN_FILE names)"
            )
        try:
            return Path(self.pkcs11_pin_file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingInvalid(
                f"the PIN cannot be read from REGISTRY_PKCS11_PIN_FILE, {self.pkcs11_pin_file} ({type(error).__name__})"
            ) from error


def _key_encryption_key(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SettingInvalid(f"the key-encryption key in {where} is not base64 ({_EXPECTED_KEY})") from error
    if len(key) != KEY_ENCRYPTION_KEY_BYTES:
        raise SettingInvalid(
            f"the key-encryption key in {where} has {len(key)} bytes once its base64 is read ({_EXPECTED_KEY})"
        )
    return key


def _integer(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environ.get(name) or str(default)
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not low <= int(text) <= high:
        raise SettingInvalid(f"{name} is a whole number from {low} to {high} (got {text!r})")
    return int(text)


def _switch(environ: Mapping[str, str], name: str, default: str) -> bool:
    text = environ.get(name) or default
    if text not in {"0", "1"}:
        raise SettingInvalid(f"{name} is 1 (on) or 0 (off) (got {text!r})")
    return text == "1"


def _language(environ: Mapping[str, str]) -> str:
    lang = environ.get("REGISTRY_LANG") or ("th" if environ.get("LANG", "").startswith("th") else "en")
    if lang not in {"th", "en"}:
        raise SettingInvalid(f"REGISTRY_LANG is th or en (got {lang!r})")
    return lang


def _data_license(environ: Mapping[str, str]) -> str:
    text = environ.get("REGISTRY_DATA_LICENSE") or DEFAULT_DATA_LICENSE
    if not _ADDRESS.fullmatch(text):
        raise SettingInvalid(
            f"REGISTRY_DATA_LICENSE is the address of a licence text (got {text!r}, e.g. {DEFAULT_DATA_LICENSE})"
        )
    return text


def _base_url(text: str) -> str:
    if text and not _BASE_URL.fullmatch(text):
        raise SettingInvalid(
            "REGISTRY_BASE_URL is a scheme and a host in lower case, perhaps a port, and no path or final slash "
            f"(got {text!r}, e.g. https://license.example.go.th)"
        )
    return text
