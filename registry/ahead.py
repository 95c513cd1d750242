"""Reading ahead: what is asked of many licences one by one, answered from a few queries for all of them."""

from collections.abc import Sequence

from sqlalchemy import select

from registry.record import LicenseRecord, RecordStatus
from registry.store import Store
from registry.tables import AliasRow, LicenseRow
from vocab.iri import LicenseIri, lookup_key
from vocab.license import License


class AheadStore(Store):
    """A store that has read what planning `licenses` will ask: they are of one authority and type, and so are those they renew.

    Its answers are of the moment at which it was made. Whatever else is asked of it, the database answers.
    """

    def __init__(self, store: Store, licenses: Sequence[License]) -> None:
        super().__init__(store.session, store.codec, store.base, store.today, store.known)
        iris = [iri for license in licenses for iri in (license.iri, license.renews) if iri is not None]
        self._authority_ids: dict[str, int] = {}
        self._type_ids: dict[str, int] = {}
        self._asked: set[tuple[str, str, str]] = {(iri.authority, iri.type, iri.number) for iri in iris}
        self._by_tail: dict[str, LicenseRecord] = {}
        self._by_number: dict[tuple[str, str, str], list[LicenseRecord]] = {}
        self._by_alias: dict[str, list[LicenseRecord]] = {}
        self._by_key: dict[str, list[str]] = {lookup_key(license.number): [] for license in licenses}
        if licenses:
            self._read(licenses[0].iri)

    def _read(self, one: LicenseIri) -> None:
        own = (
            LicenseRow.authority_id == self.authority_id(one.authority),
            LicenseRow.type_id == self.type_id(one.type),
        )
        numbers = {number for authority, kind, number in self._asked if (authority, kind) == (one.authority, one.type)}
        self._asked = {(one.authority, one.type, number) for number in numbers}
        ids = self.session.scalars(
            select(LicenseRow.id).where(*own, LicenseRow.number.in_(numbers)).order_by(LicenseRow.qualifier)
        ).all()
        for record in self.records(ids):
            iri = record.newest.iri
            self._by_tail[iri.tail] = record
            self._by_number.setdefault((iri.authority, iri.type, iri.number), []).append(record)
        aliases = select(AliasRow.number, AliasRow.license_id).where(
            AliasRow.authority_id == self.authority_id(one.authority),
            AliasRow.type_id == self.type_id(one.type),
            AliasRow.number.in_(numbers),
        )
        leading = self.session.execute(aliases.order_by(AliasRow.license_id)).all()
        bearing = (
            {record.id: record for record in self.records([each.license_id for each in leading])} if leading else {}
        )
        for number, license_id in leading:
            self._by_alias.setdefault(number, []).append(bearing[license_id])
        like = select(LicenseRow.key, LicenseRow.number).where(
            *own, LicenseRow.key.in_(self._by_key), LicenseRow.record_status != RecordStatus.WITHDRAWN
        )
        for key, number in self.session.execute(like):
            self._by_key[key].append(number)

    def find(self, iri: LicenseIri) -> LicenseRecord | None:
        if (iri.authority, iri.type, iri.number) in self._asked:
            return self._by_tail.get(iri.tail)
        return super().find(iri)

    def find_by_alias(self, iri: LicenseIri) -> list[LicenseRecord]:
        if (iri.authority, iri.type, iri.number) in self._asked:
            return self._by_alias.get(iri.number, [])
        return super().find_by_alias(iri)

    def find_by_number(self, iri: LicenseIri) -> list[LicenseRecord]:
        asked = (iri.authority, iri.type, iri.number)
        return self._by_number.get(asked, []) if asked in self._asked else super().find_by_number(iri)

    def numbers_like(self, authority_id: int, type_id: int, key: str) -> list[str]:
        found = self._by_key.get(key)
        return super().numbers_like(authority_id, type_id, key) if found is None else found

    def authority_id(self, code: str) -> int:
        if code not in self._authority_ids:
            self._authority_ids[code] = super().authority_id(code)
        return self._authority_ids[code]

    def type_id(self, code: str) -> int:
        if code not in self._type_ids:
            self._type_ids[code] = super().type_id(code)
        return self._type_ids[code]
