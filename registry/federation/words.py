"""The words for why a record does not agree with its authority's own register."""

from collections.abc import Mapping

from registry.federation.states import STALE_THERE
from registry.original import Original
from registry.translation import Language, translate
from registry.translation import marked as _
from registry.web.wording import STATUS

REASONS: Mapping[str, str] = {
    "refused": _("What the authority's own register says of this licence could not be proven: %(step)s."),
    "gone": _("The authority's own register does not have this licence any more."),
    "differs": _("The authority's own register says “%(theirs)s”, and here it is “%(ours)s”."),
    "newer": _("The authority's own register has a newer version, which could not be published here yet."),
    STALE_THERE: _("The authority's own register is not sure of this licence itself."),
    "feed-rewritten": _("The authority's own register has changed what it had told before."),
    "dump-contradicts": _("The authority's own register contradicts itself."),
}
"""By the code of a reason (`registry.federation.agreement`). `theirs` and `ours` are statuses, `step` is one of `STEPS`."""
STEPS: Mapping[str, str] = {
    "digest": _("its credential is not the one that was announced"),
    "document": _("its document cannot be read"),
    "credential": _("it is not signed as it must be"),
    "status": _("what is signed does not bear its status out"),
    "face": _("what stands on it cannot be read here"),
}


def reason_in(lang: Language, original: Original) -> str:
    """Why the record is stale, in a sentence; empty where it agrees."""
    if not original.reason:
        return ""
    details = {name: _word(lang, name, value) for name, value in original.details.items()}
    return translate(lang, REASONS[original.reason], **details)


def _word(lang: Language, name: str, value: str) -> str:
    words = STEPS if name == "step" else STATUS
    return translate(lang, words[value]) if value in words else value
