"""What a licence's page has for its licensee: posters to print, and the badge to embed."""

from registry.poster.badge import SIZES, Style, badge_of, lasting_alt
from registry.poster.poster import Size, has_poster
from registry.poster.standing import Standing
from registry.register import Register
from registry.translation import Language, translate
from registry.translation import marked as _
from registry.web.badges import snippet
from registry.web.pages import LicensePage

SIZE_WORDS = {Size.A4: _("Poster A4"), Size.A5: _("Poster A5"), Size.STICKER: _("Sticker 100 × 150 mm")}


def licensee_section(register: Register, page: LicensePage, lang: Language) -> dict[str, object]:
    """What the section shows, beside the page itself."""
    standing = Standing(
        license=page.license,
        license_type=page.license_type,
        authority=page.authority,
        check_id=page.record.check_id,
        verdict=page.verdict,
        day=register.today(),
        is_demo=register.is_demo(),
    )
    alt = badge_of(standing, register.base.partition("://")[2], lang).alt
    is_in_force, lacks_credential = has_poster(page.record, page.status), page.verdict.genuine.code == "no-credential"
    width, height = SIZES[Style.STANDARD]
    return {
        "can_have_poster": is_in_force and not lacks_credential,
        "lacks_credential": is_in_force and lacks_credential,
        "posters": [(size.value, translate(lang, words)) for size, words in SIZE_WORDS.items()],
        "badge_alt": alt,
        "badge_html": snippet(page.record.check_id, lasting_alt(standing, lang), register.base, lang, width, height),
    }
