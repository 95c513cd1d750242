"""What is active in a PDF: scripts, actions, attachments, forms and media, wherever in the file they stand.

Names are those of ISO 32000-2; the sections are named where each is described.
"""

from collections.abc import Iterator
from pathlib import Path

import pikepdf

from registry.access.pdf.found import Active

MAX_OBJECTS = 200_000
MAX_DEPTH = 60
MOST_FOUND = 20

# 12.6.4: every kind of action that does more than to turn to a page of this document or to open a web address.
_ACTIONS = {
    "/JavaScript": "a script (JavaScript)",
    "/Launch": "an action that starts a program (Launch)",
    "/GoToR": "an action that opens another document (GoToR)",
    "/GoToE": "an action that opens an attached document (GoToE)",
    "/GoToDp": "an action that opens a part of another document (GoToDp)",
    "/SubmitForm": "a form that sends what is typed (SubmitForm)",
    "/ResetForm": "a form with actions (ResetForm)",
    "/ImportData": "an action that reads in data (ImportData)",
    "/Rendition": "media (Rendition)",
    "/Movie": "a film (Movie)",
    "/Sound": "a sound (Sound)",
    "/RichMediaExecute": "media (RichMediaExecute)",
    "/Trans": "an effect (Trans)",
    "/GoTo3DView": "a model (GoTo3DView)",
    "/SetOCGState": "an action that shows and hides layers (SetOCGState)",
    "/Hide": "an action that shows and hides (Hide)",
    "/Named": "an action of the program that shows it (Named)",
    "/Thread": "an action that leads elsewhere (Thread)",
}
_HARMLESS_ACTIONS = frozenset({"/GoTo", "/URI"})
# 12.5.6: annotations that hold or play something.
_ANNOTATIONS = {
    "/FileAttachment": "an attached file (FileAttachment)",
    "/RichMedia": "media (RichMedia)",
    "/Screen": "media (Screen)",
    "/Movie": "a film (Movie)",
    "/Sound": "a sound (Sound)",
    "/3D": "a model (3D)",
    "/PS": "a PostScript program (PS)",
}
_KEYS = {
    "/JS": "a script (JS)",
    "/EmbeddedFiles": "attached files (EmbeddedFiles)",
    "/EF": "an attached file (EF)",
    "/XFA": "a form of another kind (XFA)",
    "/RichMediaContent": "media (RichMediaContent)",
    "/RichMediaSettings": "media (RichMediaSettings)",
    "/Collection": "a collection of files (Collection)",
    "/Renditions": "media (Renditions)",
    "/NeedsRendering": "a form of another kind (NeedsRendering)",
    "/OPI": "a picture from outside (OPI)",
}
_ROOT = {"/AF": "attached files (AF)", "/Requirements": "what the reading program must do (Requirements)"}
_TYPES = {"/EmbeddedFile": "an attached file (EmbeddedFile)", "/Filespec": "a reference to a file (Filespec)"}


class Unreadable(ValueError):
    """This is no PDF that can be looked through whole. Says why."""


def active_content(path: Path) -> list[Active]:
    """What is active in the PDF at `path`, some of it where there is much; empty for one that only shows something.

    Raises `Unreadable` for what is damaged, encrypted, or no PDF from its first byte to its last.
    """
    _require_plain(path)
    try:
        # Without recovery: of a damaged file two programs may see two different documents.
        with pikepdf.open(path, attempt_recovery=False, suppress_warnings=True, inherit_page_attributes=False) as pdf:
            if pdf.is_encrypted:
                raise Unreadable("it is encrypted or protected by a password")
            if len(pdf.pages) == 0:
                raise Unreadable("it has no pages")
            if len(pdf.objects) > MAX_OBJECTS:
                raise Unreadable(f"it has more than {MAX_OBJECTS} objects")
            found = _all(pdf)
            problems = pdf.get_warnings()
            if problems:
                raise Unreadable("it is damaged")
            return found
    except pikepdf.PasswordError as error:
        raise Unreadable("it is encrypted or protected by a password") from error
    except pikepdf.PdfError as error:
        raise Unreadable("it is damaged, or no PDF") from error


def _require_plain(path: Path) -> None:
    """Raises `Unreadable` for what is something else too: a file can be a PDF to one program and a web page to another."""
    with path.open("rb") as file:
        head = file.read(16)
        size = file.seek(0, 2)
        file.seek(max(0, size - 64))
        tail = file.read()
    if not head.startswith((b"%PDF-1.", b"%PDF-2.")):
        raise Unreadable("it does not begin as a PDF does (%PDF-1.7)")
    if not tail.rstrip(b"\r\n\t \0").endswith(b"%%EOF"):
        raise Unreadable("it does not end as a PDF does (%%EOF)")


def _all(pdf: pikepdf.Pdf) -> list[Active]:
    found: list[Active] = []
    for active in _each(pdf):
        if active not in found:
            found.append(active)
        if len(found) >= MOST_FOUND:
            break
    return found


def _each(pdf: pikepdf.Pdf) -> Iterator[Active]:
    yield from _in_catalog(pdf)
    for item in pdf.objects:
        number, _generation = item.objgen
        for what in _in_object(item, 0):
            yield Active(str(number), what)


def _in_catalog(pdf: pikepdf.Pdf) -> Iterator[Active]:
    """7.7.2: what happens when the document is opened, and what belongs to all of it."""
    root = pdf.Root
    place = str(root.objgen[0])
    opening = root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != pikepdf.Name.GoTo:
        yield Active(place, "an action when it is opened (OpenAction)")
    if "/AA" in root:
        yield Active(place, "an action by itself (AA)")
    for key, what in _ROOT.items():
        if key in root:
            yield Active(place, what)


def _in_object(item: object, depth: int) -> Iterator[str]:
    """What is active in an object itself; what it refers to is an object of its own."""
    if depth > MAX_DEPTH:
        raise Unreadable("its objects stand in each other too deeply")
    if isinstance(item, pikepdf.Stream):
        dictionary = item.stream_dict
        if "/F" in dictionary:
            # 7.3.8.2: then the stream's data is in another file.
            yield "data from outside (F)"
        if "/Ref" in dictionary:
            yield "a page from another document (Ref)"
        yield from _in_dictionary(dictionary, depth)
    elif isinstance(item, pikepdf.Dictionary):
        yield from _in_dictionary(item, depth)
    elif isinstance(item, pikepdf.Array):
        for each in item:
            if not _is_elsewhere(each):
                yield from _in_object(each, depth + 1)


def _in_dictionary(item: pikepdf.Object, depth: int) -> Iterator[str]:
    yield from _by_name(item)
    for key, value in item.items():
        if key in _KEYS and not _is_resource(value):
            yield _KEYS[key]
        if key == "/AA" and isinstance(value, pikepdf.Dictionary) and not _is_resource(value) and len(value) > 0:
            yield "an action by itself (AA)"
        if not _is_elsewhere(value):
            yield from _in_object(value, depth + 1)


def _by_name(item: pikepdf.Object) -> Iterator[str]:
    """By what the dictionary itself says that it is."""
    action, subtype, kind = (_name(item.get(key)) for key in ("/S", "/Subtype", "/Type"))
    if action in _ACTIONS and (kind in {"", "/Action"}):
        yield _ACTIONS[action]
    elif kind == "/Action" and action not in _HARMLESS_ACTIONS:
        yield f"an action of a kind that is not known ({action[:40] or 'none'})"
    if subtype in _ANNOTATIONS:
        yield _ANNOTATIONS[subtype]
    if kind in _TYPES:
        yield _TYPES[kind]
    if action == "/URI" and not str(item.get("/URI", "")).lower().startswith(
        ("https://", "http://", "mailto:", "tel:")
    ):
        yield "a link to something else than a web page (URI)"


def _is_elsewhere(value: object) -> bool:
    """Whether a value is an object of its own, which is looked at by itself."""
    return isinstance(value, pikepdf.Object) and value.is_indirect


def _name(value: object) -> str:
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _is_resource(value: object) -> bool:
    """Whether a value is a font or picture, whose name its maker chooses freely."""
    if isinstance(value, pikepdf.Stream):
        return (
            _name(value.stream_dict.get("/Type")) in _RESOURCES
            or _name(value.stream_dict.get("/Subtype")) in _RESOURCES
        )
    return isinstance(value, pikepdf.Dictionary) and _name(value.get("/Type")) in _RESOURCES


_RESOURCES = frozenset(
    {"/Font", "/XObject", "/Image", "/Form", "/ExtGState", "/Pattern", "/ColorSpace", "/FontDescriptor"}
)
