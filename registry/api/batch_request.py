"""Batches by API: what an authority's own system sends and asks for, for that authority alone."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from registry import urls
from registry.api.answered import Answer, KeyedRequest, earlier_answer, keep_answer
from registry.api.push import finding_node
from registry.api.wording import SUSPICIOUS
from registry.batches import batches, changes_of, missing_of, rows_of
from registry.exports.batch_files import findings_list, findings_workbook
from registry.intake.batch import MAX_LIST_NAME, Holds, NoSuchBatch, Report, RowView, Submission, is_list_name
from registry.intake.diff import OUTCOMES
from registry.intake.plain import MemberRefused, read_members
from registry.intake.publish import discard_batch, publish_batch, restage
from registry.intake.report import report_of
from registry.intake.sampling import sampled_rows
from registry.intake.staging import stage
from registry.intake.suspicion import SUSPICIONS
from registry.intake.undo import undo_batch
from registry.register import Register
from registry.tokens import AccessToken, NotPermitted
from registry.translation import LANGUAGES, translate
from verify.document import Document
from vocab.graph import date_time

FIELDS = ("authority", "type", "source", "holds", "mapping", "name")
"""What may be said of a file beside its bytes."""
MOST = 1_000
"""How many rows are answered at once."""
PAGE = 100


def submission_of(caller: AccessToken, body: bytes, fields: Mapping[str, str]) -> Submission:
    """The file as it is to be staged. `fields` are some of `FIELDS`. Raises `MemberRefused`, `NotPermitted`."""
    for name in fields:
        if name not in FIELDS:
            raise MemberRefused(f"/{name[:100]}", f"there is no such field; there are file, {', '.join(FIELDS)}")
    authority = fields.get("authority") or caller.authority
    if authority != caller.authority:
        raise NotPermitted(f"this token is of {caller.authority} (got a file of {authority[:60]!r})")
    if not fields.get("type") or not fields["type"].isprintable():
        raise MemberRefused("/type", "the type of the licences in the file is expected here")
    holds = fields.get("holds") or None
    if holds not in {None, *Holds}:
        raise MemberRefused(
            "/holds", "all (the whole list) or part is expected here, or nothing where the mapping says it"
        )
    source = fields.get("source") or ""
    if source and not is_list_name(source):
        raise MemberRefused(
            "/source", f"a name of at most {MAX_LIST_NAME} printable characters that is no number is expected here"
        )
    return Submission(
        authority=authority,
        license_type=fields["type"],
        file_name=fields.get("name") or "file",
        body=body,
        mapping=fields.get("mapping") or None,
        holds=holds and Holds(holds),
        source=source,
    )


def identity_of(submission: Submission) -> bytes:
    """What makes two uploads the same request: the file and what is said of it, however the upload was packed."""
    said = [submission.license_type, submission.file_name, submission.mapping, submission.holds, submission.source]
    return orjson.dumps([hashlib.sha256(submission.body).hexdigest(), *said])


def answered_once(
    register: Register, caller: AccessToken, keyed: KeyedRequest | None, carry_out: Callable[[], Answer]
) -> Answer:
    """What `carry_out` answers, or what the same request was answered before. Raises as it, `KeyReused`, `KeyInUse`."""
    with register.database.reading() as session:
        authority_id = register.store(session).authority_id(caller.authority)
        earlier = earlier_answer(session, authority_id, keyed)
    if earlier is not None:
        return earlier
    answer = carry_out()
    if keyed is not None:
        with register.database.writing() as session:
            keep_answer(session, authority_id, keyed, answer, register.now())
    return answer


def stage_batch(register: Register, submission: Submission) -> Answer:
    """Stages a file; nothing of it is public yet. Raises as `registry.intake.staging.stage`."""
    report = stage(register, submission)
    return Answer(201, orjson.dumps(report_node(register, report)))


def own_report(register: Register, caller: AccessToken, number: int) -> Report:
    """The report of a batch of the caller's authority. Raises `NoSuchBatch`, for those of others too."""
    report = report_of(register, number)
    if report.authority != caller.authority:
        raise NoSuchBatch(number)
    return report


def list_batches(register: Register, caller: AccessToken, before: int | None, limit: int) -> Document:
    """Some of the caller's batches, newest first: those with a number below `before`."""
    found = batches(register, caller.authority, before=before, limit=limit + 1)
    shown = [
        {
            "batch": item.id,
            "type": item.license_type,
            "file_name": item.file_name,
            "source": item.source,
            "state": item.state,
            "received_at": date_time(item.received_at),
            "counts": item.counts,
            "suspicions": list(item.suspicions),
            "links": {"self": register.base + urls.api_batch(item.id)},
        }
        for item in found[:limit]
    ]
    more = f"{register.base}/api/v1/batches?before={found[limit - 1].id}&limit={limit}" if len(found) > limit else None
    return {"batches": shown, "next": more}


def act_on_batch(register: Register, caller: AccessToken, number: int, deed: str, body: bytes) -> Answer:
    """Publishes, undoes, restages or discards a batch. Raises `MemberRefused`, `NoSuchBatch`, `BatchRefused` and its kinds."""
    document = read_members(body) if body.strip() else {}
    unknown = document.keys() - ({"accept"} if deed == "publish" else set())
    if unknown:
        raise MemberRefused(f"/{min(unknown)[:100]}", "there is no such member here")
    accept = _accepted(document.get("accept"))
    own_report(register, caller, number)
    match deed:
        case "publish":
            report = publish_batch(register, number, accept)
        case "undo":
            report = undo_batch(register, number)
        case "restage":
            report = restage(register, number)
        case "discard":
            report = discard_batch(register, number)
        case other:
            raise ValueError(f"no such deed (got {other!r})")
    return Answer(201 if deed == "restage" else 200, orjson.dumps(report_node(register, report)))


def _accepted(value: object) -> tuple[str, ...]:
    words = ", ".join(SUSPICIONS)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(word, str) and word in SUSPICIONS for word in value):
        raise MemberRefused("/accept", f"a list of some of these words is expected here: {words}")
    return tuple(value)


def list_rows(
    register: Register, number: int, outcomes: tuple[str, ...], *, found: bool, after: int, limit: int
) -> Document:
    """Some rows of a batch, from the line after `after`. `found`: only those in which something was found."""
    for outcome in outcomes:
        if outcome not in OUTCOMES:
            raise MemberRefused("/outcome", f"one of {', '.join(OUTCOMES)} is expected here")
    rows = list(rows_of(register, number, outcomes, with_findings=found, after_line=after, limit=limit + 1))
    query = [*(("outcome", outcome) for outcome in outcomes), *([("findings", "1")] if found else [])]
    return {
        "rows": [row_node(row) for row in rows[:limit]],
        "next": _next(register, number, "rows", [row.line for row in rows], limit, query),
    }


def list_sample(register: Register, number: int) -> Document:
    """Some rows as they would be public, with the published rules that they do not keep."""
    return {"rows": [row_node(row) for row in sampled_rows(register, number)]}


def list_changes(register: Register, number: int, *, after: int, limit: int) -> Document:
    """Some of the licences that a batch changes, field by field, from the line after `after`."""
    found = list(changes_of(register, number, after_line=after, limit=limit + 1))
    shown = [
        {
            "line": change.line,
            "number": change.number,
            "fields": [{"field": item.field, "before": item.before, "after": item.after} for item in change.fields],
        }
        for change in found[:limit]
    ]
    places = [change.line for change in found]
    return {"changes": shown, "next": _next(register, number, "changes", places, limit, [])}


def list_missing(register: Register, number: int, *, after: int, limit: int) -> Document:
    """Some of the licences that are public and not in the file: those after the place `after`."""
    found = list(missing_of(register, number, after=after, limit=limit + 1))
    shown = [{"number": item.number, "name": item.name} for item in found[:limit]]
    return {"missing": shown, "next": _next(register, number, "missing", [item.id for item in found], limit, [])}


def _next(
    register: Register, number: int, what: str, places: Sequence[int], limit: int, query: list[tuple[str, str]]
) -> str | None:
    """Where there are more: `places` are those of what was found, one more than is shown."""
    if len(places) <= limit:
        return None
    pairs = [*query, ("after", str(places[limit - 1])), ("limit", str(limit))]
    return f"{register.base}{urls.api_batch(number)}/{what}?{urls.query(pairs)}"


def findings_file(register: Register, report: Report, form: str) -> Any:
    """The findings of a batch as a file: `csv`, in pieces, or `xlsx`, a marked copy of the agency's own file."""
    make = findings_list if form == "csv" else findings_workbook
    return make(register, report.batch)


def row_node(row: RowView) -> Document:
    """A row as it is answered."""
    return {
        "line": row.line,
        "sheet": row.sheet,
        "sheet_line": row.sheet_line,
        "number": row.number,
        "outcome": row.outcome,
        "cells": list(row.cells),
        "findings": [finding_node(finding, {}) for finding in row.findings],
    }


def report_node(register: Register, report: Report) -> Document:
    """What a batch is and what became of it, as it is answered."""
    own = register.base + urls.api_batch(report.batch)
    form = report.form
    return {
        "batch": report.batch,
        "authority": report.authority,
        "type": report.license_type,
        "file_name": report.file_name,
        "source": report.source,
        "sha256": report.sha256,
        "state": report.state.value,
        "holds": report.holds.value,
        "form": {
            "kind": form.kind,
            "encoding": form.encoding,
            "delimiter": form.delimiter,
            "sheets": list(form.sheets),
            "heading_line": form.heading_line,
        },
        "rows": report.rows,
        "counts": dict(report.counts),
        "missing": report.missing,
        "public": report.license_count,
        "seen_before": report.seen_before,
        "findings": [finding_node(finding, {}) for finding in report.findings],
        "suspicions": [suspicion_node(code, details) for code, details in report.suspicions.items()],
        "received_at": date_time(report.received_at),
        "published_at": report.published_at and date_time(report.published_at),
        "undone_at": report.undone_at and date_time(report.undone_at),
        "links": {
            "self": own,
            "rows": f"{own}/rows",
            "changes": f"{own}/changes",
            "missing": f"{own}/missing",
            "sample": f"{own}/sample",
            "findings_csv": f"{own}/findings.csv",
            "findings_xlsx": f"{own}/findings.xlsx",
        },
    }


def suspicion_node(code: str, details: Mapping[str, str]) -> Document:
    """What is suspicious, in both languages; `code` is the word that accepts it."""
    message = SUSPICIOUS.get(code) or SUSPICIONS[code]
    return {
        "code": code,
        "details": dict(details),
        "message": {lang: translate(lang, message, **details) for lang in LANGUAGES},
    }
