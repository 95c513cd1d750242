"""Who grants what: authorities, license types, mandates and announcements, read from the tables."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from registry.codec import Codec
from registry.known import Known
from registry.tables import AnnouncementRow, AuthorityCodeRow, AuthorityRow, LicenseTypeRow, MandateRow
from registry.told import Told
from registry.translation import marked as _
from vocab.authority import GazetteAnnouncement, LicenseType, LicensingAuthority, Mandate
from vocab.graph import Grantor
from vocab.license import LocalText


class NoSuchAuthority(Told, LookupError):
    """No authority of this register has the code."""

    def __init__(self, code: str) -> None:
        super().__init__(_("there is no authority '%(code)s' in this register"), code=code[:40])


class NoSuchLicenseType(Told, LookupError):
    """No license type of this register has the code."""

    def __init__(self, code: str) -> None:
        super().__init__(_("there is no license type '%(code)s' in this register"), code=code[:40])


def of_ministry(name: str) -> ColumnElement[bool]:
    """Which rows of authorities are of the ministry of this name, in Thai or English."""
    return or_(AuthorityRow.ministry == name, AuthorityRow.ministry_en == name)


class Grantors:
    """The queries on those who grant, in the transaction of `session`. `today` is in Thai legal time."""

    def __init__(self, session: Session, codec: Codec, base: str, today: date, known: Known) -> None:
        self.session = session
        self.codec = codec
        self.base = base
        self.today = today
        self.known = known

    def authorities(
        self,
        *,
        codes: Collection[str] | None = None,
        after: str = "",
        limit: int | None = None,
        ministry: str = "",
        level: str = "",
        license_type: str = "",
    ) -> list[LicensingAuthority]:
        """The authorities by their codes, from that behind `after` on: all, or those with some codes, of a ministry (its name in
        Thai or English), of a level, that may grant a type."""
        query = select(AuthorityRow.document).where(AuthorityRow.code > after)
        if codes is not None:
            query = query.where(AuthorityRow.code.in_(codes))
        if ministry:
            query = query.where(of_ministry(ministry))
        if level:
            query = query.where(AuthorityRow.level == level)
        if license_type:
            granting = select(MandateRow.authority_id).join(LicenseTypeRow, LicenseTypeRow.id == MandateRow.type_id)
            query = query.where(AuthorityRow.id.in_(granting.where(LicenseTypeRow.code == license_type)))
        rows = self.session.scalars(query.order_by(AuthorityRow.code).limit(limit))
        return [self.codec.load(document, LicensingAuthority) for document in rows]

    def authority_levels(self) -> dict[str, str]:
        """The level of each authority, by its code: little of what is known of thousands."""
        rows = self.session.execute(select(AuthorityRow.code, AuthorityRow.level).order_by(AuthorityRow.code))
        return {row.code: row.level for row in rows}

    def ministry(self, name: str) -> LocalText | None:
        """The ministry of this name, in Thai or English, where an authority here is of it."""
        names = select(AuthorityRow.ministry, AuthorityRow.ministry_en).where(of_ministry(name))
        found = self.session.execute(names.limit(1)).one_or_none()
        return LocalText(th=found.ministry, en=found.ministry_en) if found else None

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

    def mandates(
        self, *, authority: str = "", license_type: str = "", authorities: Collection[str] | None = None
    ) -> list[Mandate]:
        """The mandates of one authority, or of some, for one type, or all."""
        query = (
            select(MandateRow.document)
            .join(AuthorityRow, AuthorityRow.id == MandateRow.authority_id)
            .join(LicenseTypeRow, LicenseTypeRow.id == MandateRow.type_id)
            .order_by(AuthorityRow.code, LicenseTypeRow.code)
        )
        if authority:
            query = query.where(AuthorityRow.code == authority)
        if authorities is not None:
            query = query.where(AuthorityRow.code.in_(authorities))
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

    def announcements_by(self, codes: Collection[str]) -> dict[str, list[GazetteAnnouncement]]:
        """The announcements of several authorities, by the codes of these; one query for all."""
        rows = self.session.execute(
            select(AuthorityRow.code, AnnouncementRow.document)
            .join(AuthorityRow, AuthorityRow.id == AnnouncementRow.authority_id)
            .where(AuthorityRow.code.in_(codes))
            .order_by(AuthorityRow.code, AnnouncementRow.code)
        )
        found: dict[str, list[GazetteAnnouncement]] = {}
        for code, document in rows:
            found.setdefault(code, []).append(self.codec.load(document, GazetteAnnouncement))
        return found

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
