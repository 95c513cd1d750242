"""License to unsecured credential: what is on the face, who issues it, where its status is found."""

from collections.abc import Sequence
from datetime import date

from verify.credential import StatusEntry
from verify.document import Document
from vocab import resource, terms
from vocab.graph import Grantor, face
from vocab.license import License, LocalText

MADE_UP = LocalText(th="ข้อมูลสมมุติเพื่อการสาธิต ไม่ใช่ใบอนุญาตจริง", en="Made up for demonstration; this is no real licence.")


def draft_credential(
    license: License, grantor: Grantor, *, credential_id: str, status: Sequence[StatusEntry], is_demo: bool = False
) -> Document:
    """The unsecured credential of `license`, which must be `disclosed` already.

    The validity window is that of the term, in Thai legal time, both days inclusive; where the source states no day, the
    credential has none either. `is_demo` marks the credential as made up, where every reader of it can see it.
    """
    base = grantor.base
    credential: Document = {
        "@context": [terms.CREDENTIALS_V2, terms.license_context(base)],
        "id": resource.credential_iri(base, credential_id),
        "type": ["VerifiableCredential", terms.LICENSE_CREDENTIAL],
        "name": _localized(grantor.license_type.name),
        "issuer": {
            "id": resource.did_web(base, grantor.authority.code),
            "name": _localized(grantor.authority.name),
        },
    }
    if license.term.valid_from is not None:
        credential["validFrom"] = _first_instant(license.term.valid_from)
    if license.term.expires_on is not None:
        credential["validUntil"] = _last_instant(license.term.expires_on)
    if is_demo:
        credential["description"] = _localized(MADE_UP)
    credential["credentialSubject"] = face(license, grantor)
    if status:
        credential["credentialStatus"] = [_status_entry(entry) for entry in status]
    return credential


def _localized(text: LocalText) -> list[dict[str, str]]:
    return [{"@value": value, "@language": lang} for lang, value in (("th", text.th), ("en", text.en)) if value]


def _first_instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00+07:00"


def _last_instant(day: date) -> str:
    return f"{day.isoformat()}T23:59:59+07:00"


def _status_entry(entry: StatusEntry) -> Document:
    return {
        "id": f"{entry.list_url}#{entry.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": entry.purpose,
        "statusListIndex": str(entry.index),
        "statusListCredential": entry.list_url,
    }
