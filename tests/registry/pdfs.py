"""PDFs for tests: one that only shows something, and the same with something active in it."""

from collections.abc import Callable
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String


def plain(text: str = "A licence") -> Pdf:
    """A page with a line of text, as a word processor makes it: with a font, a link to a web page and a form field."""
    pdf = Pdf.new()
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=[0, 0, 9, 9],
        A=Dictionary(S=Name.URI, URI=String("https://www.example.go.th/")),
    )
    page = Dictionary(
        Type=Name.Page,
        MediaBox=[0, 0, 595, 842],
        Resources=Dictionary(Font=Dictionary({"/F1": font, "/JS": font, "/AA": font})),
        Contents=Stream(pdf, f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode()),
        Annots=Array([pdf.make_indirect(link)]),
    )
    pdf.pages.append(pikepdf.Page(page))
    # Every second program opens its documents at the top of the first page.
    pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])
    pdf.Root.AcroForm = Dictionary(Fields=Array())
    return pdf


def bytes_of(pdf: Pdf, **options: object) -> bytes:
    out = BytesIO()
    pdf.save(out, deterministic_id="encryption" not in options, **options)  # type: ignore[arg-type]
    return out.getvalue()


def good(text: str = "A licence") -> bytes:
    return bytes_of(plain(text))


Change = Callable[[Pdf], object]


def js() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _set(place: str, key: str, value: Callable[[Pdf], object]) -> Change:
    def change(pdf: Pdf) -> None:
        target = pdf.Root if place == "root" else pdf.pages[0].obj
        target[key] = value(pdf)

    return change


def _annotation(**members: object) -> Change:
    def change(pdf: Pdf) -> None:
        annotation = Dictionary(
            {"/Type": Name.Annot, "/Rect": [0, 0, 9, 9], **{f"/{key}": each for key, each in members.items()}}
        )
        pdf.pages[0].obj.Annots.append(pdf.make_indirect(annotation))

    return change


def _attached(pdf: Pdf) -> None:
    pdf.attachments["a.exe"] = b"MZ"


def _next(pdf: Pdf) -> None:
    _annotation(Subtype=Name.Link, A=Dictionary(S=Name.GoTo, D=String("x"), Next=Array([js()])))(pdf)


def _outside(pdf: Pdf) -> None:
    pdf.pages[0].obj.Contents.stream_dict[Name.F] = String("other.bin")


def _orphan(pdf: Pdf) -> None:
    pdf.Root[Name("/X")] = pdf.make_indirect(Dictionary(Y=Array([Array([Dictionary(Z=js())])])))


ACTIVE: dict[str, tuple[Change, str]] = {
    "script when opened": (_set("root", "/OpenAction", lambda pdf: js()), "OpenAction"),
    "program when opened": (
        _set("root", "/OpenAction", lambda pdf: Dictionary(S=Name.Launch, F=String("cmd.exe"))),
        "Launch",
    ),
    "script by name": (
        _set(
            "root",
            "/Names",
            lambda pdf: Dictionary(JavaScript=Dictionary(Names=Array([String("a"), pdf.make_indirect(js())]))),
        ),
        "JavaScript",
    ),
    "by itself, document": (_set("root", "/AA", lambda pdf: Dictionary(WC=js())), "AA"),
    "by itself, page": (_set("page", "/AA", lambda pdf: Dictionary(O=Dictionary(S=Name.GoTo, D=String("x")))), "AA"),
    "attached": (_attached, "EmbeddedFile"),
    "attached to a place": (_annotation(Subtype=Name.FileAttachment, FS=Dictionary(F=String("x"))), "FileAttachment"),
    "associated": (_set("root", "/AF", lambda pdf: Array()), "AF"),
    "rich media": (_annotation(Subtype=Name.RichMedia), "RichMedia"),
    "film": (_annotation(Subtype=Name.Screen), "Screen"),
    "model": (_annotation(Subtype=Name("/3D")), "3D"),
    "form of another kind": (
        _set("root", "/AcroForm", lambda pdf: Dictionary(Fields=Array(), XFA=String("<xdp/>"))),
        "XFA",
    ),
    "form that is sent": (
        _annotation(Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm, F=String("https://x.example/"))),
        "SubmitForm",
    ),
    "data read in": (_annotation(Subtype=Name.Link, A=Dictionary(S=Name.ImportData, F=String("x"))), "ImportData"),
    "another document": (_annotation(Subtype=Name.Link, A=Dictionary(S=Name.GoToR, F=String("x"))), "GoToR"),
    "an attached document": (_annotation(Subtype=Name.Link, A=Dictionary(S=Name.GoToE)), "GoToE"),
    "link to a script": (_annotation(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("javascript:x"))), "URI"),
    "unknown action": (_annotation(Subtype=Name.Link, A=Dictionary(Type=Name.Action, S=Name.Zzz)), "not known"),
    "next action": (
        _next,
        "JavaScript",
    ),
    "data from outside": (_outside, "(F)"),
    "portfolio": (_set("root", "/Collection", lambda pdf: Dictionary()), "Collection"),
    "deep inside of what nobody uses": (_orphan, "JavaScript"),
}
"""By what is active: the change that makes it so, and what is found."""


def active(name: str) -> bytes:
    pdf = plain()
    ACTIVE[name][0](pdf)
    return bytes_of(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)
