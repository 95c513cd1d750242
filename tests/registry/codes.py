"""The codes of a register's licences, as they are printed."""

from registry.codes import code_text
from registry.register import Register
from registry.trust import RegisterTrust
from tests.registry.offline import pack_of, trust_of
from tests.registry.small import find
from verify.scanned import examine_code


def code_of(register: Register, number: str) -> str:
    """What the code of a licence holds now."""
    record = find(register, number)
    with register.database.reading() as session:
        return code_text(session, register.base, record.check_id, record.version_sequence)


def live(register: Register, scanned: str) -> str:
    """What the register itself says of a code: whether it is genuine, if not why, else its state."""
    with register.database.reading() as session:
        found = examine_code(scanned, RegisterTrust(register, session), register.now())
    return str(found.in_force.code if found.genuine.code == "signed-by-authority" else found.genuine.code)


def offline(register: Register, scanned: str) -> str:
    """The same by somebody without a network, who has the register's trust data of now; with its pack it is the same."""
    by_trust, by_pack = (
        examine_code(scanned, trust, register.now()) for trust in (trust_of(register), pack_of(register))
    )
    assert (by_trust.genuine, by_trust.in_force) == (by_pack.genuine, by_pack.in_force)
    return str(by_trust.in_force.code if by_trust.genuine.code == "signed-by-authority" else by_trust.genuine.code)
