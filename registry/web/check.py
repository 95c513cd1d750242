"""The page on which anyone checks a credential file: upload or paste, no script needed."""

from flask import Blueprint, render_template, request

from registry import urls
from registry.register import Register
from registry.translation import marked as _
from registry.trust import RegisterTrust
from registry.web import wording
from verify.document import MAX_BYTES
from verify.resolver import Resolver
from verify.verdict import Verdict
from verify.verifier import examine
from vocab.iri import LicenseIri, MalformedIri, parse_license_iri

NEITHER = _("Choose a file or paste its text first.")
BOTH = _("Both a file and a text were sent, and nothing was checked. Send one of the two.")


def check_blueprint(register: Register, resolver: Resolver) -> Blueprint:
    """`/verify`: a form, and the verdict on what it was given. `resolver` finds the keys of strangers."""
    blueprint = Blueprint("check", __name__)

    @blueprint.get("/verify")
    def form() -> str:
        return render_template("verify.html", verdict=None)

    @blueprint.post("/verify")
    def answer() -> str:
        file = request.files.get("file")
        uploaded = file.read(MAX_BYTES + 1) if file and file.filename else b""
        pasted = request.form.get("text", "").strip().encode()
        if bool(uploaded) == bool(pasted):
            # Of two, nobody could tell which one the answer is about.
            return render_template("verify.html", verdict=None, fault=BOTH if uploaded else NEITHER)
        raw = uploaded or pasted
        with register.database.reading() as session:
            verdict = examine(raw, RegisterTrust(register, session, resolver), register.now())
        iri = _license_of(register, verdict)
        return render_template(
            "verify.html",
            verdict=verdict,
            band=wording.band(verdict),
            license_path=urls.license_document(iri, "html") if iri else "",
            number=iri.number if iri else "",
        )

    return blueprint


def _license_of(register: Register, verdict: Verdict) -> LicenseIri | None:
    """The licence that a genuine credential is about; for anything else there is nothing to link to."""
    if verdict.credential is None or verdict.genuine.answer != "yes":
        return None
    try:
        return parse_license_iri(register.base, str(verdict.credential.subject.get("id")))
    except MalformedIri:
        return None
