"""The seals of authorities: read from a file at `declare`, set anew as a picture of ours, and stored."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.poster.typesetting import Form, Job, Typesetter, TypesettingFailed
from registry.tables import AuthorityRow, AuthoritySealRow

MOST_BYTES = 1 << 20
_PNG = b"\x89PNG\r\n\x1a\n"


class SealRefused(ValueError):
    """The file of a seal cannot be used. Says why."""


def read_seal(path: Path) -> bytes:
    """The seal in a PNG or SVG file, as a PNG that was made here. Raises `SealRefused`.

    The file is looked at by a process without files and with limits only (`registry.poster.typesetting`); nothing of it is kept
    but how it looks.
    """
    try:
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SealRefused(f"{path}: {error.strerror}") from error
    if len(body) > MOST_BYTES:
        raise SealRefused(f"{path}: a seal has at most {MOST_BYTES:,} bytes")
    kind = "png" if body.startswith(_PNG) else "svg" if b"<svg" in body[:4096] else ""
    if not kind:
        raise SealRefused(f"{path}: a seal is a PNG or an SVG file")
    with Typesetter() as typesetter:
        try:
            made = typesetter.set(
                Job(template="seal", form=Form.PNG, files={"seal": body, "kind.json": f'"{kind}"'.encode()})
            )
        except TypesettingFailed as error:
            raise SealRefused(f"{path}: the picture cannot be drawn ({error})") from error
    return made


def put_seal(session: Session, authority_id: int, image: bytes) -> None:
    """Stores the seal of an authority in place of the one that it had."""
    row = session.get(AuthoritySealRow, authority_id)
    if row is None:
        session.add(AuthoritySealRow(authority_id=authority_id, image=image))
    elif row.image != image:
        row.image = image


def seal_of(session: Session, authority: str) -> bytes | None:
    """The seal of the authority with this code, if it gave one."""
    return session.scalar(
        select(AuthoritySealRow.image)
        .join(AuthorityRow, AuthorityRow.id == AuthoritySealRow.authority_id)
        .where(AuthorityRow.code == authority)
    )
