"""`python -m verify FILE|URL|-`: a verdict on a credential, offline unless an address or `--online` is given.

Exit codes: 0 genuine and in force, 1 not, 2 could not check (or the input could not be read at all).
"""

import argparse
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from verify.document import MAX_BYTES
from verify.errors import CouldNotCheck, MalformedDocument
from verify.fetch import Fetcher
from verify.resolver import Resolver
from verify.trust import MAX_TRUST_BYTES, NoTrust, Trust, parse_trust
from verify.verdict import Answer, ExitCode, Verdict
from verify.verifier import examine

DEFAULT_TRUST = Path(__file__).resolve().parent.parent / "instance" / "trust.json"
"""Beside the code itself: whoever can write there could as well change the verifier."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command. Returns the exit code."""
    options = _parser().parse_args(arguments)
    fetcher = Fetcher(allow_loopback=options.allow_loopback)
    # Whole seconds, as everything that is signed: the last second of a last day still belongs to it.
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        trust, origin = _trust(options.trust, fetcher, now, online=options.online)
        raw = _read(options.credential, fetcher, MAX_BYTES + 1)
    except OSError as error:
        print(f"verify: {error.filename or options.credential}: {error.strerror or error}", file=sys.stderr)
        return ExitCode.COULD_NOT_CHECK
    except (CouldNotCheck, MalformedDocument) as error:
        print(f"verify: {error}", file=sys.stderr)
        return ExitCode.COULD_NOT_CHECK
    verdict = examine(raw, trust, now)
    said = json.dumps(verdict.to_json(), ensure_ascii=False, indent=2) if options.json else _in_words(verdict, origin)
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
        metavar="FILE|URL|-",
        help="the credential, as JSON or as a JWT: a file, an https address, or - for stdin",
    )
    parser.add_argument(
        "--trust",
        metavar="FILE|URL",
        help="the register's trust data, e.g. saved from https://HOST/trust.json "
        "(default: instance/trust.json beside this package)",
    )
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.add_argument(
        "--online", action="store_true", help="fetch the keys and status lists of issuers that are not of the register"
    )
    parser.add_argument(
        "--allow-loopback", action="store_true", help="allow http://localhost, to try a register of your own"
    )
    return parser


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


def _in_words(verdict: Verdict, origin: str) -> str:
    lines = [
        f"Genuine:      {_said(verdict.genuine.answer)} ({verdict.genuine.code}) {verdict.genuine.detail}",
        f"Signature:    {_said(verdict.signature.answer)} ({verdict.signature.code}) {verdict.signature.detail}",
        f"Issuer:       {_ISSUER[verdict.issuer.answer]} ({verdict.issuer.code}) {verdict.issuer.detail}",
        f"In force:     {_said(verdict.in_force.answer)} ({verdict.in_force.code}) {verdict.in_force.detail}",
        f"As of:        {verdict.as_of.isoformat() if verdict.as_of else 'nothing known'}",
        f"Checked at:   {verdict.checked_at.isoformat(timespec='seconds')}",
        *(f"Not checked:  {part.detail}" for part in verdict.not_checked),
        f"Trusted keys: {origin}",
    ]
    if verdict.credential is not None:
        # "License" is said of what an authority says is one; all else only claims to be about something.
        is_license = verdict.credential.is_license and verdict.issuer.answer is Answer.YES
        label = "License:      " if is_license else "About:        "
        lines.insert(0, f"{label}{verdict.credential.subject.get('id', 'no name given')}")
    return "\n".join(_visible(line).rstrip() for line in lines)


def _visible(text: str) -> str:
    """`text` for a terminal: what would move the cursor, turn the text around or is not seen is written out."""
    return "".join(sign if sign.isprintable() else f"<U+{ord(sign):04X}>" for sign in text)


_ISSUER = {Answer.YES: "an authority", Answer.NO: "NO authority", Answer.UNKNOWN: "not looked at"}


def _said(answer: Answer) -> str:
    return {Answer.YES: "yes", Answer.NO: "NO", Answer.UNKNOWN: "could not be checked"}[answer]


if __name__ == "__main__":
    sys.exit(guarded_main())
