"""Commands that run for long: the server, what keeps its status lists fresh, and the demo."""

import os
import sys
import time

import click

from registry.cli.opening import (
    REMAINS,
    TRUST_FILE,
    bring_up_to_date,
    closed_before_serving,
    first_line,
    made,
    opened,
    progress_bar,
)
from registry.codes import complete_codes
from registry.config import Settings
from registry.entries import complete
from registry.register import Register
from registry.sandbox import open_sandbox
from registry.server import require_free_port, serve
from registry.services import refresh
from registry.trust import trust_file


@click.command("refresh")
@click.option("--every", type=click.IntRange(min=1), metavar="SECONDS", help="Go on, at this interval, until stopped.")
def refresh_command(every: int | None) -> None:
    """Bring up to date what time changes: status lists, by acts that took effect or by age; erase what reports of signs say whose
    term is over, and empty the database's files of it (exit code 1: somebody reads it, and bytes remain)."""
    register = opened()
    if every is None:
        if not bring_up_to_date(register):
            click.echo(REMAINS, err=True)
            sys.exit(1)
        return
    parent = os.getppid()
    # Ends with the server that started it: a killed server must not leave it behind.
    while os.getppid() == parent:
        try:
            if not bring_up_to_date(register):
                click.echo(REMAINS, err=True)
        except Exception as error:
            # Goes on in this process: it remembers which PIN was refused, and a new process would try it again.
            said = f"{type(error).__name__}: {first_line(error)}"
            click.echo(f"license-registry refresh: {said}; the next round is in {every} seconds", err=True)
        time.sleep(every)


@click.command("serve")
def serve_command() -> None:
    """Serve the public pages and API on HOST:PORT (127.0.0.1:8000)."""
    settings = Settings.from_environ()
    with closed_before_serving() as register:
        if not bring_up_to_date(register):
            click.echo(REMAINS, err=True)
        _show_sandbox(settings, register)
    click.echo(f"Serving on http://{settings.host}:{settings.port}")
    serve(settings)


@click.command()
def demo() -> None:
    """Make a register with made-up data, once, and serve it."""
    from registry.demo.run import show_demo, write_demo

    settings = Settings.from_environ()
    register = made(settings)
    complete(register)
    complete_codes(register)
    require_free_port(settings)
    write_demo(register, settings.home, progress_bar)
    refresh(register)
    # For `python -m verify` without a network; acts, publishing and refreshing keep it fresh.
    (settings.home / TRUST_FILE).write_bytes(trust_file(register))
    show_demo(register, settings)
    _show_sandbox(settings, register)
    register.database.close()
    serve(settings)


def _show_sandbox(settings: Settings, register: Register) -> None:
    """Says that the sandbox is open, where it is, with the token for clients that cannot do without one."""
    if not settings.sandbox:
        return
    sandbox = open_sandbox(register)
    click.echo("The sandbox issuer is open: it signs whatever anybody sends, for tests, and proves nothing.")
    for suite, did in sandbox.dids.items():
        click.echo(f"  {suite}: {did}")
    click.echo(f"  token, for clients that need one: {sandbox.token}")
