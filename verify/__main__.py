"""`python -m verify FILE|URL|CODE|-`: a verdict on a credential or a code, offline unless an address or `--online` is given.

What has the form of a code (`HTTPS://HOST/C/` and 26 characters, perhaps with digits behind a `#`) is read as one and never
fetched: there is a page behind it, and no credential.

Exit codes: 0 genuine and in force, 1 not, 2 could not check (or the input could not be read at all).
"""

import argparse
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from verify.compact import is_code
from verify.document import MAX_BYTES, in_utf_8
from verify.errors import CouldNotCheck, MalformedDocument
from verify.fetch import Fetcher
from verify.manifest import MAX_PACK_BYTES, fingerprint, open_manifest, split_whole, told_fingerprint
from verify.pack import read_pack
from verify.resolver import Resolver
from verify.scanned import examine_code
from verify.trust import MAX_TRUST_BYTES, NoTrust, Trust, parse_trust
from verify.verdict import Answer, ExitCode, Verdict
from verify.verifier import examine

STALE_AFTER = timedelta(hours=24)
"""From this age on trust data is called old; a pack says it itself."""
SKEW = timedelta(minutes=5)
"""By so much may this computer's clock be behind the one that a pack was made by."""
FACE = ("licenseNumber", "licensee", "premises", "address", "issuedOn", "notInCode")
DEFAULT_TRUST = Path(__file__).resolve().parent.parent / "instance" / "trust.json"
"""Beside the code itself: whoever can write there could as well change the verifier."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command. Returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.pack_key is not None and options.pack is None:
        parser.error("--pack-key says which --pack to take: give both")
    if options.credential == "-" and "-" in {options.pack, options.trust}:
        parser.error("standard input holds one thing: what is checked, or what is trusted")
    fetcher = Fetcher(allow_loopback=options.allow_loopback)
    # Whole seconds, as everything that is signed: the last second of a last day still belongs to it.
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        trust, origin, stale_after = _source(options, fetcher, now)
        if options.pack is not None:
            now = _judged_at(now, trust.as_of)
        raw = _given(options.credential, fetcher)
    except OSError as error:
        print(f"verify: {error.filename or options.credential}: {error.strerror or error}", file=sys.stderr)
        return ExitCode.COULD_NOT_CHECK
    except (CouldNotCheck, MalformedDocument) as error:
        print(f"verify: {error}", file=sys.stderr)
        return ExitCode.COULD_NOT_CHECK
    code = _code(raw)
    verdict = examine(raw, trust, now) if code is None else examine_code(code, trust, now)
    said = (
        json.dumps(verdict.to_json(), ensure_ascii=False, indent=2)
        if options.json
        else _in_words(
            verdict,
            origin,
            face=code is not None,
            stale_after=stale_after,
            bits_of=None if options.pack is None else trust.as_of,
        )
    )
    try:
        print(said, flush=True)
    except BrokenPipeError:
        # Whoever read us has left; the exit code still says the verdict. Python must not complain again at its end.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - closed by the end of the process
    return verdict.exit_code


def guarded_main() -> int:
    """As `main`; a fault of ours is "could not check", and never reads as a statement about the license."""
    try:
        return main()
    except Exception as error:
        print(f"verify: a fault of ours, {type(error).__name__}: {str(error)[:200]}", file=sys.stderr)
        return ExitCode.COULD_NOT_CHECK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m verify",
        description="Check a license credential. Exit code 0: genuine and in force; 1: not; 2: could not be checked.",
    )
    parser.add_argument(
        "credential",
        metavar="FILE|URL|CODE|-",
        help="the credential, as JSON or as a JWT, or the text of a scanned QR code: a file, an https address, - for stdin; "
        "a code also as it is ('HTTPS://HOST/C/...#...'), which is not fetched",
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--trust",
        metavar="FILE|URL",
        help="the register's trust data, e.g. saved from https://HOST/trust.json "
        "(default: instance/trust.json beside this package)",
    )
    source.add_argument(
        "--pack",
        metavar="FILE|URL",
        help="an inspector pack in the place of trust data, e.g. saved from https://HOST/pack/whole",
    )
    parser.add_argument(
        "--pack-key",
        metavar="FINGERPRINT",
        type=_fingerprint,
        help="take no pack but one that is signed by the key with this fingerprint, as `license-registry pack` prints it, or by "
        "one to which that key handed over",
    )
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.add_argument(
        "--online", action="store_true", help="fetch the keys and status lists of issuers that are not of the register"
    )
    parser.add_argument(
        "--allow-loopback", action="store_true", help="allow http://localhost, to try a register of your own"
    )
    return parser


def _fingerprint(text: str) -> str:
    try:
        return told_fingerprint(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _judged_at(now: datetime, made: datetime) -> datetime:
    """The instant to judge at by a pack: never before it was made. Raises `CouldNotCheck` where the clock cannot be right."""
    if now < made - SKEW:
        raise CouldNotCheck(
            f"this computer's clock is wrong: it says {now.isoformat()}, and the pack was made at {made.isoformat()}"
        )
    return max(now, made)


def _source(options: argparse.Namespace, fetcher: Fetcher, now: datetime) -> tuple[Trust, str, timedelta]:
    """What is trusted, where it is from, and from which age on it is called old."""
    if options.pack is None:
        trust, origin = _trust(options.trust, fetcher, now, online=options.online)
        return trust, origin, STALE_AFTER
    manifest, parts = split_whole(_read(options.pack, fetcher, MAX_PACK_BYTES + 1))
    pack = read_pack(open_manifest(manifest, now, fingerprint_of_key=options.pack_key), parts)
    if options.online:
        pack = replace(pack, resolver=Resolver(fetcher))
    made_up = "MADE-UP data, " if pack.manifest.is_demo else ""
    origin = (
        f"{options.pack}: {made_up}{pack.base}, {len(pack.issuers)} authorities, as of {pack.as_of.isoformat()}, "
        f"signed by the key {fingerprint(pack.manifest.key)}"
    )
    if options.pack_key not in {None, told_fingerprint(fingerprint(pack.manifest.key))}:
        origin += ", to which the one that you expect handed over: expect this one from now on"
    return pack, origin, pack.manifest.stale_after


def _given(where: str, fetcher: Fetcher) -> bytes:
    return where.encode(errors="surrogateescape") if is_code(where) else _read(where, fetcher, MAX_BYTES + 1)


def _code(raw: bytes) -> str | None:
    """The text of a code, where that is what was given."""
    try:
        text = in_utf_8(raw).decode()
    except UnicodeDecodeError:
        return None
    return text if is_code(text) else None


def _trust(where: str | None, fetcher: Fetcher, now: datetime, *, online: bool) -> tuple[Trust, str]:
    if where is None and not DEFAULT_TRUST.exists():
        return NoTrust(now), "none: get the register's /trust.json once and pass it with --trust"
    origin = where or str(DEFAULT_TRUST)
    trust = parse_trust(_read(origin, fetcher, MAX_TRUST_BYTES))
    if now > trust.expires:
        raise CouldNotCheck(f"the trust data in {origin} expired at {trust.expires.isoformat()}: get it anew")
    if online:
        trust = replace(trust, resolver=Resolver(fetcher))
    return trust, f"{origin}: {trust.base}, {len(trust.issuers)} authorities, as of {trust.as_of.isoformat()}"


def _read(where: str, fetcher: Fetcher, max_bytes: int) -> bytes:
    if where == "-":
        return sys.stdin.buffer.read(max_bytes)
    if "://" in where:
        return fetcher.get(where, accept="application/vc, application/json", max_bytes=max_bytes)
    with open(where, "rb") as file:
        return file.read(max_bytes)


def _in_words(verdict: Verdict, origin: str, *, face: bool, stale_after: timedelta, bits_of: datetime | None) -> str:
    """`bits_of`: when the pack was made, whose bits are newer than the lists that they are of."""
    lines = [
        f"Genuine:      {_said(verdict.genuine.answer)} ({verdict.genuine.code}) {verdict.genuine.detail}",
        f"Signature:    {_said(verdict.signature.answer)} ({verdict.signature.code}) {verdict.signature.detail}",
        f"Issuer:       {_ISSUER[verdict.issuer.answer]} ({verdict.issuer.code}) {verdict.issuer.detail}",
        f"In force:     {_said(verdict.in_force.answer)} ({verdict.in_force.code}) {verdict.in_force.detail}",
        f"As of:        {verdict.as_of.isoformat() if verdict.as_of else 'nothing known'}",
        f"Checked at:   {verdict.checked_at.isoformat(timespec='seconds')}",
        *_old(verdict.checked_at, verdict.as_of and (bits_of or verdict.as_of), stale_after),
        *(f"Not checked:  {part.detail}" for part in verdict.not_checked),
        f"Trusted keys: {origin}",
    ]
    if verdict.credential is not None:
        # "License" is said of what an authority says is one; all else only claims to be about something.
        is_license = verdict.credential.is_license and verdict.issuer.answer is Answer.YES
        label = "License:      " if is_license else "About:        "
        if face:
            said = (f"{name} {verdict.credential.subject[name]}" for name in FACE if name in verdict.credential.subject)
            lines.insert(1, f"On its face:  {'; '.join(said)}")
        lines.insert(0, f"{label}{verdict.credential.subject.get('id', 'no name given')}")
    return "\n".join(_visible(line).rstrip() for line in lines)


def _old(checked_at: datetime, known: datetime | None, stale_after: timedelta) -> list[str]:
    """Says so where what is `known` of the status is old; the verdict stays what it is."""
    if known is None or checked_at - known <= stale_after:
        return []
    hours = int((checked_at - known).total_seconds()) // 3600
    return [f"OLD:          status as of {known.isoformat()}, {hours} hours old: get newer data before you rely on it"]


def _visible(text: str) -> str:
    """`text` for a terminal: what would move the cursor, turn the text around or is not seen is written out."""
    return "".join(sign if sign.isprintable() else f"<U+{ord(sign):04X}>" for sign in text)


_ISSUER = {Answer.YES: "an authority", Answer.NO: "NO authority", Answer.UNKNOWN: "not looked at"}


def _said(answer: Answer) -> str:
    return {Answer.YES: "yes", Answer.NO: "NO", Answer.UNKNOWN: "could not be checked"}[answer]


if __name__ == "__main__":
    sys.exit(guarded_main())
