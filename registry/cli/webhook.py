"""Commands about webhooks: addresses of an authority that are told what became of its batches."""

import click

from registry.cli.opening import opened
from registry.cli.waiting import go_on, stopping
from registry.exchange.deliveries import deliver_due
from registry.exchange.webhooks import new_webhook, remove_webhook, webhooks
from verify.fetch import Fetcher
from vocab.graph import date_time


@click.group()
def webhook() -> None:
    """Tell an authority's own systems what became of its batches: add, list and remove addresses, and deliver."""


@webhook.command()
@click.argument("url")
@click.option("--authority", required=True, metavar="CODE", help="Whose batches it is told of.")
def add(url: str, authority: str) -> None:
    """Add the https address URL and print the secret that its messages are signed with, once. It alone goes to stdout."""
    made, secret = new_webhook(opened(), authority, url)
    click.echo(
        f"Webhook {made.id} of {made.authority}: {made.url}. Its secret is shown this once; give it to whoever runs it.",
        err=True,
    )
    click.echo(secret)


@webhook.command("list")
@click.option("--authority", default="", metavar="CODE", help="Only the webhooks of this authority.")
def list_command(authority: str) -> None:
    """List the webhooks: whose, where, what waits for delivery, what was given up, and what was answered last."""
    for item in webhooks(opened(), authority):
        state = f"removed {date_time(item.removed_at)}" if item.removed_at else f"since {date_time(item.created_at)}"
        counts = f"{item.waiting} waiting, {item.given_up} given up"
        last = f"  last: {item.last_answer}" if item.last_answer else ""
        click.echo(f"{item.id}  {item.authority}  {item.url}  {state}  {counts}{last}")


@webhook.command()
@click.argument("number", type=int)
def remove(number: int) -> None:
    """Remove webhook NUMBER: it is told nothing any more, not even what waits for it, and its secret is destroyed."""
    removed = remove_webhook(opened(), number)
    click.echo(f"Webhook {removed.id} of {removed.authority} is removed")


@webhook.command()
@click.option("--once", is_flag=True, help="Deliver what is due now, and stop.")
@click.option(
    "--every",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="How often to look for messages.",
)
def deliver(once: bool, every: int) -> None:
    """Deliver what is due, until stopped. Several may run at once; `license-registry harvest` does the same in each round."""
    register = opened()
    with stopping() as stop:

        def work() -> None:
            if received := deliver_due(register, Fetcher(), stop.is_set):
                click.echo(f"Delivered: {received} messages")

        if once:
            work()
        else:
            go_on("webhook deliver", work, every, stop)
