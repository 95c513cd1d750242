"""From plans to what is public: acts, versions and credentials, in the caller's transaction.

One way for all that comes from an authority, be it a row of a file or a licence that came alone.
"""

from contextlib import suppress
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from issuers.qr import check_id
from registry.intake.diff import NEW, RowPlan, kind_of_change
from registry.intake.finding import Finding
from registry.issuing import Issuance
from registry.record import LicenseRecord
from registry.register import Register
from registry.store import Store
from registry.tables import FindingRow, ReceivedFileRow, ReceivedRow
from vocab.graph import Grantor
from vocab.history import Act, ActKind, record
from vocab.license import License, Term


def keep_bytes(session: Session, sha256: str, body: bytes, now: datetime) -> None:
    """Keeps what arrived, as it arrived; the same bytes once."""
    if session.get(ReceivedFileRow, sha256) is None:
        # Somebody may be sending the same bytes at the same time.
        with suppress(IntegrityError), session.begin_nested():
            session.add(ReceivedFileRow(sha256=sha256, body=body, received_at=now))


class Writer:
    """Writes the plans of one batch, in the transaction of `session`. Call `finish` last.

    The caller has locked the authority (`Store.lock_authority`) before it planned.
    """

    def __init__(self, register: Register, session: Session, store: Store, grantor: Grantor, batch_id: int) -> None:
        self._register = register
        self._session = session
        self._store = store
        self._grantor = grantor
        self._batch_id = batch_id
        self._issuance = Issuance(register, session, store)
        self._now = register.now()

    def write(self, plan: RowPlan) -> str | None:
        """Keeps the row as received, and publishes its licence. Returns the id of the credential, if one was signed."""
        license_id = plan.existing.id if plan.existing else None
        if plan.outcome == NEW and plan.license is not None:
            license_id = self._store.add_license(
                plan.license, check_id=check_id(self._register.new_id()), now=self._now
            )
        row = ReceivedRow(
            batch_id=self._batch_id,
            line=plan.row.line,
            cells={"cells": list(plan.row.cells)},
            outcome=plan.outcome,
            license_id=license_id,
        )
        self._session.add(row)
        self._session.flush()
        self.add_findings(plan.findings, row.id)
        match plan.outcome, plan.license, plan.existing:
            case "new", License() as license, None if license_id is not None:
                return self._grant(license, license_id, row.id)
            case "changed", License() as license, LicenseRecord() as existing:
                self._store.confirm(existing.id, self._now)
                return self._change(license, existing, row.id)
            case "unchanged", _, LicenseRecord() as existing:
                self._store.confirm(existing.id, self._now)
        return None

    def finish(self) -> None:
        self._session.flush()
        self._issuance.finish()

    def _grant(self, license: License, license_id: int, row_id: int) -> str:
        act = self._act(ActKind.GRANT, license.issued_on or license.term.valid_from, license.term)
        history = record(self._store.history(license_id), act)
        self._store.add_act(license_id, history.acts[-1], received_row_id=row_id)
        return self._issue(license, license_id, row_id)

    def _change(self, license: License, existing: LicenseRecord, row_id: int) -> str:
        kind, effective_on, term = kind_of_change(license, existing, self._store.today)
        history = record(existing.history, self._act(kind, effective_on, term))
        self._store.add_act(existing.id, history.acts[-1], received_row_id=row_id)
        credential_id = self._issue(license, existing.id, row_id)
        self._issuance.follow(existing.id, history, self._store.today)
        return credential_id

    def _issue(self, license: License, license_id: int, row_id: int) -> str:
        sequence = self._store.add_version(license_id, license, now=self._now, received_row_id=row_id)
        return self._issuance.issue(license, self._grantor, license_id=license_id, version_sequence=sequence)

    def _act(self, kind: ActKind, effective_on: date | None, term: Term | None) -> Act:
        return Act(
            number=1,
            kind=kind,
            effective_on=effective_on,
            recorded_at=self._now,
            by=self._grantor.authority.code,
            term=term,
        )

    def add_findings(self, findings: tuple[Finding, ...], row_id: int | None) -> None:
        for finding in findings:
            self._session.add(
                FindingRow(
                    batch_id=self._batch_id,
                    received_row_id=row_id,
                    column=finding.column,
                    code=finding.code,
                    gravity=finding.gravity.value,
                    received=finding.received,
                    details=dict(finding.details),
                )
            )
