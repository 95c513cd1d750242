"""The links of one batch: written with the licences that it publishes, and taken back with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from registry.access.link import Origin, links_digest, links_told
from registry.access.links import By, restore_links, stored_links, write_links
from registry.codec import Codec
from registry.intake.rows.links import load_links
from registry.tables import LicenseRow
from vocab.authority import LicenseType
from vocab.license import License

PIECE = 500


@dataclass(frozen=True, slots=True)
class Linking:
    """What a batch says of the documents of its licences, in the transaction of `session`."""

    session: Session
    codec: Codec
    license_type: LicenseType
    batch_id: int
    now: datetime

    def keep(self, rows: Iterable[tuple[int, str]]) -> None:
        """Writes down the links of rows whose links change: (licence id, links as `registry.intake.rows.links` has them)."""
        wanted = {license_id: load_links(self.codec, links) for license_id, links in rows if links}
        if wanted:
            write_links(self.session, self.codec, wanted, Origin.LIST, By(batch_id=self.batch_id), self.now)

    def keep_new(self, rows: Iterable[tuple[int, str, str]]) -> dict[int, str]:
        """The same of licences that are new, each with its document. Returns what stands for the links that are told."""
        found = [(license_id, links, document) for license_id, links, document in rows if links]
        self.keep((license_id, links) for license_id, links, _ in found)
        documents = {license_id: document for license_id, _, document in found}
        stored = stored_links(self.session, list(documents)) if documents else {}
        return {
            license_id: links_digest(
                links_told(
                    (each.read(self.codec) for each in links),
                    self.codec.load(documents[license_id], License),
                    self.license_type,
                ),
                self.codec,
            )
            for license_id, links in stored.items()
        }

    def restore(self) -> list[int]:
        """Makes the links that the batch changed what they were before it. Returns the licences whose links change by that."""
        changed = sorted(restore_links(self.session, self.codec, self.batch_id, self.now))
        for begin in range(0, len(changed), PIECE):
            # The row that was published does not say any more what is public.
            of_piece = LicenseRow.id.in_(changed[begin : begin + PIECE])
            self.session.execute(update(LicenseRow).where(of_piece).values(row_digest=None))
        return changed
