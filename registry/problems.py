"""Our exceptions as RFC 9457 problems: one table. What is not in it is ours to mend, and says nothing about a licence."""

from dataclasses import dataclass, field
from typing import Any

from issuers.signer import SigningUnavailable
from registry.access.files import FileNotRedacted, FileWithdrawn, QuotaExceeded
from registry.access.pdf.scanning import FileRefused
from registry.api.answered import KeyInUse, KeyRefused, KeyReused
from registry.api.issue_request import RequestRefused
from registry.api.push import LicenseEmpty, LicenseRejected, NumberSimilar, PreconditionFailed
from registry.api.wording import for_programs
from registry.areas import NoSuchArea
from registry.catalogue import CatalogueInvalid
from registry.config import SettingInvalid
from registry.grantors import NoSuchAuthority, NoSuchLicenseType
from registry.intake.batch import BatchOutdated, BatchRefused, BatchSuspicious, NoSuchBatch
from registry.intake.mapping import MappingInvalid
from registry.intake.plain import MemberRefused
from registry.intake.preparing import MandateMissing
from registry.intake.single import NotIssued
from registry.intake.table import FileUnreadable
from registry.intake.undo import UndoRefused
from registry.intake.workers import WorkerLost
from registry.places import EndpointBusy
from registry.poster.desk import DeskBusy
from registry.poster.poster import PosterRefused
from registry.poster.standing import FormatNotProvided, NotEmbedded
from registry.poster.typesetting import TypesettingFailed
from registry.register import BaseFrozen, NotInitialised
from registry.reports import NoSuchReport, QueueFull, ReportClosed, ReportRefused
from registry.search.listing import CursorRefused
from registry.services import ActRefused, LicenseWithdrawn, NoSuchLicense
from registry.showing.links import NoSuchShowLink, ShowLinkOver, ShowLinkRefused
from registry.sparql.asking import QueryRefused, QueryTooCostly
from registry.store import NoSuchCode
from registry.tokens import NotAuthenticated, NotPermitted
from registry.translation import marked as _
from registry.web.body import BodyIncomplete, BodyTooSlow, EncodingRefused
from registry.web.limits import TooManyRequests
from registry.web.linked import NoSuchAnnouncement, NoSuchLaw
from registry.web.pages import RecordWithdrawn
from registry.web.past import NoSuchVersion, NotYetGranted
from verify.errors import CouldNotCheck, VerificationError
from vocab.access import AccessRefused
from vocab.face import ClaimRefused
from vocab.history import IllegalAct
from vocab.iri import MalformedIri, NumberRefused
from vocab.thai import DateUnreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem as it is sent. `title` is translated; `detail` says what was read and what was expected, in English."""

    status: int
    code: str
    title: str
    detail: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


TABLE: tuple[tuple[type[Exception], int, str, str], ...] = (
    (NoSuchLicense, 404, "no-such-license", _("There is no licence with this number here.")),
    (NoSuchAuthority, 404, "no-such-authority", _("There is no such authority here.")),
    (NoSuchLicenseType, 404, "no-such-license-type", _("There is no such type of licence here.")),
    (NoSuchCode, 404, "no-such-code", _("No licence here has this QR code.")),
    (NoSuchShowLink, 404, "no-such-show-link", _("There is no such link")),
    (ShowLinkOver, 410, "show-link-over", _("This link cannot be opened any more.")),
    (ShowLinkRefused, 400, "show-link-refused", _("The link cannot be made as it was asked for.")),
    (NotEmbedded, 404, "not-embedded", _("This is no address of a licence here.")),
    (FormatNotProvided, 501, "format-not-provided", _("This address does not have the format that was asked for.")),
    (NoSuchLaw, 404, "no-such-law", _("No licence here is granted under this law.")),
    (NoSuchAnnouncement, 404, "no-such-announcement", _("There is no such announcement here.")),
    (NoSuchArea, 404, "no-such-area", _("There is no such area here.")),
    (NoSuchVersion, 404, "no-such-version", _("There is no such version here.")),
    (PosterRefused, 409, "poster-refused", _("There is no poster of a licence that is not in force.")),
    (DeskBusy, 503, "desk-busy", _("Many posters and cards are being made at the moment. Ask again in a few seconds.")),
    (
        TypesettingFailed,
        503,
        "typesetting-failed",
        _("The poster or card could not be made. This says nothing about the licence."),
    ),
    (NotYetGranted, 404, "not-yet-granted", _("The licence did not exist on this day.")),
    (RecordWithdrawn, 410, "record-withdrawn", _("This record was withdrawn.")),
    (MalformedIri, 404, "malformed-iri", _("This is not the address of a licence.")),
    (NumberRefused, 400, "number-refused", _("This number cannot be used.")),
    (IllegalAct, 409, "illegal-act", _("This decision does not fit what the licence is now.")),
    (
        LicenseWithdrawn,
        409,
        "license-withdrawn",
        _("The list that this licence came in was taken back: it must be published again first."),
    ),
    (ActRefused, 422, "act-refused", _("Something is missing from this decision.")),
    (DateUnreadable, 400, "date-unreadable", _("The date cannot be read.")),
    (FileUnreadable, 400, "file-unreadable", _("The file cannot be read.")),
    (MappingInvalid, 400, "mapping-invalid", _("The mapping does not fit the file.")),
    (NoSuchBatch, 404, "no-such-batch", _("There is no such batch here.")),
    (
        BatchSuspicious,
        409,
        "batch-suspicious",
        _("Something in the file looks wrong and must be accepted by name first."),
    ),
    (BatchOutdated, 409, "batch-outdated", _("What is public has changed since the file was compared with it.")),
    (UndoRefused, 409, "undo-refused", _("The batch cannot be taken back: something was built on it.")),
    (BatchRefused, 409, "batch-refused", _("This cannot be done with the batch as it is now.")),
    (MandateMissing, 400, "mandate-missing", _("The authority may not grant this type of licence.")),
    (CatalogueInvalid, 400, "catalogue-invalid", _("The declaration of authorities and types cannot be used.")),
    (SettingInvalid, 500, "setting-invalid", _("The registry is not set up correctly.")),
    (BaseFrozen, 409, "base-frozen", _("The address of this registry cannot be changed any more.")),
    (NotInitialised, 503, "not-initialised", _("This registry has not been set up yet.")),
    (
        SigningUnavailable,
        503,
        "signing-unavailable",
        _("The registry cannot sign at the moment. Nothing was published."),
    ),
    (
        WorkerLost,
        503,
        "worker-lost",
        _("Too much was done here at once. Nothing was carried out; try again in a minute."),
    ),
    (BodyIncomplete, 400, "body-incomplete", _("The request did not arrive whole. Nothing was carried out.")),
    (BodyTooSlow, 408, "body-too-slow", _("The request came too slowly. Nothing was carried out.")),
    (RequestRefused, 400, "request-refused", _("The request is not of the form that is expected here.")),
    (ClaimRefused, 400, "claim-refused", _("The registry would not say what was sent.")),
    (NotIssued, 409, "not-issued", _("What the registry knows of this licence stands against this.")),
    (MemberRefused, 400, "member-refused", _("A part of what was sent has not the form that is expected.")),
    (CursorRefused, 400, "cursor-refused", _("This is not where a page of this list ends.")),
    (QueryRefused, 400, "query-refused", _("This is no question that can be asked here.")),
    (QueryTooCostly, 422, "query-too-costly", _("The answer would take too much time or room.")),
    (EndpointBusy, 503, "endpoint-busy", _("Others are asking at the moment. Ask again in a few seconds.")),
    (AccessRefused, 422, "access-refused", _("The link to the document cannot be shown as it was sent.")),
    (FileRefused, 422, "file-refused", _("This file is not kept here.")),
    (FileNotRedacted, 422, "file-not-redacted", _("The file may show what the public is not told of this licence.")),
    (QuotaExceeded, 409, "quota-exceeded", _("The files of this authority take as much room as they may.")),
    (NoSuchReport, 404, "no-such-report", _("There is no such report here.")),
    (ReportClosed, 409, "report-closed", _("This report was closed before.")),
    (ReportRefused, 422, "report-refused", _("The report is not as it must be.")),
    (
        QueueFull,
        503,
        "queue-full",
        _("Too many reports wait for this authority at the moment. Please tell it directly."),
    ),
    (FileWithdrawn, 410, "file-withdrawn", _("This file was withdrawn.")),
    (LicenseRejected, 422, "license-rejected", _("The licence cannot be published as it was sent.")),
    (LicenseEmpty, 422, "license-empty", _("Nothing would be left of the licence.")),
    (NumberSimilar, 409, "number-similar", _("Another licence has nearly the same number.")),
    (PreconditionFailed, 412, "precondition-failed", _("The licence is not as this request expects it to be.")),
    (EncodingRefused, 415, "encoding-refused", _("This kind of packing is not taken here.")),
    (KeyRefused, 400, "key-refused", _("The idempotency key cannot be read.")),
    (KeyReused, 422, "key-reused", _("The idempotency key belongs to another request.")),
    (KeyInUse, 409, "key-in-use", _("The same request is being carried out at the moment.")),
    (TooManyRequests, 429, "too-many-requests", _("These are too many requests in too short a time.")),
    (NotAuthenticated, 401, "not-authenticated", _("This needs a token that holds.")),
    (NotPermitted, 403, "not-permitted", _("This is not for the bearer of this token.")),
    (VerificationError, 400, "verification-failed", _("This is not a genuine credential.")),
    (CouldNotCheck, 400, "could-not-check", _("This could not be checked.")),
)

HTTP_TITLES = {
    400: _("The request cannot be understood."),
    404: _("There is no such page here."),
    405: _("This address does not accept this kind of request."),
    406: _("This address does not have the format that was asked for."),
    410: _("This record was withdrawn."),
    413: _("This is too large."),
    415: _("This kind of content is not accepted here."),
    500: _("Something went wrong on our side. This says nothing about any licence."),
    503: _("The registry cannot answer at the moment. This says nothing about any licence."),
}

HTTP_DETAILS = {
    404: "no address of this registry has this path (docs/api.md lists them)",
    405: "the method {method} is not for this address",
    406: "none of the formats of this address fits Accept: {accept}",
    400: "the request is not as HTTP/1.1 and this address expect it",
    413: "the request body is larger than {limit} bytes, or its form has more than {fields} fields",
}
"""What was read and what was expected, where the view itself says nothing."""

EXPECTED: tuple[type[Exception], ...] = tuple(kind for kind, *_rest in TABLE)
"""The errors that are answered with words; everything else is a fault of ours."""


UNTOLD: dict[type[Exception], str] = {
    TypesettingFailed: "what sets posters and cards did not answer as it should: ask again later",
    SettingInvalid: "a setting of the registry is not right: whoever runs it finds in its log which one",
    SigningUnavailable: "the key that signs cannot be used at the moment: send the same again later",
}
"""Those whose own words are for the operator and not for the public, and what is said instead."""
UNEXPECTED = "this is a fault of the registry, which has noted it; what was asked for may not have been carried out"
NO_DATABASE = "the database does not answer: send the same again later"


def problem_of(error: Exception) -> Problem:
    """The problem for one of `EXPECTED`; any other error is an unexplained 500, without its message."""
    for kind, status, code, title in TABLE:
        if isinstance(error, kind):
            return Problem(
                status=status,
                code=getattr(error, "code", code),
                title=title,
                detail=UNTOLD.get(kind) or for_programs(error),
                extra=getattr(error, "extra", {}),
                headers=getattr(error, "headers", {}),
            )
    return Problem(status=500, code="internal-error", title=HTTP_TITLES[500], detail=UNEXPECTED)


def http_problem(status: int, detail: str = "") -> Problem:
    """The problem for a plain HTTP error."""
    title = HTTP_TITLES.get(status, HTTP_TITLES[500 if status >= 500 else 400])
    return Problem(status=status, code=f"http-{status}", title=title, detail=detail)


def to_json(problem: Problem, title: str) -> dict[str, Any]:
    """`application/problem+json`; `title` is the translated one."""
    return {
        "type": f"/problems/{problem.code}",
        "title": title,
        "status": problem.status,
        "detail": problem.detail or problem.title,
        **problem.extra,
    }
