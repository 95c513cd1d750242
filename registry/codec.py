"""Nouns to JSON text and back, for the tables. The same value always gives the same text, so texts can be compared."""

from typing import Any, TypeVar, get_origin

import orjson
from cattrs import BaseValidationError, transform_error
from cattrs.preconf.orjson import OrjsonConverter, make_converter
from cattrs.strategies import configure_tagged_union
from cattrs.v import format_exception

from vocab.iri import LicenseIri, parse_license_tail
from vocab.license import Licensee

Noun = TypeVar("Noun")


class Codec:
    """Reads and writes the nouns of the instance at `base`. Licence IRIs are stored by their tail."""

    def __init__(self, base: str) -> None:
        self._converter = converter(detailed=False)
        self._converter.register_unstructure_hook(LicenseIri, lambda iri: iri.tail)
        self._converter.register_structure_hook(LicenseIri, lambda tail, _: parse_license_tail(base, tail))

    def dump(self, noun: object) -> str:
        """`noun` as JSON text with sorted keys; fields that have their default are left out."""
        return self._converter.dumps(noun, option=orjson.OPT_SORT_KEYS).decode()

    def load(self, text: str, noun: type[Noun]) -> Noun:
        """The `noun` in `text`. Raises what cattrs raises: what we wrote ourselves does not fail."""
        return self._converter.loads(text, noun)


def converter(*, detailed: bool = True) -> OrjsonConverter:
    """A strict converter for the nouns of `vocab`: unknown keys are refused. `detailed`: with `causes` of what is wrong."""
    made = make_converter(omit_if_default=True, forbid_extra_keys=True, detailed_validation=detailed)
    # A set has no order of its own, and texts of the same value must be the same.
    made.register_unstructure_hook_func(_is_set, sorted)
    configure_tagged_union(Licensee, made, tag_name="kind")
    return made


def _is_set(kind: Any) -> bool:
    return get_origin(kind) is frozenset


def causes(error: BaseValidationError, path: str) -> str:
    """What is wrong and where, in the words of the nouns themselves: what was read and what was expected."""
    return "; ".join(transform_error(error, path=path, format_exception=_described))


def _described(error: BaseException, kind: type[Any] | None) -> str:
    # cattrs says only "invalid value" for these, and hides what our own nouns say.
    return str(error) if isinstance(error, ValueError | TypeError) and str(error) else format_exception(error, kind)
