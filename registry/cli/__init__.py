"""The command line: parse, call one service, print. Errors go to stderr, in words, with exit code 2.

A module for each subject; each command says in its docstring what it does.
"""

import sys

import click
from sqlalchemy.exc import OperationalError

from registry.cli import (
    access,
    batches,
    dump,
    faults,
    harvest,
    keys,
    licenses,
    making,
    mapping,
    origin,
    pack,
    posters,
    publishing,
    reports,
    serving,
    sparql,
    token,
    webhook,
)
from registry.cli.opening import first_line
from registry.database import in_words
from registry.dumps.files import DumpRunning
from registry.exchange.share_links import LinkRefused
from registry.exchange.sources import NoSuchSource, SourceRefused
from registry.exchange.webhooks import NoSuchWebhook, WebhookRefused
from registry.federation.origins import NoSuchOrigin
from registry.keyring import KeyRefused, NoSuchKey
from registry.poster.seals import SealRefused
from registry.poster.typesetting import TypesettingFailed
from registry.problems import EXPECTED
from registry.server import PortTaken
from registry.showing.links import ShowLinkRefused
from registry.terminal import in_our_words
from registry.tokens import NoSuchToken, TokenRefused
from registry.told import Told
from verify.errors import CouldNotCheck, VerificationError

EXPLAINED: tuple[type[Exception], ...] = (
    *EXPECTED,
    Told,
    PortTaken,
    DumpRunning,
    NoSuchKey,
    KeyRefused,
    NoSuchToken,
    TokenRefused,
    NoSuchSource,
    SourceRefused,
    LinkRefused,
    NoSuchWebhook,
    WebhookRefused,
    NoSuchOrigin,
    SealRefused,
    ShowLinkRefused,
    TypesettingFailed,
    CouldNotCheck,
    VerificationError,
)
"""What is answered with words and exit code 2."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="license-registry")
def cli() -> None:
    """The license registry: existing licences become IRIs, signed credentials and QR codes that anyone can check."""


for command in (
    making.init,
    making.declare_command,
    mapping.map_command,
    mapping.mappings_command,
    publishing.publish_command,
    batches.batches_group,
    licenses.show,
    licenses.act,
    licenses.qr,
    licenses.credential,
    posters.poster,
    posters.show_link,
    access.access_group,
    reports.reports_group,
    making.trust,
    pack.pack_command,
    dump.dump_command,
    faults.faults_command,
    keys.key_group,
    token.token,
    webhook.webhook,
    harvest.source,
    origin.origin,
    harvest.harvest,
    sparql.sparql_load,
    serving.refresh_command,
    serving.serve_command,
    serving.demo,
):
    cli.add_command(command)


def main() -> None:
    """Runs the command line.

    Exit codes: 0 done; 1 done, but rows were rejected or there are none, or bytes remain of what was erased, or not published
    because something is suspicious; 2 the input or a setting was wrong; 70 a fault of ours.
    """
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except EXPLAINED as error:
        click.echo(f"license-registry: {in_our_words(error)}", err=True)
        sys.exit(2)
    except OperationalError as error:
        click.echo(f"license-registry: {in_words(error)}", err=True)
        sys.exit(2)
    except OSError as error:
        click.echo(f"license-registry: {first_line(error)}", err=True)
        sys.exit(2)
    except Exception as error:
        click.echo(f"license-registry: a fault of ours, {type(error).__name__}: {first_line(error)}", err=True)
        sys.exit(70)
