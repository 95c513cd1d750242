"""Who grants what: authorities, license types, mandates and announcements, read from the tables."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.codec import Codec
from registry.known import Known
from registry.tables import AnnouncementRow, AuthorityCodeRow, AuthorityRow, LicenseTypeRow, MandateRow
from registry.told import Told
from registry.translation import marked as _
from vocab.authority import GazetteAnnouncement, LicenseType, LicensingAuthority, Mandate
from vocab.graph import Grantor


class NoSuchAuthority(Told, LookupError):
    """No authority of this register has the code."""

    def __init__(self, code: str) -> None:
        super().__init__(_("there is no authority '%(code)s' in this register"), code=code[:40])


class NoSuchLicenseType(Told, LookupError):
    """No license type of this register has the code."""

    def __init__(self, code: str) -> None:
        super().__init__(_("there is no license type '%(code)s' in this register"), code=code[:40])


class Grantors:
    """The queries on those who grant, in the transaction of `session`. `today` is in Thai legal time."""

    def __init__(self, session: Session, codec: Codec, base: str, today: date, known: Known) -> None:
        self.session = session
        self.codec = codec
        self.base = base
        self.today = today
        self.known = known

    def authorities(self) -> list[LicensingAuthority]:
        rows = self.session.scalars(select(AuthorityRow.document).order_by(AuthorityRow.code))
        return [self.codec.load(document, LicensingAuthority) for document in rows]

    def authority(self, code: str) -> LicensingAuthority | None:
        """The authority that has or had `code`, or None."""
        return self.known.once(("authority", code), lambda: self._authority(code))

    def _authority(self, code: str) -> LicensingAuthority | None:
        document = self.session.scalar(
            select(AuthorityRow.document)
            .join(AuthorityCodeRow, AuthorityCodeRow.authority_id == AuthorityRow.id)
            .where(AuthorityCodeRow.code == code)
        )
        return None if document is None else self.codec.load(document, LicensingAuthority)

    def authority_id(self, code: str) -> int:
        """Raises `NoSuchAuthority`."""
        query = select(AuthorityRow.id).where(AuthorityRow.code == code)
        found = self.known.once(("authority id", code), lambda: self.session.scalar(query))
        if found is None:
            raise NoSuchAuthority(code)
        return found

    def type_id(self, code: str) -> int:
        """Raises `NoSuchLicenseType`."""
        query = select(LicenseTypeRow.id).where(LicenseTypeRow.code == code)
        found = self.known.once(("type id", code), lambda: self.session.scalar(query))
        if found is None:
            raise NoSuchLicenseType(code)
        return found

    def license_types(self) -> list[LicenseType]:
        rows = self.session.scalars(select(LicenseTypeRow.document).order_by(LicenseTypeRow.code))
        return [self.codec.load(document, LicenseType) for document in rows]

    def license_type(self, code: str) -> LicenseType | None:
        return self.known.once(("type", code), lambda: self._license_type(code))

    def _license_type(self, code: str) -> LicenseType | None:
        document = self.session.scalar(select(LicenseTypeRow.document).where(LicenseTypeRow.code == code))
        return None if document is None else self.codec.load(document, LicenseType)

    def mandates(self, *, authority: str = "", license_type: str = "") -> list[Mandate]:
        """The mandates of one authority, for one type, or all."""
        query = (
            select(MandateRow.document)
            .join(AuthorityRow, AuthorityRow.id == MandateRow.authority_id)
            .join(LicenseTypeRow, LicenseTypeRow.id == MandateRow.type_id)
            .order_by(AuthorityRow.code, LicenseTypeRow.code)
        )
        if authority:
            query = query.where(AuthorityRow.code == authority)
        if license_type:
            query = query.where(LicenseTypeRow.code == license_type)
        return [self.codec.load(document, Mandate) for document in self.session.scalars(query)]

    def announcements(self, authority: str) -> list[GazetteAnnouncement]:
        rows = self.session.scalars(
            select(AnnouncementRow.document)
            .join(AuthorityRow, AuthorityRow.id == AnnouncementRow.authority_id)
            .where(AuthorityRow.code == authority)
            .order_by(AnnouncementRow.code)
        )
        return [self.codec.load(document, GazetteAnnouncement) for document in rows]

    def require_authority(self, code: str) -> LicensingAuthority:
        """The authority that has or had `code`. Raises `NoSuchAuthority`."""
        found = self.authority(code)
        if found is None:
            raise NoSuchAuthority(code)
        return found

    def require_license_type(self, code: str) -> LicenseType:
        """Raises `NoSuchLicenseType`."""
        found = self.license_type(code)
        if found is None:
            raise NoSuchLicenseType(code)
        return found

    def grantor(self, authority: str, license_type: str) -> Grantor:
        """The authority and type with the announcements that cover them. Raises `NoSuchAuthority`, `NoSuchLicenseType`."""
        return self.known.once(("grantor", authority, license_type), lambda: self._grantor(authority, license_type))

    def _grantor(self, authority: str, license_type: str) -> Grantor:
        return Grantor(
            base=self.base,
            authority=self.require_authority(authority),
            license_type=self.require_license_type(license_type),
            announcements=tuple(item for item in self.announcements(authority) if license_type in item.types),
        )
