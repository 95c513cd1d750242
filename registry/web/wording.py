"""The words for what the register and the verifier answer, in plain language. Marked for translation, translated when shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from issuers.keys import KeyPurpose
from registry.intake.gravity import Gravity
from registry.keyring import KeyStatus
from registry.record_changes import RecordChange, RecordChangeKind
from registry.section13 import Display, Freshness
from registry.translation import marked as _
from verify.verdict import Answer, Part, Verdict
from vocab.authority import Disclosure, Frequency, Level
from vocab.history import ActKind, Status

STATUS: Mapping[str, str] = {
    Status.ACTIVE: _("In force"),
    Status.PENDING: _("Not yet in force"),
    Status.EXPIRED: _("Expired"),
    Status.SUSPENDED: _("Suspended"),
    Status.REVOKED: _("Revoked"),
    Status.SURRENDERED: _("Given up by the licensee"),
    Status.SUPERSEDED: _("Replaced by a new licence"),
    Status.UNKNOWN: _("Not known whether in force"),
    "withdrawn": _("No longer valid"),
    "expiry-not-stated": _("Not known whether in force"),
    "status-unavailable": _("Status could not be checked"),
    "status-unknown": _("Status could not be checked"),
    "not-examined": _("Status was not looked at"),
    "disputed": _("The authority says otherwise"),
}
"""The status in two or three words."""

MEANING: Mapping[str, str] = {
    Status.ACTIVE: _("The licence may be used today."),
    Status.PENDING: _(
        "The licence was granted, but its first day has not come yet. Do not rely on it before that day."
    ),
    Status.EXPIRED: _(
        "The last day of this licence is over. Do not rely on it: ask the licensee for the one that is in force now."
    ),
    Status.SUSPENDED: _(
        "The authority has stopped this licence for a time. Do not rely on it until the authority says otherwise."
    ),
    Status.REVOKED: _(
        "The authority has taken this licence away. Do not rely on it, and tell the authority if it is still displayed."
    ),
    Status.SURRENDERED: _(
        "The licensee has given this licence back. Do not rely on it, and tell the authority if it is still displayed."
    ),
    Status.SUPERSEDED: _(
        "The licence was renewed under a new number. Do not rely on this one: look at the new licence instead."
    ),
    Status.UNKNOWN: _(
        "The authority has not published until when this licence is valid. Ask the authority before you rely on it."
    ),
    "withdrawn": _(
        "The licence was revoked, given up, or replaced by a newer credential. Do not rely on it: look it up here by its number."
    ),
    "expiry-not-stated": _(
        "The authority has not published until when this licence is valid. Ask the authority before you rely on it."
    ),
    "status-unavailable": _(
        "We could not read the list that tells whether the licence still holds. Do not conclude anything from that: "
        "try again later."
    ),
    "status-unknown": _("It has a status of a kind that we cannot read. Look the licence up here by its number."),
    "not-examined": _("The status is looked at only for what is proven genuine."),
    "disputed": _(
        "The authority's own register does not say what stands here. Look there before you rely on it: what it says counts."
    ),
}
"""What the status means for the reader, in one sentence."""

UNPROVEN = _("That is what our data says. It counts only if the licence is genuine.")
"""In place of the meaning, where the data says "in force" of what is not proven genuine."""

GENUINE: Mapping[Answer, str] = {
    Answer.YES: _("Genuine"),
    Answer.NO: _("Not genuine"),
    Answer.UNKNOWN: _("Could not be checked"),
}

STRANGER = _("Not from an authority of this register")
STRANGER_SIGNED = _("The signature fits")
"""In place of "could not be checked", where the signature was checked and fits."""
NOT_A_CREDENTIAL = _("Not a credential")
"""In place of "could not be checked", where there was nothing to check."""
STRANGER_SAYS = _("That is what the file and its issuer say. This register knows nothing about it.")

GENUINE_MEANING: Mapping[str, str] = {
    "signed-by-authority": _("Signed by the authority that grants this kind of licence, and not altered since."),
    "recorded-before-revocation": _("Signed by the authority, and recorded here before others may have had its key."),
    "not-a-credential": _("This is no code and no credential of a licence. Nothing was checked."),
    "malformed-request": _("The question was not understood. This says nothing about any licence."),
    "verification-failed": _("It is not what it claims to be."),
    "malformed-document": _("The file is damaged or is not a credential."),
    "malformed-credential": _("The file is damaged or is not the credential of a licence."),
    "malformed-compact": _("The code is damaged or is not that of a licence."),
    "malformed-proof": _("The signature in the file is damaged or of a kind that is not accepted."),
    "malformed-presentation": _("The file is damaged, or was made for somebody else."),
    "malformed-status-list": _("The list of withdrawn licences is damaged."),
    "invalid-signature": _("The content was altered, or signed by somebody else."),
    "issuer-mismatch": _("It was signed with a key that is not the authority's."),
    "unknown-issuer": _("Whoever signed it is not an authority of this register."),
    "key-not-usable": _(
        "It was signed with a key that is not accepted for this: withdrawn, out of date, or for another use."
    ),
    "proof-expired": _("The signature says itself that it is no longer good."),
    "not-mandated": _("Whoever signed it may not grant this kind of licence."),
    "could-not-check": _("Something needed for the check was not at hand. This says nothing about the licence."),
    "no-digits": _("The code only leads to a page, and nothing in it is signed: open the page."),
    "display-over": _(
        "This code was made for a screen and its minute is over. It may be a picture of a screen: have it shown again, and scan "
        "it there."
    ),
    "display-ahead": _("This code was made for a screen, later than the clock of this device says. Look at the clock."),
    "not-issued": _("No licence had this code when the data was made: it is false, or newer than the data."),
    "pack-refused": _("The inspector pack cannot be used. This says nothing about the licence."),
    "pack-malformed": _("This is no inspector pack, or one of another release."),
    "pack-altered": _("The inspector pack was altered on its way, or is not whole: get it anew."),
    "pack-other-key": _(
        "The inspector pack is signed by another key than the expected one. Do not use it; ask who runs the register."
    ),
    "pack-older": _("The inspector pack is older than the one that is there already."),
    "pack-expired": _("The inspector pack is too old to be used: get it anew."),
    "no-trust-data": _("Nothing says which keys to trust. This says nothing about the licence."),
    "key-unknown": _("The authority's key is newer than our data. This says nothing about the licence."),
    "status-unavailable": _("The status list is not at hand. This says nothing about the licence."),
    "context-unavailable": _("A definition that it uses is not installed here. This says nothing about the licence."),
    "context-unknown": _("It uses a definition that we do not know. This says nothing about what it states."),
    "beyond-bounds": _("It is larger or more entangled than what we check. This says nothing about what it states."),
    "fetch-failed": _("Something could not be fetched. This says nothing about the licence."),
    "unknown-method": _("It is signed in a way that we cannot check. This says nothing about the licence."),
    "resolution-failed": _("The keys of whoever signed it could not be found. This says nothing about the licence."),
    "stranger": _("Not altered since it was signed. Who signed it, this register does not know."),
    "no-credential": _("This licence has no signed credential yet."),
}

UNREADABLE: Mapping[str, str] = {
    "no-code": _(
        "No code was found in the picture. Take it again from straight in front, near enough that the code fills half of it, "
        "in good light and without shine; or type the licence number."
    ),
    "nothing-in-pdf": _(
        "Neither a code nor a signed licence was found on the first pages of the PDF. Photograph the code, or "
        "type the licence number."
    ),
    "heic": _(
        "This photo is in a format of some phones (HEIC) that cannot be opened here. Make a screenshot of it and send that, "
        "set the camera to JPEG (“Most compatible”), or type the licence number."
    ),
    "other-picture": _(
        "Pictures of this format cannot be opened here. Send a JPEG, PNG or WebP: a screenshot of the picture will do."
    ),
    "picture-too-large": _(
        "The picture has more points than can be opened here (50 million). Make a screenshot of it, or cut out the "
        "code, and send that."
    ),
    "file-too-large": _(
        "The file is larger than 12 MB. Send the photo in a smaller size, make a screenshot of it, or type the licence number."
    ),
    "picture-damaged": _("The picture is damaged or was not sent whole. Take it again, or type the licence number."),
    "pdf-locked": _(
        "The PDF is protected by a password, so it cannot be read. Photograph the code, or type the licence number."
    ),
    "pdf-damaged": _("The PDF is damaged or was not sent whole. Photograph the code, or type the licence number."),
    "too-much-time": _(
        "The file takes too long to be read. Make a screenshot of the code and send that, or type the licence number."
    ),
    "too-much-memory": _(
        "The file takes too much memory to be read. Make a screenshot of the code and send that, or type the licence number."
    ),
    "reader-died": _(
        "The file could not be read. This says nothing about the licence: make a screenshot of the code and send that, "
        "or type the number."
    ),
}
"""Why nothing was read from a picture or PDF, and what to do."""

_GENUINE_OTHERWISE: Mapping[Answer, str] = {
    Answer.YES: GENUINE_MEANING["signed-by-authority"],
    Answer.NO: GENUINE_MEANING["verification-failed"],
    Answer.UNKNOWN: GENUINE_MEANING["could-not-check"],
}
"""For a reason that has no sentence of its own."""

NOT_CHECKED: Mapping[str, str] = {
    "this-place": _("Whether the sign or paper before you belongs to this place: compare it with what is shown here."),
    "not-a-license": _("This file is no licence. It proves nothing about one."),
    "since-then": _("What happened after the data that was used was made."),
    "status-unavailable": _("Whether it was suspended or withdrawn: the list could not be read."),
    "status-unknown": _("A status of a kind that we cannot read."),
    "stranger": _("Who signed it, and whether they had the right to."),
    "related-resource": _("Whether other documents that it refers to are unchanged."),
    "expiry-not-stated": _("Until when it is valid: the authority has not published it."),
    "since-confirmed": _("What the authority decided but has not sent us yet."),
    "not-examined": _("Whether it is in force: that is looked at only for what is proven genuine."),
}

ACT: Mapping[str, str] = {
    ActKind.GRANT: _("Granted"),
    ActKind.RENEW: _("Renewed"),
    ActKind.AMEND: _("Amended"),
    ActKind.SUSPEND: _("Suspended"),
    ActKind.REINSTATE: _("Reinstated"),
    ActKind.REVOKE: _("Revoked"),
    ActKind.SURRENDER: _("Given up"),
    ActKind.CORRECT: _("Corrected"),
}

RECORD_CHANGE: Mapping[str, str] = {
    RecordChangeKind.STALE: _("No longer in the authority's list"),
    RecordChangeKind.CONFIRMED: _("In the authority's list again"),
    RecordChangeKind.WITHDRAWN: _("The list that it came in was taken back"),
    RecordChangeKind.RESTORED: _("Public again"),
}
RECORD_UNDONE = _("A list was taken back: all is again as it was before that list")
"""What happened to the record, when a list was published and when one was taken back. Nothing of it is said of the licence."""

LEVEL: Mapping[str, str] = {
    Level.CENTRAL: _("Central government"),
    Level.REGIONAL: _("Regional office"),
    Level.LOCAL: _("Local body"),
}

KEY_PURPOSE: Mapping[str, str] = {
    KeyPurpose.CREDENTIAL: _("Signs licences"),
    KeyPurpose.QR: _("Signs what the QR codes of licences hold"),
    KeyPurpose.STATUS_LIST: _("Signs the lists of what was suspended or withdrawn"),
}

KEY_STATUS: Mapping[str, str] = {
    KeyStatus.NEXT: _("not used yet"),
    KeyStatus.ACTIVE: _("in use"),
    KeyStatus.RETIRED: _("not used any more; what it signed holds"),
    KeyStatus.COMPROMISED: _("withdrawn, since others may have had it"),
}
"""Where a key is in its life."""

DISPLAY: Mapping[str, str] = {
    Display.IN_FORCE: _("Gazetted and in effect"),
    Display.NOT_YET: _("Gazetted, not yet in effect"),
    Display.DAY_UNKNOWN: _("Gazetted; from when it is in effect is not known"),
    Display.NO_REFERENCE: _("Said to be gazetted; reference missing"),
    Display.NOT_GAZETTED: _("Announced; no publication in the Royal Gazette is known"),
    Display.NOT_ANNOUNCED: _("No announcement is known"),
}
"""Whether electronic display may be relied on."""

FREQUENCY: Mapping[str, str] = {
    Frequency.DAILY: _("every day"),
    Frequency.WEEKLY: _("every week"),
    Frequency.MONTHLY: _("every month"),
    Frequency.QUARTERLY: _("every three months"),
    Frequency.YEARLY: _("every year"),
}
"""How often an authority promises to send its list."""

FRESHNESS: Mapping[str, str] = {
    Freshness.KEPT: _("On time"),
    Freshness.LATE: _("Late"),
    Freshness.NOT_PROMISED: _("Nothing was promised"),
}

FACET: Mapping[str, str] = {
    "ministry": _("Ministry"),
    "authority": _("Licensing authority"),
    "type": _("Type of licence"),
    "province": _("Province"),
    "district": _("District"),
    "status": _("Status"),
    "activity": _("Activity"),
    "holder": _("Company"),
    "incomplete": _("Completeness"),
    "finding": _("In the authority's last list"),
}
"""By what a list can be narrowed."""

INCOMPLETE = _("an item of the licence is missing")
FINDING: Mapping[str, str] = {
    Gravity.BLOCKS: _("red, not published as it was sent"),
    Gravity.WARNS: _("yellow, to be checked"),
    Gravity.INFORMS: _("blue, for information"),
}
"""What was found about a licence in its authority's last list."""

SORT: Mapping[str, str] = {
    "newest": _("Newest here first"),
    "name": _("By name"),
    "changed": _("Last changed first"),
}
"""In what order a list stands."""

DISCLOSURE: Mapping[str, str] = {
    Disclosure.PUBLIC: _("in full"),
    Disclosure.MASKED: _("in part"),
    Disclosure.RESTRICTED: _("not shown"),
}
"""How much of an item of a natural person is shown."""

TONE: Mapping[str, str] = {
    Status.ACTIVE: "good",
    Status.PENDING: "wait",
    Status.EXPIRED: "bad",
    Status.SUSPENDED: "bad",
    Status.REVOKED: "bad",
    Status.SURRENDERED: "bad",
    Status.SUPERSEDED: "wait",
    Status.UNKNOWN: "wait",
    "withdrawn": "bad",
}
"""The colour class of a status; the words always stand beside it. Anything else is "wait": never green by accident."""


@dataclass(frozen=True, slots=True)
class Band:
    """What a reader sees first: a colour class, a few words and a sentence, both still to be translated."""

    tone: str
    words: str
    meaning: str


def band(verdict: Verdict) -> Band:
    """The first impression of a verdict. It is "good" only for what is both proven genuine and in force."""
    status = verdict.in_force.code
    match verdict.genuine.answer:
        case Answer.UNKNOWN if is_stranger(verdict):
            return Band("wait", STRANGER, GENUINE_MEANING["stranger"])
        case Answer.UNKNOWN if verdict.genuine.code == "not-a-credential":
            return Band("wait", NOT_A_CREDENTIAL, genuine_meaning(verdict.genuine))
        case Answer.YES:
            return Band(in_force_tone(verdict), STATUS[status], MEANING[status])
        case Answer.NO:
            return Band("bad", GENUINE[Answer.NO], genuine_meaning(verdict.genuine))
        case Answer.UNKNOWN if verdict.in_force.answer is Answer.NO:
            return Band(in_force_tone(verdict), STATUS[status], MEANING[status])
        case Answer.UNKNOWN:
            return Band("wait", GENUINE[Answer.UNKNOWN], genuine_meaning(verdict.genuine))


def is_stranger(verdict: Verdict) -> bool:
    """Whether it is well signed by an issuer that is none of the register's authorities."""
    return verdict.issuer.code == "stranger"


def genuine_words(verdict: Verdict) -> str:
    """Whether it is genuine, in a few words."""
    return STRANGER_SIGNED if is_stranger(verdict) else GENUINE[verdict.genuine.answer]


def genuine_meaning(part: Part) -> str:
    """The sentence for the reason why something is genuine, is not, or could not be checked."""
    return GENUINE_MEANING.get(part.code, _GENUINE_OTHERWISE[part.answer])


def in_force_meaning(verdict: Verdict) -> str:
    """The sentence for the status: "may be used" is said only of what is proven genuine."""
    if verdict.in_force.answer is Answer.YES and verdict.genuine.answer is not Answer.YES:
        return STRANGER_SAYS if is_stranger(verdict) else UNPROVEN
    return MEANING[verdict.in_force.code]


def not_checked(part: Part) -> str:
    """The sentence for what was not checked; an unexpected reason is one why something could not be checked."""
    return NOT_CHECKED.get(part.code) or genuine_meaning(part)


def record_change(change: RecordChange) -> str:
    """The sentence for what happened to a record."""
    is_kept = change.is_undoing and change.kind is not RecordChangeKind.WITHDRAWN
    return RECORD_UNDONE if is_kept else RECORD_CHANGE[change.kind]


def genuine_tone(verdict: Verdict) -> str:
    """The colour class of the line on genuineness."""
    return {Answer.YES: "good", Answer.NO: "bad", Answer.UNKNOWN: "wait"}[verdict.genuine.answer]


def in_force_tone(verdict: Verdict) -> str:
    """The colour class of the line on the status: what is not proven genuine does not look good here either."""
    tone = TONE.get(verdict.in_force.code, "wait")
    both = verdict.genuine.answer is Answer.YES and verdict.in_force.answer is Answer.YES
    return "wait" if tone == "good" and not both else tone
