"""What is measured of ours, through the functions that the service itself calls."""

from bench.corpus import LOADER, NOW, Record
from issuers.licenses import LicenseSigner
from issuers.secure import require_signed, sign
from verify.credential import Credential, StatusEntry
from verify.trust import Trust
from verify.verdict import Answer
from verify.verifier import VerifiedCredential, _status_list, examine, verify_credential


def new_signer() -> LicenseSigner:
    return LicenseSigner(LOADER)


_SIGNER = new_signer()


def issue(record: Record, signer: LicenseSigner = _SIGNER) -> bytes:
    """Fields to signed JSON bytes."""
    return signer.sign(
        record.license,
        record.grantor,
        record.signer,
        credential_id=record.credential_id,
        status=record.status,
        created=NOW,
    )


def issue_walked(record: Record) -> bytes:
    """The same without a template: drafted, walked, signed."""
    return sign(record.draft(), record.signer, created=NOW, loader=LOADER)


def issue_and_verify(record: Record) -> bytes:
    """The same, and the signature of each is tried before it leaves, as the register does."""
    raw = issue(record)
    require_signed(raw, record.signer.verification_method, LOADER)
    return raw


def verify(raw: bytes, trust: Trust) -> None:
    """JSON bytes to verdict; a verdict that is not "genuine" stops the bench."""
    verdict = examine(raw, trust, NOW)
    if verdict.genuine.answer is not Answer.YES:
        raise RuntimeError(f"the bench's own credential is not genuine: {verdict.genuine}")


def verified(credential: Credential, trust: Trust) -> VerifiedCredential:
    return verify_credential(credential, trust, NOW)


def check_status(credential: VerifiedCredential, entry: StatusEntry, trust: Trust) -> None:
    """One entry against a list that was verified before: what `examine` does of it."""
    is_set = _status_list(credential, entry, trust, NOW).is_set(entry.index)
    if is_set:
        raise RuntimeError("a bit is set that nobody set")
