"""What must be known before a file is read: who may send it, which column is what, and whether it holds all of a list."""

import hashlib
import shlex
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from registry.intake.batch import Holds, Submission
from registry.intake.mapping import Field, Mapping, Repeated, parse_mapping, require_columns, same_names
from registry.intake.rows.source import Source
from registry.intake.table import Layout, OpenTable
from registry.mappings import saved_mapping
from registry.register import Register
from registry.store import Store
from registry.told import Message, Told
from registry.translation import marked as _
from vocab.authority import Mandate
from vocab.graph import Grantor

FORM = b"1"
"""Which way of reading rows a digest stands for; another one where `read_row` would make something else of the same cells."""


class MandateMissing(Told, LookupError):
    """The authority is not declared, or has no right to grant the type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenMapping:
    """The mapping that a file is read by, before its headings are known: None where they must be our own field names."""

    text: str
    name: str
    mapping: Mapping | None

    @property
    def layout(self) -> Layout:
        """Two rows with one number would be two licences: it is given to both only where they are renewals of one."""
        if self.mapping is None:
            return Layout(own=(Field.NUMBER,))
        is_repeated = self.mapping.repeated is Repeated.RENEWALS
        return replace(self.mapping.file, own=() if is_repeated else self.mapping.columns[Field.NUMBER])


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """All that rows are read by. `fingerprint` stands for it: a row with the same cells would be read differently by another."""

    source: Source
    grantor: Grantor
    authority_id: int
    type_id: int
    mapping_text: str
    holds: Holds
    fingerprint: bytes

    @property
    def has_renewals(self) -> bool:
        return self.source.mapping.repeated is Repeated.RENEWALS


def choose_mapping(store: Store, session: Session, submission: Submission) -> ChosenMapping:
    """The mapping that came with the file, or the newest one of its source. Raises `MandateMissing`, `MappingInvalid`."""
    _mandate(store, submission)
    if submission.mapping is not None:
        text, name = submission.mapping, submission.mapping_name
    else:
        authority_id, type_id = store.authority_id(submission.authority), store.type_id(submission.license_type)
        saved = saved_mapping(session, authority_id, type_id, submission.source)
        if saved is None:
            return ChosenMapping(text="", name=Message(_("the file's own headings")), mapping=None)
        text, name = saved.text, saved.name
    return ChosenMapping(text=text, name=name, mapping=parse_mapping(text, name))


def prepare(
    register: Register, store: Store, submission: Submission, chosen: ChosenMapping, table: OpenTable
) -> Prepared:
    """What the rows of `table` are read by. Raises `MandateMissing`, `MappingInvalid`."""
    mandate = _mandate(store, submission)
    text = (
        chosen.text
        if chosen.mapping
        else same_names(table.headings, _mapping_command(submission, "-o", "mapping.toml"))
    )
    mapping = chosen.mapping or parse_mapping(text, chosen.name)
    grantor = store.grantor(mandate.authority, mandate.type)
    particulars = frozenset(item.code for item in grantor.license_type.face if item.code)
    require_columns(mapping, table.headings, particulars, chosen.name, _mapping_command(submission, "--save"))
    source = Source(
        base=register.base,
        authority=mandate.authority,
        license_type=grantor.license_type,
        scheme=mandate.scheme,
        mapping=mapping,
        headings=table.headings,
        today=store.today,
    )
    return Prepared(
        source=source,
        grantor=grantor,
        authority_id=store.authority_id(submission.authority),
        type_id=store.type_id(submission.license_type),
        mapping_text=text,
        holds=submission.holds or mapping.holds or Holds.ALL,
        fingerprint=_fingerprint(register, text, mandate, grantor, table.headings, submission.source),
    )


def _mapping_command(submission: Submission, *ending: str) -> str:
    """The command that makes a mapping for a file, to be typed."""
    words = ("map", submission.file_name, "--authority", submission.authority, "--type", submission.license_type)
    source = ("--source", submission.source) if submission.source else ()
    return shlex.join(("license-registry", *words, *source, *ending))


def _mandate(store: Store, submission: Submission) -> Mandate:
    found = store.mandates(authority=submission.authority, license_type=submission.license_type)
    mandate = next(iter(found), None)
    if mandate is None:
        raise MandateMissing(_explain_mandate(store, submission))
    return mandate


def _explain_mandate(store: Store, submission: Submission) -> Message:
    if store.authority(submission.authority) is None:
        known = ", ".join(authority.code for authority in store.authorities()) or Message(_("none yet"))
        return Message(
            _("there is no authority '%(code)s' in this register (known: %(known)s)"),
            code=submission.authority,
            known=known,
        )
    return Message(
        _("authority %(authority)s may not grant '%(type)s'; it may grant %(granted)s"),
        authority=submission.authority,
        type=submission.license_type,
        granted=", ".join(item.type for item in store.mandates(authority=submission.authority))
        or Message(_("no type")),
    )


def _fingerprint(
    register: Register, mapping: str, mandate: Mandate, grantor: Grantor, headings: tuple[str, ...], source: str
) -> bytes:
    dump = register.codec.dump
    parts = (mapping, dump(mandate), dump(grantor.license_type), "\x1f".join(headings), source)
    return hashlib.sha256(FORM + "\x1e".join(parts).encode("utf-8", "surrogatepass")).digest()
