"""Commands about the files that agencies sent: look at one, get what was found in it, take it back."""

from collections.abc import Iterable
from pathlib import Path

import click

from registry.batches import batches
from registry.cli.opening import keep_trust_file, opened, progress_bar
from registry.cli.showing import batch_line, print_differences, print_report, was_before
from registry.exports import batch_files
from registry.intake.batch import BatchState, Report
from registry.intake.publish import discard_batch
from registry.intake.report import report_of
from registry.intake.undo import undo_batch
from registry.register import Register
from registry.terminal import spoken

ROWS_SHOWN = 20
OUTPUT = click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write: .xlsx is a copy of the list with the bad cells marked, .csv a plain list.",
)


@click.group("batches", invoke_without_command=True)
@click.option("--authority", default="", metavar="CODE", help="Only the files of this authority.")
@click.pass_context
def batches_group(context: click.Context, authority: str) -> None:
    """List the files received and what became of them; look at one, get what was found in it, or take it back."""
    if context.invoked_subcommand is None:
        for batch in batches(opened(), authority):
            click.echo(batch_line(batch))


@batches_group.command()
@click.argument("number", type=int)
@click.option("--rows", default=ROWS_SHOWN, show_default=True, type=click.IntRange(0), help="How many of each to list.")
def show(number: int, rows: int) -> None:
    """Show batch NUMBER: what is new, what changes field by field, what is missing, and what was found."""
    register = opened()
    report = report_of(register, number)
    print_report(register, report)
    print_differences(register, report, rows)


@batches_group.command()
@click.argument("number", type=int)
@OUTPUT
def findings(number: int, output: Path) -> None:
    """Write what was found in batch NUMBER to a file."""
    register = opened()
    if _is_workbook(output):
        _write(output, [batch_files.findings_workbook(register, number)])
    else:
        _write(output, batch_files.findings_list(register, number))


@batches_group.command()
@click.argument("number", type=int)
@OUTPUT
def rejected(number: int, output: Path) -> None:
    """Write the rejected rows of batch NUMBER to a file, for repair. The file can be sent back (--part)."""
    register = opened()
    if _is_workbook(output):
        _write(output, [batch_files.rejected_workbook(register, number)])
    else:
        _write(output, batch_files.rejected_list(register, number, spoken()))


@batches_group.command()
@click.argument("number", type=int)
def undo(number: int) -> None:
    """Take back what batch NUMBER published. What was public before it is public again; nothing is deleted."""
    register = opened()
    before = was_before(report_of(register, number), BatchState.UNDONE)
    with progress_bar(f"Undoing batch {number}") as progress:
        report = undo_batch(register, number, progress)
    keep_trust_file(register)
    _print_after(before, register, report)


@batches_group.command()
@click.argument("number", type=int)
def discard(number: int) -> None:
    """Put batch NUMBER aside, which was checked and not published. It is kept, and will not be published."""
    register = opened()
    before = was_before(report_of(register, number), BatchState.DISCARDED)
    _print_after(before, register, discard_batch(register, number))


def _print_after(before: str, register: Register, report: Report) -> None:
    """Prints the report of a batch, first that it was so `before`."""
    if before:
        click.echo(before)
    print_report(register, report)


def _is_workbook(output: Path) -> bool:
    suffix = output.suffix.lower()
    if suffix not in {".xlsx", ".csv"}:
        raise click.BadParameter(f"the file ends in .xlsx or .csv (got {output.name})")
    return suffix == ".xlsx"


def _write(output: Path, pieces: Iterable[bytes]) -> None:
    """Writes the pieces to a file, and nothing where there is no first one."""
    pieces = iter(pieces)
    first = next(pieces)
    with output.open("wb") as file:
        file.write(first)
        file.writelines(pieces)
    click.echo(str(output))
