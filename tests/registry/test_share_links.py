"""Share links, as people copy them, and the file behind each."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.exchange.share_links import LinkRefused, download_address

ID = "1AbCdEfGhIjKlMnOpQrStUvWxYz-0123456789_ABCDE"
PUBLISHED = "e/2PACX-1vQabcdefghijklmnop_QRSTUVWXYZ"
SHEETS = "https://docs.google.com/spreadsheets"
DRIVE = f"https://drive.usercontent.google.com/download?id={ID}&export=download&confirm=t"
GOOGLE = frozenset({"*.googleusercontent.com"})


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        (f"{SHEETS}/d/{ID}/edit?usp=sharing", f"{SHEETS}/d/{ID}/export?format=csv"),
        (f"{SHEETS}/d/{ID}/edit#gid=0", f"{SHEETS}/d/{ID}/export?format=csv&gid=0"),
        (f"{SHEETS}/d/{ID}/edit?gid=1234567#gid=1234567", f"{SHEETS}/d/{ID}/export?format=csv&gid=1234567"),
        (f"{SHEETS}/d/{ID}/edit?usp=drivesdk", f"{SHEETS}/d/{ID}/export?format=csv"),
        (f"{SHEETS}/d/{ID}", f"{SHEETS}/d/{ID}/export?format=csv"),
        (f"{SHEETS}/d/{ID}/", f"{SHEETS}/d/{ID}/export?format=csv"),
        (f"{SHEETS}/d/{ID}/view#gid=8", f"{SHEETS}/d/{ID}/export?format=csv&gid=8"),
        (f"{SHEETS}/d/{ID}/htmlview", f"{SHEETS}/d/{ID}/export?format=csv"),
        (f"{SHEETS}/d/{ID}/preview", f"{SHEETS}/d/{ID}/export?format=csv"),
        (f"{SHEETS}/u/1/d/{ID}/edit#gid=3", f"{SHEETS}/d/{ID}/export?format=csv&gid=3"),
        (f"https://docs.google.com/a/agency.go.th/spreadsheets/d/{ID}/edit", f"{SHEETS}/d/{ID}/export?format=csv"),
        (f"{SHEETS}/d/{ID}/edit?resourcekey=0-abc", f"{SHEETS}/d/{ID}/export?format=csv&resourcekey=0-abc"),
        (f"{SHEETS}/d/{ID}/edit#gid=1&range=A1:B2", f"{SHEETS}/d/{ID}/export?format=csv&gid=1"),
        (f"{SHEETS}/d/{ID}/edit#gid=x", f"{SHEETS}/d/{ID}/export?format=csv"),
        (f" {SHEETS}/d/{ID}/edit\n", f"{SHEETS}/d/{ID}/export?format=csv"),
        (f"{SHEETS}/d/{PUBLISHED}/pubhtml", f"{SHEETS}/d/{PUBLISHED}/pub?output=csv"),
        (
            f"{SHEETS}/d/{PUBLISHED}/pubhtml?gid=5&single=true",
            f"{SHEETS}/d/{PUBLISHED}/pub?output=csv&single=true&gid=5",
        ),
        # Whoever has found the address of the file already knows what they want.
        (
            f"{SHEETS}/d/{PUBLISHED}/pub?gid=5&single=true&output=csv",
            f"{SHEETS}/d/{PUBLISHED}/pub?gid=5&single=true&output=csv",
        ),
        (f"{SHEETS}/d/{ID}/export?format=xlsx", f"{SHEETS}/d/{ID}/export?format=xlsx"),
        (f"{SHEETS}/d/{ID}/gviz/tq?tqx=out:csv&sheet=A", f"{SHEETS}/d/{ID}/gviz/tq?tqx=out:csv&sheet=A"),
        # An Excel file that Google shows as a sheet.
        (f"{SHEETS}/d/{ID}/edit?usp=sharing&ouid=1&rtpof=true&sd=true", DRIVE),
        (f"https://drive.google.com/file/d/{ID}/view?usp=sharing", DRIVE),
        (f"https://drive.google.com/file/d/{ID}/view?usp=drive_link", DRIVE),
        (f"https://drive.google.com/file/u/0/d/{ID}/edit", DRIVE),
        (f"https://drive.google.com/open?id={ID}", DRIVE),
        (f"https://drive.google.com/uc?id={ID}&export=download", DRIVE),
        (f"https://docs.google.com/uc?export=download&id={ID}", DRIVE),
        (f"https://drive.usercontent.google.com/download?id={ID}&export=download&authuser=0", DRIVE),
        (f"https://drive.google.com/file/d/{ID}/view?resourcekey=0-abc", f"{DRIVE}&resourcekey=0-abc"),
    ],
)
def test_google(link: str, wanted: str) -> None:
    found = download_address(link)
    assert (found.url, found.hosts) == (wanted, GOOGLE)
    assert download_address(found.url) == found, "what is fetched stays as it is"


@pytest.mark.parametrize(
    "link",
    [
        "https://1drv.ms/x/s!AbCdEfGhIjKlMnOp?e=qRsTuV",
        "https://1drv.ms/x/c/0123456789abcdef/EabcdefGHIJKL_mnop-qr?e=abc",
        "https://onedrive.live.com/?id=ABCDEF0123456789%21123&cid=ABCDEF0123456789",
        "https://onedrive.live.com/redir?resid=1231244193912!12&authKey=1201919!12921!1",
        "https://onedrive.live.com/edit.aspx?resid=ABC!1&ithint=file%2cxlsx&authkey=!AB",
    ],
)
def test_onedrive(link: str) -> None:
    """Encoded as the documentation of the OneDrive API says."""
    found = download_address(link)
    share = found.url.removeprefix("https://api.onedrive.com/v1.0/shares/u!").removesuffix("/root/content")
    assert "=" not in share
    assert base64.urlsafe_b64decode(share + "=" * (-len(share) % 4)).decode() == link
    assert "onedrive.live.com" in found.hosts
    assert "*.1drv.com" in found.hosts


def test_onedrive_as_in_its_documentation() -> None:
    link = "https://onedrive.live.com/redir?resid=1231244193912!12&authKey=1201919!12921!1"
    assert download_address(link).url == (
        "https://api.onedrive.com/v1.0/shares/u!aHR0cHM6Ly9vbmVkcml2ZS5saXZlLmNvbS9yZWRpcj9yZXNpZD0xMjMxMjQ0MTkzOTEyITEyJmF1dGhLZX"
        "k9MTIwMTkxOSExMjkyMSEx/root/content"
    )


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        (
            "https://onedrive.live.com/embed?resid=ABC%21106&authkey=!AFG&em=2",
            "https://onedrive.live.com/download?resid=ABC%21106&authkey=!AFG&em=2",
        ),
        (
            "https://onedrive.live.com/download?resid=ABC%21106&authkey=!AFG",
            "https://onedrive.live.com/download?resid=ABC%21106&authkey=!AFG",
        ),
        (
            "https://agency-my.sharepoint.com/:x:/g/personal/someone_agency_go_th/EabcDEF_gh-i?e=AbC123",
            "https://agency-my.sharepoint.com/:x:/g/personal/someone_agency_go_th/EabcDEF_gh-i?e=AbC123&download=1",
        ),
        ("https://agency.sharepoint.com/:x:/s/team/Eabc", "https://agency.sharepoint.com/:x:/s/team/Eabc?download=1"),
        (
            "https://agency.sharepoint.com/:x:/s/team/Eabc?download=1",
            "https://agency.sharepoint.com/:x:/s/team/Eabc?download=1",
        ),
    ],
)
def test_onedrive_for_work_and_embedded(link: str, wanted: str) -> None:
    assert download_address(link).url == wanted


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        ("https://www.agency.go.th/data/list.csv?v=1#top", "https://www.agency.go.th/data/list.csv?v=1"),
        (
            "https://data.go.th/dataset/x/resource/y/download/z.xlsx",
            "https://data.go.th/dataset/x/resource/y/download/z.xlsx",
        ),
        ("https://www.agency.go.th/แฟ้ม/รายชื่อ.csv", "https://www.agency.go.th/แฟ้ม/รายชื่อ.csv"),
        # Hosts that only look like those of a service.
        (
            f"https://docs.google.com.evil.example/spreadsheets/d/{ID}/edit",
            f"https://docs.google.com.evil.example/spreadsheets/d/{ID}/edit",
        ),
        ("https://evil.example/:x:/agency.sharepoint.com", "https://evil.example/:x:/agency.sharepoint.com"),
        ("https://evilsharepoint.com/:x:/g/x", "https://evilsharepoint.com/:x:/g/x"),
    ],
)
def test_anything_else_is_fetched_as_it_is(link: str, wanted: str) -> None:
    found = download_address(link)
    assert (found.url, found.hosts) == (wanted, frozenset())


@pytest.mark.parametrize(
    ("link", "word"),
    [
        ("https://drive.google.com/drive/folders/1AbCdEfGhIjKlMnOp?usp=sharing", "folder"),
        ("https://drive.google.com/drive/my-drive", "no file is named"),
        ("https://drive.google.com/open?id=../../x", "no file is named"),
        ("https://docs.google.com/document/d/1AbCdEfGhIjKlMnOp/edit", "no sheet"),
        ("https://docs.google.com/forms/d/1AbCdEfGhIjKlMnOp/edit", "no sheet"),
        ("https://docs.google.com/spreadsheets/", "no sheet"),
        ("https://onedrive.live.com/", "no file is named"),
        ("https://1drv.ms", "no file is named"),
        ("https://[::1", "no address"),
    ],
)
def test_a_link_without_a_file_is_refused_in_words(link: str, word: str) -> None:
    with pytest.raises(LinkRefused, match=word):
        download_address(link)


@given(
    st.sampled_from([SHEETS, "https://drive.google.com", "https://1drv.ms", "https://x-my.sharepoint.com", ""]),
    st.text(max_size=60),
)
def test_any_text_is_an_address_or_refused(head: str, text: str) -> None:
    try:
        found = download_address(head + text)
    except LinkRefused:
        return
    assert found.url.isprintable() or not (head + text).isprintable()
