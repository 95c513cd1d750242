"""Commands about the signing keys of authorities. None of them ever shows a secret."""

from datetime import UTC, datetime, time

import click

from issuers.keys import Algorithm, KeyPurpose
from registry.cli.opening import keep_trust_file, opened, progress_bar
from registry.config import Settings
from registry.keyring import Key, KeyStatus, activate_key, keys_of, new_key, retire_key
from registry.rekeying import compromise
from registry.resealing import replace_key_encryption_key
from verify.instant import parse_instant
from vocab.graph import date_time
from vocab.history import THAI_TIME
from vocab.thai import DateUnreadable, parse_date


class Instant(click.ParamType[datetime]):
    """An instant in whole seconds with its offset from UTC, or a day: its first instant in Thai legal time."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return parse_instant(str(value)).astimezone(UTC).replace(microsecond=0)
        except (ValueError, OverflowError):
            pass
        try:
            return datetime.combine(parse_date(str(value)), time(), THAI_TIME).astimezone(UTC)
        except (DateUnreadable, OverflowError) as error:
            self.fail(
                f"{value!r} is neither an instant with its offset (2026-11-21T14:30:00+07:00) nor a day ({error})",
                param,
                ctx,
            )


class TokenLabel(click.ParamType[str]):
    """The label of a hardware token; an empty one, as of a variable of the shell that is not set, is refused."""

    name = "token"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not str(value).strip():
            self.fail("the label of the token is empty: leave the option out for a key in the database", param, ctx)
        return str(value)


TOKEN = click.option(
    "--pkcs11", "token", type=TokenLabel(), metavar="TOKEN", help="Make it in the hardware token with this label."
)
AUTHORITY = click.option("--authority", required=True, metavar="CODE", help="Whose key, e.g. lao-06480115.")
KEY = click.option("--key", "name", required=True, metavar="KEY", help="Its number, or its Multikey (z6Mk..., zDn...).")


@click.group("key")
def key_group() -> None:
    """Make, list, activate, retire and revoke the keys that sign; replace the key that they are encrypted with."""


@key_group.command("new")
@AUTHORITY
@click.option(
    "--purpose", required=True, type=click.Choice([purpose.value for purpose in KeyPurpose]), help="What it signs."
)
@click.option(
    "--algorithm",
    default=Algorithm.ED25519.value,
    show_default=True,
    type=click.Choice([algorithm.value for algorithm in Algorithm]),
    help="p256: for hardware that has no Ed25519.",
)
@TOKEN
def new_command(authority: str, purpose: str, algorithm: str, token: str | None) -> None:
    """Make the next key: published at once, and used from when it is activated."""
    register = opened()
    key = new_key(register, authority, KeyPurpose(purpose), Algorithm(algorithm), token or "")
    keep_trust_file(register)
    click.echo(_line(key))
    click.echo(
        "Published and not used yet. Verifiers without a network need trust data that has it (theirs is good for seven days); "
        f"then: license-registry key activate --authority {authority} --key {key.number}"
    )


@key_group.command("list")
@click.option("--authority", default="", metavar="CODE", help="Only this authority's.")
def list_command(authority: str) -> None:
    """List keys: number, authority, purpose, algorithm, where it is, status, and its public half."""
    keys = keys_of(opened(), authority)
    click.echo(_columns("key", "authority", "purpose", "kind", "where", "status", "since", "public half"))
    for key in keys:
        click.echo(_line(key))


@key_group.command("activate")
@AUTHORITY
@KEY
def activate_command(authority: str, name: str) -> None:
    """Sign with the key from now on, and retire the one that signed for its purpose. What that one signed stays genuine."""
    register = opened()
    click.echo(_line(activate_key(register, authority, name)))
    keep_trust_file(register)


@key_group.command("retire")
@AUTHORITY
@KEY
def retire_command(authority: str, name: str) -> None:
    """Put a key aside that waits and will not be used. The key that signs is retired by activating another."""
    register = opened()
    click.echo(_line(retire_key(register, authority, name)))
    keep_trust_file(register)


@key_group.command("compromise")
@AUTHORITY
@KEY
@click.option(
    "--since", required=True, type=Instant(), help="From when on others may have used it: an instant, or a day."
)
def compromise_command(authority: str, name: str, since: datetime) -> None:
    """Revoke a key that others may have, and sign anew, with another key, what it signed. Run it again after a crash."""
    register = opened()
    try:
        with progress_bar("Issuing anew") as progress:
            done = compromise(register, authority, name, since, progress)
    finally:
        # What was published up to a failure is published.
        keep_trust_file(register)
    click.echo(_line(done.revoked))
    click.echo(_line(done.active))
    click.echo(
        f"Signed anew: the credentials of {done.licenses} licences, {done.lists} status lists, {done.codes} QR codes"
    )


@key_group.command("reseal")
def reseal_command() -> None:
    """Encrypt every private key and secret anew under another key-encryption key, which takes the old one's place."""
    settings = Settings.from_environ()
    done = replace_key_encryption_key(settings, opened())
    click.echo(f"Encrypted anew: {done.secrets} private keys and secrets of webhooks")
    if done.former is None:
        click.echo(
            "Now put the key from REGISTRY_KEK_NEXT in the old one's place, unset REGISTRY_KEK_NEXT, and restart."
        )
    else:
        click.echo(f"The new key-encryption key is in {settings.key_encryption_key_file}: back it up now.")
        click.echo(
            f"The old one is in {done.former}: keep it for as long as you keep backups of before, apart from them."
        )


def _line(key: Key) -> str:
    since = {
        KeyStatus.NEXT: key.created_at,
        KeyStatus.ACTIVE: key.activated_at,
        KeyStatus.RETIRED: key.retired_at,
        KeyStatus.COMPROMISED: key.revoked_at,
    }[key.status]
    return _columns(
        str(key.number),
        key.authority,
        key.purpose,
        key.algorithm,
        f"token {key.token}" if key.token else "database",
        key.status,
        date_time(since) if since else "",
        key.public_multibase,
    )


def _columns(*cells: str) -> str:
    number, *others, last = cells
    widths = (14, 11, 7, 14, 11, 20)
    return "  ".join([f"{number:>4}", *(f"{cell:<{width}}" for cell, width in zip(others, widths, strict=True)), last])
