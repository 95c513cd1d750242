"""The poster of a licence: what stands on it, and what is refused one. It shows what the licence's page shows, and no more."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import orjson
from sqlalchemy.orm import Session

from issuers.qr import QUIET_ZONE, Correction, matrix, qr_address, svg
from registry.codes import code_text
from registry.poster.glyphs import LACKING, printable
from registry.poster.seals import seal_of
from registry.poster.typesetting import Form, Job
from registry.record import LicenseRecord
from registry.register import Register
from registry.section13 import Display, display_of
from registry.told import Message, Told
from registry.translation import Language, translate
from registry.translation import marked as _
from registry.web import wording
from registry.web.pages import FaceRow, face_rows
from vocab.authority import FaceField, GazetteAnnouncement
from vocab.disclosure import disclosed
from vocab.graph import Grantor
from vocab.history import Status
from vocab.license import LocalText
from vocab.thai import format_date

SHOWN = (
    *(FaceField.PREMISES_NAME, FaceField.LICENSEE, FaceField.PREMISES_ADDRESS),
    *(FaceField.ISSUED_ON, FaceField.VALID_FROM, FaceField.EXPIRES_ON),
)
"""In this order; the number stands beside the code."""
DISPLAYABLE = frozenset({Display.IN_FORCE, Display.DAY_UNKNOWN, Display.NO_REFERENCE})


class Size(StrEnum):
    """210 × 297, 148 × 210 and 100 × 150 mm; the last is what label printers take."""

    A4 = "a4"
    A5 = "a5"
    STICKER = "sticker"


class PosterRefused(Told, LookupError):
    """No poster is made of a licence that is not in force, or has nothing signed. Says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a poster is wanted."""

    size: Size = Size.A4
    lang: Language = "th"
    level: Correction = Correction.M


def poster_job(register: Register, session: Session, record: LicenseRecord, wish: Wish) -> Job:
    """What is to be set. Raises `PosterRefused`."""
    store = register.store(session)
    grantor = store.grantor(record.license.iri.authority, record.license.iri.type)
    require_in_force(record, record.history.status(store.today))
    credential = store.credential(record.version_sequence)
    if credential is None:
        raise PosterRefused(
            _("The licence %(number)s has no signed credential yet, so nothing on a poster could be checked."),
            number=record.license.number,
        )
    seal = seal_of(session, grantor.authority.code)
    said = _Said(register, record, grantor, wish.lang).data(credential.issued_at)
    code = code_text(session, register.base, record.check_id, record.version_sequence)
    quiet = QUIET_ZONE / (len(matrix(code, wish.level)) + 2 * QUIET_ZONE)
    data = said | {"size": wish.size, "seal": seal is not None, "credential": True, "quiet": quiet}
    files = {
        "data.json": orjson.dumps(data),
        "code.svg": svg(code, wish.level).encode(),
        "credential.json": credential.body,
    }
    return Job(
        template="poster",
        form=Form.PDF,
        files=files | ({"seal.png": seal} if seal else {}),
        made=credential.issued_at,
    )


def require_in_force(record: LicenseRecord, status: Status) -> None:
    """Raises `PosterRefused` where the licence is not in force, or its authority's own register says otherwise.

    Whether it is in force is not known of a licence without a stated end: its poster says so in the place of the last day.
    """
    if not record.is_shown:
        raise PosterRefused(
            _("The licence %(number)s is not public any more, so there is no poster of it."),
            number=record.license.number,
        )
    if record.original is not None and record.original.reason == "differs":
        status_words = wording.STATUS["disputed"]
    elif status in {Status.ACTIVE, Status.UNKNOWN}:
        return
    else:
        status_words = wording.STATUS[status]
    raise PosterRefused(
        _(
            "The licence %(number)s is not in force (%(status)s), so there is no poster to hang up. Its page says what happened."
        ),
        number=record.license.number,
        status=Message(status_words),
    )


def has_poster(record: LicenseRecord, status: Status) -> bool:
    """Whether `require_in_force` lets a licence have one."""
    try:
        require_in_force(record, status)
    except PosterRefused:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Said:
    """The texts of a poster, in one language."""

    register: Register
    record: LicenseRecord
    grantor: Grantor
    lang: Language

    def data(self, made: datetime) -> dict[str, object]:
        """What the template reads: texts only, each of which can be set."""
        license = disclosed(self.record.license, self.grantor.license_type)
        host = self.register.base.partition("://")[2]
        texts: dict[str, object] = {
            "title": self._local(self.grantor.license_type.name),
            "title_other": self._other(self.grantor.license_type.name),
            "authority": self._local(self.grantor.authority.name),
            "authority_other": self._other(self.grantor.authority.name),
            "number": printable(license.number),
            "rows": self._rows(face_rows(license, self.record.license, self.grantor.license_type)),
            "law": self._law(),
        }
        lacks = LACKING in orjson.dumps(texts).decode()
        return texts | {
            "lang": self.lang,
            "made": [made.year, made.month, made.day, made.hour, made.minute, made.second],
            "host": host,
            "host_breaks": host.replace(".", "\u200b."),
            "iri": qr_address(self.register.base, self.record.check_id),
            "number_label": self._say(_("Licence number")),
            "scan": self._say(_("Scan to check this licence")),
            "or_open": self._say(_("or open this website and type the number")),
            "beware": self._say(
                _("The page that opens must be of exactly this website. Compare what it shows with this place.")
            ),
            "notice": self._say(_("A printed copy proves nothing by itself: scan it, and compare.")),
            "printed": self._say(_("Printed %(day)s"), day=self._day(self.register.today())),
            "attached": self._say(_("The signed credential of this licence, which anyone can check without a network")),
            "unprinted": self._say(
                _("%(sign)s stands for characters that this print cannot show; the page has them."), sign=LACKING
            )
            if lacks
            else "",
            "demo": self._say(_("Demonstration: this licence is made up")) if self.register.is_demo() else "",
        }

    def _rows(self, rows: list[FaceRow]) -> list[dict[str, object]]:
        first: dict[FaceField, FaceRow] = {}
        for row in rows:
            first.setdefault(row.field, row)
        found = []
        for field in SHOWN:
            given = first.get(field)
            if given is None:
                continue
            values = self._values(given)
            is_repeated = (
                field is FaceField.VALID_FROM
                and FaceField.ISSUED_ON in first
                and given.values == first[FaceField.ISSUED_ON].values
            )
            if values and not is_repeated:
                strong = field in {FaceField.PREMISES_NAME, FaceField.EXPIRES_ON}
                found.append({"label": self._local(given.label), "values": values, "strong": strong})
        return found

    def _values(self, row: FaceRow) -> list[str]:
        if row.values:
            return [
                self._local(value)
                if isinstance(value, LocalText)
                else printable(value)
                if isinstance(value, str)
                else self._day(value)
                for value in row.values
            ]
        if row.no_expiry:
            return [self._say(_("No expiry"))]
        if row.withheld:
            return [self._say(_("Not disclosed (personal data)"))]
        return [self._say(_("Not in the data the agency sent"))] if row.field is FaceField.EXPIRES_ON else []

    def _law(self) -> list[str]:
        """Why this display is lawful, or that it is not yet (section 13, paragraph one)."""
        today = self.register.today()
        found = [each for each in self.grantor.announcements if display_of(each, today) in DISPLAYABLE]
        if not found:
            return [
                self._say(
                    _(
                        "A copy for information. No announcement under section 13 in the Royal Gazette is known, so display by "
                        "electronic means may not be claimed yet: the licence itself is displayed as its law requires."
                    )
                )
            ]
        return [self._announced(each) for each in found]

    def _announced(self, announcement: GazetteAnnouncement) -> str:
        gazetted = announcement.published_on
        said = self._say(
            _(
                "Displayed under section 13 of the Electronic Performance of Government Administration Act B.E. 2565 (2022) by: "
                "%(title)s. Royal Gazette, %(day)s"
            ),
            title=self._local(announcement.title),
            day=self._day(gazetted) if gazetted else "",
        )
        return f"{said}, {printable(announcement.gazette_ref)}" if announcement.gazette_ref else said

    def _say(self, message: str, **values: object) -> str:
        return translate(self.lang, message, **values)

    def _local(self, text: LocalText) -> str:
        return printable(text.in_language(self.lang))

    def _other(self, text: LocalText) -> str:
        """The name in the other language, where it has one."""
        other = text.en if self.lang == "th" else text.th
        return printable(other) if other and other != text.in_language(self.lang) else ""

    def _day(self, day: object) -> str:
        return format_date(day, lang=self.lang, style="long")  # type: ignore[arg-type]
