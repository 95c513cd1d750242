"""One run of the bench: everything in turns, on one core but for what says two processes."""

import gc
import json
import multiprocessing
import os
import platform
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bench import corpus, hostile, ours, storage
from bench.catalogue import catalogue
from bench.codes import codes
from bench.engines import engines
from bench.intake import LARGEST_XLSX, publishing, reading_and_checking
from bench.lookup import looking_up
from bench.measure import Contestant, in_turns, ratio
from bench.peers import (
    JavaScript,
    Signed,
    issue_with,
    limit_issue,
    limit_verify,
    oxigraph_nquads,
    pyld_nquads,
    verify_with,
)
from bench.synthetic import sample
from bench.writing import writing
from issuers.status import LIST_BITS, with_bit
from verify.canonical import canonical_nquads, general_nquads
from verify.status import decode_bits
from verify.verifier import examine
from vocab.resource import status_list_iri

Figures = dict[str, Any]
SAMPLE = 1_000
ROUNDS = 40
WRITTEN = 10_000
"""Licences whose rows are written in one turn."""
PYTHON_PACKAGES = (
    *("cryptography", "pynacl", "orjson", "pyld", "pyoxigraph", "python-calamine", "sqlalchemy", "psycopg"),
    *("qrcode", "zxing-cpp"),
)


def run(size: int, say: Callable[[str], None]) -> Figures:
    """All figures: seconds a piece, and ratios. `size`: how many licences the largest bulk has."""
    began = time.perf_counter()
    records, varied = list(corpus.records(SAMPLE)), list(corpus.varied_records(SAMPLE))
    keys = {signer.verification_method: _private(n) for n, signer in enumerate(corpus.SIGNERS, 1)}
    filed = [Signed(raw, _public(keys, raw)) for raw in map(ours.issue, records)]
    raws = [ours.issue(record) for record in varied]
    signed = [Signed(raw, _public(keys, raw)) for raw in raws]
    trust = corpus.trust()
    for record in records:
        ours.issue(record)  # a shape is learned when it is met again; the bulks below begin anew
    _require_equal([*filed[:50], *signed[:50]])
    # As a server does after it has started: what is there for good is not looked through again and again.
    gc.collect()
    gc.freeze()
    say("issuing and verifying, in turns")
    javascript = JavaScript(filed, signed)
    try:
        taken = _contest(records, varied, filed, raws, signed, keys, trust, javascript)
    finally:
        javascript.close()
    figures: Figures = {
        "machine": machine() | {"Node.js": javascript.version} | _javascript_versions(),
        "sizes": _sizes([*filed, *signed]),
    }
    figures["seconds"] = {name: {"best": min(found), "median": median(found)} for name, found in taken.items()}
    figures["ratios"] = _ratios(taken)
    say("codes")
    figures["codes"] = codes(records)
    say("status lists")
    figures["status lists"] = _status_lists(raws, trust, figures["seconds"]["verify"]["best"])
    say("two processes")
    figures["two processes"] = _two_processes()
    say("hostile documents")
    figures["hostile"] = _hostile(raws[0], trust)
    for count in sorted({10_000, size}):
        say(f"{count:,} licences")
        figures[f"{count} licences"] = _bulk(count)
    say("the register's own way, database and all")
    figures["register"] = storage.publish_a_file()
    figures["agency"] = agency(size, say)
    figures["took"] = time.perf_counter() - began
    return figures


def agency(size: int, say: Callable[[str], None]) -> Figures:
    """Files of agencies, on each database that there is. `size`: the rows of the file, and the licences to look one up among."""
    taken = sample()
    with engines() as found:
        say("a file read and checked")
        figures: Figures = {"reading": reading_and_checking(found[0], min(size, LARGEST_XLSX)), "engines": {}}
        for engine in found:
            say(f"{engine.name}: rows written")
            of = {"writing": writing(engine, min(size, WRITTEN), taken)}
            say(f"{engine.name}: a licence looked up among {size:,}")
            of["look-up"] = looking_up(engine, size, taken)
            say(f"{engine.name}: {size:,} rows published, searched, served, dumped, and sent again twice")
            of["publishing"] = publishing(engine, size, partial(catalogue, size))
            figures["engines"][engine.name] = of
    return figures


def _private(n: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)


def _public(keys: dict[str, Ed25519PrivateKey], raw: bytes) -> Ed25519PublicKey:
    return keys[json.loads(raw)["proof"]["verificationMethod"]].public_key()


def _require_equal(signed: list[Signed]) -> None:
    """All contestants make the same canonical form, or their times say nothing."""
    for one in signed:
        for nquads in (pyld_nquads, oxigraph_nquads, partial(general_nquads, loader=corpus.LOADER)):
            if nquads(one.unsecured) != canonical_nquads(one.unsecured, corpus.LOADER):
                raise RuntimeError("the contestants do not agree on a canonical form")


def _contest(
    records: list[corpus.Record],
    varied: list[corpus.Record],
    filed: list[Signed],
    raws: list[bytes],
    signed: list[Signed],
    keys: dict[str, Ed25519PrivateKey],
    trust: Any,
    javascript: JavaScript,
) -> dict[str, list[float]]:
    general = partial(general_nquads, loader=corpus.LOADER)

    def file(n: int) -> Signed:
        return filed[n % SAMPLE]

    def of(n: int) -> Signed:
        return signed[n % SAMPLE]

    ours_and_limits = {
        "limit issue": Contestant(lambda n: limit_issue(file(n), keys[file(n).signer.verification_method]), 300),
        "issue": Contestant(lambda n: ours.issue(records[n % SAMPLE]), 200),
        "limit verify": Contestant(lambda n: limit_verify(of(n)), 200),
        "verify": Contestant(lambda n: ours.verify(raws[n % SAMPLE], trust), 200),
        "issue, any member": Contestant(lambda n: ours.issue_walked(varied[n % SAMPLE]), 100),
        "issue, each verified": Contestant(lambda n: ours.issue_and_verify(records[n % SAMPLE]), 100),
    }
    peers = {
        "issue PyLD": Contestant(lambda n: issue_with(pyld_nquads, file(n)), 5),
        "verify PyLD": Contestant(lambda n: verify_with(pyld_nquads, of(n)), 5),
        "issue pyoxigraph": Contestant(lambda n: issue_with(oxigraph_nquads, file(n)), 5),
        "verify pyoxigraph": Contestant(lambda n: verify_with(oxigraph_nquads, of(n)), 5),
        "issue general": Contestant(lambda n: issue_with(general, file(n)), 5),
        "verify general": Contestant(lambda n: verify_with(general, of(n)), 5),
    }
    others: dict[str, Callable[[], float]] = {
        "issue JavaScript": partial(javascript.seconds, "issue", 20),
        "verify JavaScript": partial(javascript.seconds, "verify", 20),
    }
    for what in ("issue", "verify"):
        javascript.seconds(what, 500)  # until its compiler is done
    return in_turns(ours_and_limits, ROUNDS, {}) | in_turns(peers, ROUNDS, others)


def _ratios(taken: dict[str, list[float]]) -> Figures:
    found = {}
    for what in ("issue", "verify"):
        found[f"{what}: of the limit"] = ratio(of=taken[what], to=taken[f"limit {what}"])
        for peer in ("PyLD", "JavaScript", "pyoxigraph", "general"):
            found[f"{what}: times {peer}"] = ratio(of=taken[what], to=taken[f"{what} {peer}"])
    return found


def _sizes(signed: list[Signed]) -> Figures:
    return {
        "credentials": len(signed),
        "JSON bytes": round(sum(len(one.raw) for one in signed) / len(signed)),
        "N-Quads bytes": round(sum(len(one.nquads) for one in signed) / len(signed)),
        "statements": round(sum(one.nquads.count(b"\n") for one in signed) / len(signed)),
    }


def _best(work: Callable[[], object], rounds: int, pieces: int = 1) -> float:
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) / pieces)
    return min(taken)


def _status_lists(raws: list[bytes], trust: Any, verify: float) -> Figures:
    signer = corpus.SIGNERS[0]
    url = status_list_iri(corpus.BASE, corpus.GRANTORS[0].authority.code, "revocation", 1)
    bits = bytes(LIST_BITS // 8)
    for index in range(0, LIST_BITS, 97):
        bits = with_bit(bits, index, True)
    raw = corpus.signed_list(url, signer, "revocation", bits)
    credentials = [examine(each, trust, corpus.NOW).credential for each in raws[:200]]
    verified = [ours.verified(credential, trust) for credential in credentials if credential is not None]

    def check() -> None:
        for each in verified:
            for entry in each.credential.status:
                ours.check_status(each, entry, trust)

    cached = _best(check, 30, pieces=len(verified))
    return {
        "entries": LIST_BITS,
        "build and sign": _best(lambda: corpus.signed_list(url, signer, "revocation", bits), 10),
        "decode": _best(lambda: decode_bits(json.loads(raw)["credentialSubject"]["encodedList"]), 20),
        "cached check of both entries": cached,
        "cached check, of a verification": cached / verify,
    }


def _issue_many(count: int) -> float:
    """Seconds that this process takes for `count`, licences made beforehand."""
    records = list(corpus.records(count))
    began = time.perf_counter()
    for record in records:
        ours.issue(record)
    return time.perf_counter() - began


def _two_processes(count: int = 3_000, rounds: int = 8) -> Figures:
    """Throughput of two processes at once, against one, by the clock: the best round of each, least disturbed by others."""
    alone, together = [], []
    with multiprocessing.get_context("fork").Pool(2) as two:
        two.map(_issue_many, [500, 500], chunksize=1)
        for _ in range(rounds):
            alone.append(two.apply(_issue_many, [count]))
            together.append(max(two.map(_issue_many, [count, count], chunksize=1)))
    return {"gain": 2 * min(alone) / min(together), "cores": os.cpu_count()}


def _hostile(raw: bytes, trust: Any) -> Figures:
    found = {}
    for name, document in hostile.documents(json.loads(raw), corpus.BASE).items():
        if len(document) > hostile.LIMIT:
            raise RuntimeError(f"{name} has {len(document)} bytes")
        found[name] = _best(lambda document=document: examine(document, trust, corpus.NOW), 2)  # type: ignore[misc]
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _bulk(count: int) -> Figures:
    """So many licences, each signed, one in a hundred checked by the general processor; and the rows written, apart."""
    signing, rows = 0.0, []
    with tempfile.TemporaryDirectory() as folder:
        writer = storage.Writer(Path(folder))
        signer = ours.new_signer()
        records = corpus.records(count)
        while batch := [record for record, _ in zip(records, range(5_000), strict=False)]:
            began = time.perf_counter()
            rows = [(record.credential_id, ours.issue(record, signer)) for record in batch]
            signing += time.perf_counter() - began
            writer.write(rows)
        writer.close()
        return {
            "signing": signing,
            "a second": count / signing,
            "writing": writer.seconds,
            "rows written a second": count / writer.seconds,
            "megabytes on disk": writer.size / 1e6,
        }


def machine() -> Figures:
    """What it was measured on."""
    model = ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {
        "processor": model or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **{name: version(name) for name in PYTHON_PACKAGES},
    }


def _javascript_versions() -> Figures:
    root = Path(__file__).parents[1] / "node_modules" / "@digitalbazaar"
    names = ("vc", "data-integrity", "eddsa-rdfc-2022-cryptosuite", "ed25519-multikey")
    return {
        f"@digitalbazaar/{name}": json.loads((root / name / "package.json").read_text())["version"] for name in names
    }
