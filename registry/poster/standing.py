"""How a licence stands on a day, in the few words and the one colour that a badge or a card has room for."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from registry.poster.signs import COLOUR_OF_TONE
from registry.record import LicenseRecord
from registry.register import Register
from registry.web import wording
from registry.web.pages import verdict_of
from verify.verdict import Verdict
from vocab.authority import LicenseType, LicensingAuthority
from vocab.disclosure import disclosed
from vocab.history import THAI_TIME
from vocab.license import License

MINUTES = 5


class NotEmbedded(LookupError):
    """The address is no page of a licence of this register. Answered with 404, as oEmbed 1.0 says."""


class FormatNotProvided(ValueError):
    """The form of answer that was asked for is not provided here. Answered with 501, as oEmbed 1.0 (section 2.3.5) says, so that
    whoever asked tries the other form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is told elsewhere of a licence: what its page says first, and the day on which it said so."""

    license: License
    license_type: LicenseType
    authority: LicensingAuthority
    check_id: str
    verdict: Verdict
    day: date
    is_demo: bool

    @property
    def words(self) -> str:
        """Still to be translated."""
        return wording.band(self.verdict).words

    @property
    def tone(self) -> str:
        """The colour class of the page's own band."""
        return wording.band(self.verdict).tone

    @property
    def colour(self) -> str:
        """The name of that class's colour: green only for what is proven genuine and in force."""
        return COLOUR_OF_TONE[self.tone]


def standing_of(register: Register, session: Session, record: LicenseRecord) -> Standing:
    """How a licence that is shown stands now."""
    store = register.store(session)
    grantor = store.grantor(record.license.iri.authority, record.license.iri.type)
    credential = store.credential(record.version_sequence)
    status = record.history.status(store.today)
    return Standing(
        license=disclosed(record.license, grantor.license_type),
        license_type=grantor.license_type,
        authority=grantor.authority,
        check_id=record.check_id,
        verdict=verdict_of(register, store, record, status, credential.body if credential else None),
        day=store.today,
        is_demo=register.is_demo(),
    )


def fresh_seconds(now: datetime) -> int:
    """For how long what is said now may be kept: minutes, and not beyond the day in Thailand, on which a licence may end.

    The same answer is given until its minute is over, so that minute is not counted.
    """
    local = now.astimezone(THAI_TIME)
    left = 24 * 60 - (local.hour * 60 + local.minute) - 1
    return 60 * min(MINUTES, left)
