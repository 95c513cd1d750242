"""`/verify`: one field that takes a number, a code, a credential, a picture or a PDF; no script is needed."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from registry import urls
from registry.presented.found import MAX_FILE_BYTES, MOST_FOUND, Unreadable
from registry.presented.given import Given, GivenKind, given
from registry.presented.kind import Kind, kind_of
from registry.presented.reading import Presented
from registry.presented.room import Reader
from registry.presented.shown import visible
from registry.register import Register
from registry.search import find_by_original
from registry.search.exact import MAX_QUERY
from registry.translation import marked as _
from registry.trust import RegisterTrust
from registry.web import wording
from registry.web.answer import see_other
from registry.web.api import kept_alive
from registry.web.examined import Examined, examined
from registry.web.limits import Limits, caller_of
from verify.document import MAX_BYTES, in_utf_8
from verify.errors import MalformedDocument
from verify.resolver import Resolver
from verify.scanned import examine_code
from verify.verdict import Answer, Part
from verify.verifier import examine, not_genuine

NEITHER = _("Type a number or name, paste a text, or choose a photo or file first.")
BOTH = _("Both a file and a text were sent, and nothing was checked. Send one of the two.")
NO_CODE = wording.UNREADABLE["no-code"]
TEXT_TOO_LONG = _(
    "The text is too long to be a number, a code or a credential (or the form has more than 20 fields), and nothing was checked."
)
TOO_MANY_CODES = _(
    "There were too many codes in the picture, and nothing was checked. Scan or photograph one at a time."
)
FOREIGN = _("Not a code of this registry")
MOST_SEEN = 8
"""So many codes of one picture are told by a camera: as many as its reader looks for (static/scanner/worker.js)."""
SEVERAL = _("More than one code was found")
BESIDE = _("There is another code in this picture or file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several things in a file: what it proved to be, and the `number` of the licence that it is proven to name."""

    given: Given
    words: str
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage:
    """`answer` is about what was given; where nothing could be asked, `fault` says what to do. `foreign`: a code or address that
    is not ours. `several`: of these, one is to be chosen, since an answer is about one thing. `beside`: codes of others that were
    in the same picture or file; while there are any, no answer stands alone."""

    answer: Examined | None = None
    fault: str = ""
    foreign: Given | None = None
    several: Sequence[Choice] = ()
    beside: Sequence[Given] = ()

    @property
    def title(self) -> str:
        """What a reader is told first."""
        if self.foreign:
            return FOREIGN
        if self.beside:
            return BESIDE
        if self.answer:
            return self.answer.band.words
        return SEVERAL if self.several else ""


_CREDENTIAL_WORDS = {
    Answer.YES: _("The signed licence that is attached to the file"),
    Answer.NO: _("An attached file that is not genuine"),
    Answer.UNKNOWN: _("An attached file that could not be checked"),
}
_CODE_WORDS = {
    Answer.YES: _("A genuine code in the picture or file"),
    Answer.NO: _("A code in the picture or file that is not genuine"),
    Answer.UNKNOWN: _("A code in the picture or file that could not be checked"),
}
_ADDRESS_WORDS = _("A code in the picture or file with an address of this registry, and nothing signed")


def check_blueprint(register: Register, resolver: Resolver, limits: Limits, read: Reader) -> Blueprint:
    """`/verify`: the form, and the answer to what it sent. `resolver` finds the keys of strangers."""
    blueprint = Blueprint("check", __name__)

    @blueprint.teardown_request
    def close_files(_error: BaseException | None) -> None:
        # Large uploads lie in files of no name until then.
        request.close()

    @blueprint.get("/verify")
    def form() -> str:
        return _shown(CheckPage())

    @blueprint.post("/verify")
    def answer() -> str | Response | tuple[str, int]:
        is_with_file = request.mimetype == "multipart/form-data"
        if is_with_file:
            request.max_content_length = MAX_FILE_BYTES + 2 * MAX_BYTES
        try:
            file, texts = request.files.get("file"), _texts()
        except RequestEntityTooLarge:
            is_file = is_with_file and (request.content_length or 0) > MAX_FILE_BYTES
            return _shown(CheckPage(fault=wording.UNREADABLE["file-too-large"] if is_file else TEXT_TOO_LONG)), 413
        uploaded = file.read(MAX_FILE_BYTES + 1) if file and file.filename else b""
        if bool(uploaded) == bool(texts):
            # Of two, nobody could tell which one the answer is about.
            return _shown(CheckPage(fault=BOTH if uploaded else NEITHER))
        is_chosen = "chosen" in request.form
        if len(texts) > (1 + MOST_FOUND if is_chosen else MOST_SEEN):
            return _shown(CheckPage(fault=TOO_MANY_CODES))
        if len(texts) > 1:
            first, *others = (_given(each) for each in texts)
            return _chosen(first, others) if is_chosen else _together([], [first, *others], NO_CODE)
        if texts:
            return _typed(_given(texts[0]))
        kind = kind_of(uploaded)
        if kind is Kind.TEXT:
            return _text_file(uploaded[: MAX_BYTES + 1])
        limits.count("address", caller_of(request.remote_addr))
        return _opened(uploaded, kind)

    def _given(text: str) -> Given:
        return given(text, register.base, request.host)

    def _typed(what: Given) -> str | Response:
        match what.kind:
            case GivenKind.CREDENTIAL:
                return _credential(what.text.encode())
            case GivenKind.FOREIGN if not _is_known(what.text):
                return _shown(CheckPage(foreign=what))
            case GivenKind.CODE | GivenKind.CHECK:
                return _ours(what)
            case _:
                return _search(what)

    def _text_file(raw: bytes) -> str | Response:
        """A code or an address is read as if it was pasted; all else may be a credential."""
        what = _given(in_utf_8(raw).decode(errors="replace"))
        return _typed(what) if what.is_ours or what.kind is GivenKind.FOREIGN else _credential(raw)

    def _opened(raw: bytes, kind: Kind) -> str | Response:
        try:
            found = _readable(raw, kind)
        except Unreadable as error:
            return _shown(CheckPage(fault=wording.UNREADABLE[error.reason]))
        bodies = dict.fromkeys(found.credentials)
        papers = [Given(GivenKind.CREDENTIAL, body.decode(errors="replace")) for body in bodies]
        nothing = NO_CODE if kind is Kind.PICTURE else wording.UNREADABLE["nothing-in-pdf"]
        return _together(papers, [_given(text) for text in found.codes], nothing)

    def _together(papers: Sequence[Given], codes: Sequence[Given], nothing: str) -> str | Response:
        """The answer to all that one picture or file holds, credentials and codes. `nothing` is said where it holds neither."""
        ours = [*papers, *dict.fromkeys(each for each in codes if each.is_ours)]
        beside = [each for each in codes if not each.is_ours]
        # A poster: one licence, as a credential and as a code.
        if len(papers) == 1 and len(ours) == 2:
            ours = _as_one(papers[0], ours[1])
        if not ours and not beside:
            return _shown(CheckPage(fault=nothing))
        if not ours:
            return _shown(CheckPage(foreign=beside[0], beside=beside[1:]))
        if len(ours) > 1:
            return _shown(CheckPage(several=[_choice(each) for each in ours], beside=beside))
        if not beside:
            return _typed(ours[0])
        if ours[0].kind in {GivenKind.CODE, GivenKind.CREDENTIAL}:
            return _shown(CheckPage(answer=_examined(ours[0]), beside=beside))
        return _shown(CheckPage(several=[_choice(ours[0])], beside=beside))

    def _chosen(what: Given, others: Sequence[Given]) -> str | Response:
        """The answer to the one of several that was chosen, beside the codes of others that were in the same picture or file. An
        address is led on, since they were told where it was chosen."""
        if any(each.is_ours for each in others) or not (what.is_ours or what.kind is GivenKind.CREDENTIAL):
            # No page of ours asks this.
            return _together([], [what, *others], NO_CODE)
        if what.kind in {GivenKind.CODE, GivenKind.CREDENTIAL}:
            return _shown(CheckPage(answer=_examined(what), beside=others))
        return _typed(what)

    def _choice(what: Given) -> Choice:
        if what.kind not in {GivenKind.CODE, GivenKind.CREDENTIAL}:
            return Choice(given=what, words=_ADDRESS_WORDS)
        # Nobody is asked about the keys of strangers here: that is done for the one which is chosen.
        found = _examined(what, None)
        words = _CREDENTIAL_WORDS if what.kind is GivenKind.CREDENTIAL else _CODE_WORDS
        return Choice(given=what, words=words[found.verdict.genuine.answer], number=found.number)

    def _readable(raw: bytes, kind: Kind) -> Presented:
        if len(raw) > MAX_FILE_BYTES:
            raise Unreadable("file-too-large")
        if kind not in {Kind.PICTURE, Kind.PDF}:
            raise Unreadable(kind.value)
        with kept_alive():
            return read(raw, caller_of(request.remote_addr))

    def _as_one(paper: Given, code: Given) -> list[Given]:
        """One of the two, where both are genuine and of one licence: nothing on the sheet speaks against the other."""
        by_paper, by_code = _examined(paper), _examined_code(code)
        same = by_paper.named and by_code.named and by_paper.named.record.id == by_code.named.record.id
        return [paper] if same else [paper, code]

    def _ours(what: Given) -> str | Response:
        if what.kind is GivenKind.CHECK:
            return see_other(urls.check(what.check_id), what.digits if what.digits.isdecimal() else "")
        return _shown(CheckPage(answer=_examined_code(what)))

    def _credential(raw: bytes) -> str:
        return _shown(CheckPage(answer=_examined_credential(raw, resolver)))

    def _examined(what: Given, strangers: Resolver | None = resolver) -> Examined:
        if what.kind is GivenKind.CREDENTIAL:
            return _examined_credential(what.text.encode(), strangers)
        return _examined_code(what)

    def _examined_code(what: Given) -> Examined:
        with register.database.reading() as session:
            verdict = examine_code(what.text, RegisterTrust(register, session), register.now())
            return examined(register, register.store(session), verdict, what.text)

    def _examined_credential(raw: bytes, strangers: Resolver | None) -> Examined:
        with register.database.reading() as session:
            verdict = examine(raw, RegisterTrust(register, session, strangers), register.now())
            if verdict.genuine.code == MalformedDocument.code:
                # It cannot be read at all: nothing was checked, and that is what is said.
                unread = Part(Answer.UNKNOWN, "not-a-credential", verdict.genuine.detail)
                verdict = not_genuine(unread, verdict.checked_at, None)
            return examined(register, register.store(session), verdict)

    def _is_known(address: str) -> bool:
        """Whether an address of others is that of a licence which was harvested from there."""
        with register.database.reading() as session:
            return find_by_original(register.store(session), address) is not None

    return blueprint


def _texts() -> Sequence[str]:
    """What was typed or scanned, and behind it whatever else the camera saw in the same picture (`beside`), each once."""
    given_texts = (each.strip() for each in (request.form.get("text", ""), *request.form.getlist("beside")))
    return list(dict.fromkeys(filter(None, given_texts)))


def _search(what: Given) -> Response:
    return see_other(urls.search([("q", what.text[:MAX_QUERY])]))


def _shown(page: CheckPage) -> str:
    return render_template("verify.html", page=page, visible=visible)
