"""Commands about the tokens by which an authority's own systems speak to the register."""

from datetime import timedelta

import click

from registry.cli.opening import opened
from registry.tokens import MAX_LIFE, TokenScope, access_tokens, new_token, revoke_token
from vocab.graph import date_time


@click.group()
def token() -> None:
    """Make, list and revoke the tokens by which an authority's own systems speak to the register."""


@token.command()
@click.option("--authority", required=True, metavar="CODE", help="Whose token it is: it acts for this authority only.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in TokenScope]),
    default=[TokenScope.ISSUE.value],
    show_default=True,
    help="What it allows; may be given several times. issue: POST /credentials/issue; publish: licences and files by API; "
    "act: decisions by API; report: reports of false signs by API.",
)
@click.option(
    "--days",
    type=click.IntRange(1, MAX_LIFE.days),
    default=365,
    show_default=True,
    help="After how many days it expires.",
)
@click.option("--label", default="", help="For whom or what it is, so that you know later which one to revoke.")
def new(authority: str, scopes: tuple[str, ...], days: int, label: str) -> None:
    """Make a token and print it, once: only its hash is kept. The token alone goes to stdout."""
    register = opened()
    made, text = new_token(
        register,
        authority,
        [TokenScope(scope) for scope in scopes],
        register.now() + timedelta(days=days),
        label,
    )
    click.echo(
        f"Token {made.id} of {made.authority}, for {' '.join(sorted(made.scopes))}, until {made.expires_at:%Y-%m-%d}. "
        "It is shown this once; keep it as you keep a password.",
        err=True,
    )
    click.echo(text)


@token.command("list")
@click.option("--authority", default="", metavar="CODE", help="Only the tokens of this authority.")
def list_command(authority: str) -> None:
    """List the tokens: whose, for what, until when, and whether they still hold. The tokens themselves are not kept."""
    register = opened()
    for item in access_tokens(register, authority):
        scopes = " ".join(sorted(item.scopes))
        click.echo(
            f"{item.id}  {item.authority}  {scopes}  {item.created_at:%Y-%m-%d} to {item.expires_at:%Y-%m-%d}  "
            f"{item.state(register.now())}  {item.label}".rstrip()
        )


@token.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """Make token NUMBER worthless from now on."""
    register = opened()
    was_revoked = any(item.id == number and item.revoked_at for item in access_tokens(register))
    revoked = revoke_token(register, number)
    since = f"was already revoked, at {date_time(revoked.revoked_at)}" if was_revoked and revoked.revoked_at else ""
    click.echo(f"Token {revoked.id} of {revoked.authority} {since or 'is revoked'}")
