"""The codes of a register's licences, as they are printed."""

from registry.codes import code_text
from registry.register import Register
from registry.trust import RegisterTrust, trust_file
from tests.registry.small import find
from verify.scanned import examine_code
from verify.trust import parse_trust


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
    """The same by somebody who has the register's trust data of now, and no network."""
    found = examine_code(scanned, parse_trust(trust_file(register)), register.now())
    return str(found.in_force.code if found.genuine.code == "signed-by-authority" else found.genuine.code)
