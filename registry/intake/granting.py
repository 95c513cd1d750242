"""Licences made ready to be stored: their acts, what finds them, and the signed credential. Here or in a worker process."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from registry.entries import Listed, listed
from registry.intake.checking import codec_of
from registry.intake.diff import acts_of_grant, with_acts
from registry.intake.rows.status import Claim
from registry.signing import CredentialSigning, Signed, SigningJob
from vocab.history import FINAL, Act, History, Standing
from vocab.iri import lookup_key, weak_key
from vocab.license import License


class Granting(NamedTuple):
    """What all licences of one batch have in common."""

    signing: CredentialSigning
    base: str
    authority: str
    today: date
    recorded_at: datetime


class ToSign(NamedTuple):
    """A licence and what its status column says, as texts (`claim` empty for nothing), with what its credential and code need."""

    document: str
    claim: str
    check_id: str
    credential_id: str
    list_number: int
    list_index: int


class StoredAct(NamedTuple):
    """An act as the columns of its table have it."""

    number: int
    kind: str
    effective_on: date | None
    until: date | None
    document: str


class Finder(NamedTuple):
    """A number that a licence is found by."""

    number: str
    key: str
    weak_key: str


class Granted(NamedTuple):
    """A licence that is new to the register, ready to be stored."""

    tail: str
    qualifier: str
    finder: Finder
    aliases: tuple[Finder, ...]
    listed: Listed
    acts: tuple[StoredAct, ...]
    is_ended: bool
    is_suspended: bool
    signed: Signed


def grant(granting: Granting, licenses: Sequence[ToSign]) -> list[Granted]:
    """Each of `licenses`, granted and signed. Raises `VerificationError`, `SigningUnavailable`."""
    codec = codec_of(granting.base)
    read = [codec.load(one.document, License) for one in licenses]
    signed = granting.signing.sign([_job(license, one) for license, one in zip(read, licenses, strict=True)])
    found = []
    for license, one, made in zip(read, licenses, signed, strict=True):
        claim = codec.load(one.claim, Claim) if one.claim else None
        acts = acts_of_grant(license, claim, granting.today)
        history = with_acts(History(), acts, by=granting.authority, recorded_at=granting.recorded_at)
        standing = history.standing(granting.today)
        found.append(
            Granted(
                license.iri.tail,
                license.iri.qualifier or "",
                finder(license.number),
                tuple(map(finder, license.aliases)),
                listed(license, granting.signing.license_type, history, granting.today, made.body),
                tuple(stored_act(codec_of(granting.base).dump(act), act) for act in history.acts),
                standing in FINAL,
                standing is Standing.SUSPENDED,
                made,
            )
        )
    return found


def sign(granting: Granting, licenses: Sequence[ToSign]) -> list[Signed]:
    """The signed credential of each, and its code. Raises `VerificationError`, `SigningUnavailable`."""
    codec = codec_of(granting.base)
    return granting.signing.sign([_job(codec.load(one.document, License), one) for one in licenses])


def _job(license: License, one: ToSign) -> SigningJob:
    return SigningJob(license, one.check_id, one.credential_id, one.list_number, one.list_index)


def finder(number: str) -> Finder:
    return Finder(number, lookup_key(number), weak_key(number))


def stored_act(document: str, act: Act) -> StoredAct:
    return StoredAct(act.number, act.kind.value, act.effective_on, act.until, document)
