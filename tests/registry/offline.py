"""What somebody has of a register who has no network: its trust data, and its inspector pack."""

from datetime import timedelta

from registry.pack.making import make_pack
from registry.register import Register
from registry.trust import trust_file
from verify.manifest import open_manifest
from verify.pack import Pack, read_pack
from verify.trust import TrustData, parse_trust


def trust_of(register: Register) -> TrustData:
    """The register's trust data of now."""
    return parse_trust(trust_file(register))


def pack_of(register: Register) -> Pack:
    """Its pack of now."""
    made = make_pack(register, timedelta(hours=24))
    manifest = open_manifest(made.manifest, register.now())
    return read_pack(manifest, {part.sha256: made.parts[part.kind, part.index] for part in manifest.parts})
