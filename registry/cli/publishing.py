"""Publishing the lists that agencies send: in one go, or first to look at."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

from registry.cli.naming import ListName
from registry.cli.opening import keep_trust_file, opened, progress_bar, read_text
from registry.cli.showing import print_report, was_before
from registry.intake.batch import BatchState, BatchSuspicious, Holds, Report, Submission
from registry.intake.body import body_at
from registry.intake.diff import REJECTED
from registry.intake.publish import publish, publish_batch, restage
from registry.intake.report import report_of
from registry.intake.sampling import sampled_rows
from registry.intake.staging import stage
from registry.intake.suspicion import CITIZEN_NUMBERS, COLLISIONS, DATES, ENDINGS, HOLDERS, MISSING, NUMBERS
from registry.register import Register

ACCEPTED = {
    MISSING: "Many licences are missing from the list, and that is right.",
    COLLISIONS: "Numbers are very like others, and they are other licences.",
    DATES: "The dates of many licences change, and that is right.",
    CITIZEN_NUMBERS: "Rows hold citizens' numbers and stay out; the others are right.",
    ENDINGS: "Many licences end or are suspended, and that is right.",
    HOLDERS: "Many licences have another holder or place, and that is right.",
    NUMBERS: "Many numbers look unusual, and they are right.",
}


def accepting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds an option `--accept-...` for everything that may be suspicious, all of them in the argument `accepted`."""
    for word, meaning in reversed(ACCEPTED.items()):
        command = click.option(f"--accept-{word}", "accepted", flag_value=word, multiple=True, help=meaning)(command)
    return command


@click.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--authority", metavar="CODE", help="Who grants these licences, e.g. lao-06480115.")
@click.option("--type", "license_type", metavar="CODE", help="What they are, e.g. food-premises.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Which column is what.")
@click.option(
    "--source",
    default="",
    type=ListName(),
    metavar="NAME",
    help="Which of the authority's lists it is, where it has several.",
)
@click.option("--all/--part", "has_all", default=None, help="Whether the file has all licences of its list.")
@click.option("--dry-run", is_flag=True, help="Check the file and compare it with what is public; publish nothing.")
@click.option("--batch", "number", type=int, metavar="N", help="Publish batch N, which was checked before.")
@click.option("--again", is_flag=True, help="Compare --batch anew with what is public now; publish nothing.")
@accepting
def publish_command(
    file: Path | None,
    authority: str | None,
    license_type: str | None,
    mapping: Path | None,
    source: str,
    has_all: bool | None,
    dry_run: bool,
    number: int | None,
    again: bool,
    accepted: tuple[str, ...],
) -> None:
    """Publish the licences in FILE, or a batch that was checked before. Good rows are published; bad ones wait for repair.

    Ends with exit code 1 where rows were rejected, where the file has none, or where something is suspicious and nothing was
    published.
    """
    if (file is None) == (number is None):
        raise click.UsageError("name one FILE, or the number of a batch that was checked before (--batch N)")
    if number is not None:
        if authority or license_type or mapping or source or has_all is not None:
            raise click.UsageError(
                "with --batch, the batch itself says whose list it is, its mapping and what it holds"
            )
        register = opened()
        if dry_run or again:
            _preview(register, _compared_again(register, number) if again else report_of(register, number))
        before = was_before(report_of(register, number), BatchState.PUBLISHED)
        if before:
            click.echo(before)
        _publish(register, f"batch {number}", lambda progress: publish_batch(register, number, accepted, progress))
    if file is None or authority is None or license_type is None:
        raise click.UsageError("say whose licences these are (--authority CODE) and what they are (--type CODE)")
    if again:
        raise click.UsageError("--again is for a batch that was checked before (--batch N)")
    submission = Submission(
        authority=authority,
        license_type=license_type,
        file_name=file.name,
        body=body_at(file),
        mapping=read_text(mapping) if mapping else None,
        mapping_name=mapping.name if mapping else "mapping",
        holds=None if has_all is None else Holds.ALL if has_all else Holds.PART,
        source=source,
    )
    register = opened()
    if dry_run:
        with progress_bar(f"Checking {file.name}") as progress:
            report = stage(register, submission, progress)
        _preview(register, report)
    _publish(register, file.name, lambda progress: publish(register, submission, accepted, progress))


def _compared_again(register: Register, number: int) -> Report:
    with progress_bar(f"Comparing batch {number}") as progress:
        return restage(register, number, progress)


def _publish(register: Register, name: str, act: Callable[[Callable[[int, int], None]], Report]) -> None:
    """Publishes and prints what became of it; what is suspicious stays as it is, and the report says what to do."""
    try:
        with progress_bar(f"Publishing {name}") as progress:
            report = act(progress)
    except BatchSuspicious as refused:
        print_report(register, report_of(register, refused.batch))
        raise SystemExit(1) from refused
    keep_trust_file(register)
    _finish(register, report)


def _preview(register: Register, report: Report) -> NoReturn:
    """As `_finish`, with what the published rules say of some rows."""
    print_report(register, report, sampled_rows(register, report.batch))
    _end(report)


def _finish(register: Register, report: Report) -> None:
    """Prints the report and ends: for whoever runs this from a schedule, the exit code says that something waits."""
    print_report(register, report)
    _end(report)


def _end(report: Report) -> NoReturn:
    raise SystemExit(1 if report.counts[REJECTED] or not report.rows else 0)
