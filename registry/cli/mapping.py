"""Commands about mappings: propose one for a file, keep it, and show what was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from registry.cli import opening
from registry.cli.naming import ListName
from registry.cli.opening import opened, read_text
from registry.intake.body import body_at
from registry.intake.guessing.guess import DATE_KINDS, KINDS, LINKS, PARTICULAR, STATUS, Confidence, Guess, Reason
from registry.intake.guessing.proposal import FOUND, NEVER, Proposal, Sample, mapping_text, propose
from registry.intake.mapping import Mapping, Meaning, Repeated, parse_mapping
from registry.intake.preparing import MandateMissing
from registry.intake.rows.status import MEANINGS
from registry.intake.wording import FIELD, IN_A_SENTENCE, day_in_words
from registry.mappings import SavedMapping, mapping_sources, save_mapping, saved_mappings
from registry.register import Register
from registry.terminal import said, spoken, visible
from registry.told import Message
from registry.translation import marked as _
from vocab.authority import LicenseType, NumberingScheme
from vocab.history import legal_date
from vocab.thai import Era

CONFIDENCE = {
    Confidence.CERTAIN: _("certain"),
    Confidence.LIKELY: _("likely"),
    Confidence.GUESS: _("a guess"),
}
REASON = {
    Reason.HEADING: _("the heading says it"),
    Reason.PART: _("the heading suggests it"),
    Reason.LABEL: _("the heading is like the name of the item"),
    Reason.CONTENT: _("%(share)s %% of the cells fit"),
    Reason.SAID: _("you said so"),
}
COLUMNS_OF_STATUS = {
    STATUS: _("What the list says of it"),
    "status_date": _("Since when"),
    "status_reason": _("Why"),
}
COLUMNS_OF_LINKS = {
    "access_url": _("Page that leads to the document"),
    "download_url": _("Address of the document"),
    "access_rights": _("Who may read the document"),
    "access_media_type": _("What kind of file the document is"),
    "access_digest": _("Digest of the document"),
}
ERA = {Era.BUDDHIST: _("Buddhist era"), Era.COMMON: _("common era")}
MEANING = {
    **{meaning: IN_A_SENTENCE[standing] for meaning, standing in MEANINGS.items()},
    Meaning.IGNORE: _("nothing beside what the dates say"),
}
_MOST_SHOWN = 12
NO_SCHEME = NumberingScheme()


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose list it is: the register, the ids that its mappings are kept under, the type and how its numbers look."""

    register: Register
    authority_id: int
    type_id: int
    license_type: LicenseType
    scheme: NumberingScheme


AUTHORITY = click.option("--authority", metavar="CODE", help="Whose list it is, e.g. lao-06480115.")
TYPE = click.option("--type", "license_type", metavar="CODE", help="What is in it, e.g. food-premises.")
SOURCE = click.option(
    "--source", default="", type=ListName(), metavar="NAME", help="Which of its lists, where it has several."
)


@click.command("map")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@AUTHORITY
@TYPE
@SOURCE
@click.option(
    "--set", "settings", multiple=True, metavar="FIELD=HEADING", help="Say it yourself; no heading: no column."
)
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Look at the file with this mapping instead of proposing one.",
)
@click.option("--save", is_flag=True, help="Keep it: `publish` takes it for the files of this source from now on.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the mapping to this file.")
def map_command(
    file: Path,
    authority: str | None,
    license_type: str | None,
    source: str,
    settings: tuple[str, ...],
    mapping: Path | None,
    save: bool,
    output: Path | None,
) -> None:
    """Propose which column of FILE is which field, and show what would be read. The mapping itself goes to stdout or -o."""
    owner = _owner(authority, license_type)
    if save and owner is None:
        raise click.BadParameter("--save needs --authority and --type: whose mapping is it?")
    if mapping is not None and settings:
        raise click.BadParameter("--set and --mapping exclude each other: change the line in the mapping")
    given = parse_mapping(read_text(mapping), mapping.name) if mapping else None
    proposal = propose(
        body_at(file),
        file.name,
        license_type=owner.license_type if owner else None,
        scheme=owner.scheme if owner else NO_SCHEME,
        today=legal_date(opening.clock()),
        said=_of_mapping(given) if given else _said(settings),
        layout=given.file if given else FOUND,
        guessing=given is None,
        era=given.dates.era if given else None,
        endless=given.cells.no_expiry if given else (),
    )
    text = read_text(mapping) if mapping else mapping_text(proposal)
    kept = _keep(owner, source, text) if save and owner is not None else None
    if output is not None:
        output.write_text(text, encoding="utf-8")
    # Whoever writes stdout to a file wants the mapping in it, and still sees what was found.
    err = output is None
    for line in _lines(proposal, file.name):
        click.echo(line, err=err)
    if kept is not None:
        click.echo(said(_("Kept as version %(version)s."), version=kept.version), err=err)
    if output is None:
        click.echo(text, nl=False)
    else:
        click.echo(said(_("The mapping is in %(file)s. Correct there what is wrong."), file=output))


@click.command("mappings")
@click.option("--authority", required=True, metavar="CODE", help="Whose, e.g. lao-06480115.")
@click.option("--type", "license_type", required=True, metavar="CODE", help="For what, e.g. food-premises.")
@SOURCE
@click.option("--version", type=int, metavar="N", help="Print this version instead of the list.")
def mappings_command(authority: str, license_type: str, source: str, version: int | None) -> None:
    """List the saved mappings of an authority and type, newest first, or print one of them."""
    owner = _owner(authority, license_type)
    assert owner is not None
    with owner.register.database.reading() as session:
        sources = mapping_sources(session, owner.authority_id, owner.type_id)
        names = [source] if source or version is not None else list(sources)
        saved = [each for name in names for each in saved_mappings(session, owner.authority_id, owner.type_id, name)]
    if version is None:
        for each in saved:
            click.echo(f"{each.source or '-'}  {each.version}  {each.saved_at:%Y-%m-%d %H:%M}Z")
        return
    found = next((each for each in saved if each.version == version), None)
    if found is None:
        raise click.BadParameter(f"there is no version {version}; `license-registry mappings` without it lists them")
    click.echo(found.text, nl=False)


def _owner(authority: str | None, license_type: str | None) -> Owner | None:
    """Whose list it is, or None where nothing was said. Raises what an unknown code raises."""
    if not authority and not license_type:
        return None
    if not authority or not license_type:
        raise click.BadParameter("--authority and --type belong together")
    register = opened()
    with register.database.reading() as session:
        store = register.store(session)
        kind = store.require_license_type(license_type)
        mandate = next(iter(store.mandates(authority=authority, license_type=license_type)), None)
        if mandate is None:
            store.require_authority(authority)
            raise MandateMissing(
                _("authority %(authority)s may not grant '%(type)s'"), authority=authority, type=license_type
            )
        return Owner(register, store.authority_id(mandate.authority), store.type_id(kind.code), kind, mandate.scheme)


def _said(settings: Sequence[str]) -> dict[str, list[str]]:
    """Field -> headings, from `field=heading`; the same field again adds a column, and no heading says that it has none."""
    found: dict[str, list[str]] = {}
    for setting in settings:
        field, sign, heading = setting.partition("=")
        if not sign or (field not in KINDS and not field.startswith(PARTICULAR)):
            known = ", ".join(KINDS)
            raise click.BadParameter(
                f"--set is field=heading, and the fields are {known} and {PARTICULAR}CODE (got {setting!r})"
            )
        found.setdefault(field, []).extend([heading] if heading else [])
    return found


def _of_mapping(mapping: Mapping) -> dict[str, Sequence[str]]:
    status, links = mapping.status, mapping.access.named if mapping.access else {}
    of_status = {STATUS: status.column, "status_date": status.date, "status_reason": status.reason} if status else {}
    return {
        **mapping.columns,
        **{PARTICULAR + code: headings for code, headings in mapping.particulars.items()},
        **{kind: [heading] for kind, heading in of_status.items() if heading},
        **{kind: [links[name]] for kind, name in LINKS.items() if name in links},
    }


def _keep(owner: Owner, source: str, text: str) -> SavedMapping:
    """Keeps a mapping as the next version for its source. Raises `MappingInvalid` for a proposal that can read nothing."""
    parse_mapping(text, Message(_("the proposal")))
    with owner.register.database.writing() as session:
        owner.register.store(session).lock_authority(owner.authority_id)
        return save_mapping(session, owner.authority_id, owner.type_id, source, text, owner.register.now())


def _lines(proposal: Proposal, name: str) -> list[str]:
    """What a person should see before agreeing."""
    lang = spoken()
    lines = [_form_line(proposal, name)]
    for guess in proposal.guesses:
        lines += _guess_lines(guess, proposal)
    if proposal.unused:
        lines.append(said(_("Not used: %(columns)s"), columns=_listed(proposal.unused)))
    if proposal.withheld:
        lines.append(said(_("Citizens’ numbers, never published: %(columns)s"), columns=_listed(proposal.withheld)))
    if proposal.era is not None:
        lines.append(
            said(_("Years have two digits and are read as years of the %(era)s."), era=said(ERA[proposal.era]))
        )
    if proposal.is_era_open:
        lines.append(
            said(_('Years have two digits. Say in the mapping which era they are of: [dates] era = "be" or "ce".'))
        )
    if proposal.endless:
        agreed = _("Licences with %(words)s as the last day are read as without end. Agree only where the law says so.")
        lines.append(said(agreed, words=_listed(proposal.endless)))
    if proposal.repeated:
        known = proposal.renewals is Repeated.RENEWALS
        message = (
            _(
                "%(count)s numbers stand on several rows, with other last days: they are read as renewals of one licence."
            )
            if known
            else _("%(count)s numbers stand on several rows. Rows of one number with other content are not published.")
        )
        lines.append(said(message, count=proposal.repeated))
    lines += [_status_line(text, count, meaning) for text, count, meaning in proposal.statuses]
    if proposal.missing:
        items = ", ".join(item.label.in_language(lang) for item in proposal.missing)
        lines.append(said(_("Missing for section 13, which asks for the items on the licence: %(items)s"), items=items))
    return lines


def _form_line(proposal: Proposal, name: str) -> str:
    form = proposal.form
    parts = [form.kind, form.encoding, *form.sheets]
    if form.heading_line:
        parts.append(said(_("headings on line %(line)s"), line=form.heading_line))
    rows = f"{proposal.rows}" if proposal.is_whole else f"> {proposal.rows}"
    return said(
        _("%(name)s: %(form)s, %(rows)s rows"),
        name=name,
        form=", ".join(part for part in parts if part),
        rows=rows,
    )


def _guess_lines(guess: Guess, proposal: Proposal) -> list[str]:
    words = FIELD.get(guess.field) or COLUMNS_OF_STATUS.get(guess.field) or COLUMNS_OF_LINKS.get(guess.field)
    field = f"{guess.field} ({said(words)})" if words else guess.field
    # Rounded down: what does not all fit is not 100 %.
    share = "" if guess.fit is None else str(int(round(guess.fit * 100, 6)))
    why = ", ".join(said(REASON[reason], share=share) for reason in guess.reasons)
    head = f"  {field}: {_listed(guess.headings)} | {said(CONFIDENCE[guess.confidence])} {guess.score:.0%} | {why}"
    shown = [_sample(sample, guess.field in DATE_KINDS) for sample in proposal.samples[guess.field]]
    return [head, "      " + " | ".join(shown)] if shown else [head]


def _sample(sample: Sample, is_date: bool) -> str:
    """A cell as received and, where that is something else, as it will be read."""
    if not is_date and sample.read == sample.received:
        return visible(sample.received)
    # Not inside the f-string: what is to be translated is not found there.
    shown = visible(sample.read) if sample.read else said(_("not readable"))
    if sample.read == NEVER:
        shown = said(_("no end"))
    elif is_date and sample.read:
        shown = day_in_words(date.fromisoformat(sample.read), spoken())
    return f"{visible(sample.received)} → {shown}"


def _status_line(text: str, count: int, meaning: Meaning | None) -> str:
    if meaning is None:
        asked = _("status “%(text)s” (%(count)s rows): say in the mapping what it means")
        return "  " + said(asked, text=visible(text), count=count)
    return "  " + said(
        _("status “%(text)s” (%(count)s rows): %(meaning)s"),
        text=visible(text),
        count=count,
        meaning=said(MEANING[meaning]),
    )


def _listed(headings: Sequence[str]) -> str:
    shown = ", ".join(f"“{visible(heading)}”" for heading in headings[:_MOST_SHOWN])
    return shown if len(headings) <= _MOST_SHOWN else f"{shown} (+{len(headings) - _MOST_SHOWN})"
