"""Laws, as the license types name them: an act and those of its sections that licences are granted under."""

from collections.abc import Iterable
from dataclasses import dataclass

from vocab.authority import LegalProvision, LicenseType
from vocab.license import LocalText


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """An act. `provisions` are its sections that some type is granted under, and the act itself where a type names no section;
    `title` is None where none of them tells it."""

    code: str
    title: LocalText | None
    provisions: tuple[LegalProvision, ...]

    def provision(self, code: str) -> LegalProvision | None:
        return next((each for each in self.provisions if each.code == code), None)


def law_code(provision_code: str) -> str:
    """The code of the act that a provision is of: `pha-2535` of `pha-2535/s38`."""
    return provision_code.partition("/")[0]


def laws(types: Iterable[LicenseType]) -> dict[str, Law]:
    """The acts that the legal bases of these types name, by code. Where a provision is described twice, the first one counts."""
    provisions: dict[str, LegalProvision] = {}
    for license_type in types:
        for provision in license_type.legal_basis:
            provisions.setdefault(provision.code, provision)
    grouped: dict[str, list[LegalProvision]] = {}
    for code in sorted(provisions):
        grouped.setdefault(law_code(code), []).append(provisions[code])
    return {code: Law(code=code, title=_title(code, found), provisions=tuple(found)) for code, found in grouped.items()}


def _title(code: str, provisions: list[LegalProvision]) -> LocalText | None:
    """The act's own title: as declared, or what stands before the section in the title of one of its sections."""
    for provision in provisions:
        if provision.code == code:
            return provision.title
    for provision in provisions:
        if not provision.section:
            continue
        th = _before(provision.title.th, f"มาตรา {provision.section}")
        en = _before(provision.title.en, f"section {provision.section}")
        if th or en:
            return LocalText(th=th, en=en)
    return None


def _before(title: str, end: str) -> str:
    return title.removesuffix(end).rstrip(" ,") if title.endswith(end) else ""
