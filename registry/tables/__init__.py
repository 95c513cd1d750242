"""The tables, typed and without behaviour. Instants are UTC; nouns are stored as JSON text (`registry.codec`).

Append-only, by triggers in the database itself: what is in `APPEND_ONLY`; and what is in `FROZEN` once its batch is staged.
"""

from registry.tables.access import AccessChangeRow, AccessFileRow, AccessHostRow, AccessTargetRow, LicenseAccessRow
from registry.tables.base import Base, Instant
from registry.tables.catalogue import AreaRow, ChangeRow, EntryGramsRow, EntryRow, JointHolderRow
from registry.tables.exchange import AnsweredRequestRow, DeliveryRow, SourceRow, WebhookRow
from registry.tables.grantors import (
    AnnouncementRow,
    AuthorityCodeRow,
    AuthorityRow,
    AuthoritySealRow,
    InstanceRow,
    LicenseTypeRow,
    MandateRow,
)
from registry.tables.intake import BatchRow, FindingRow, MappingRow, ReceivedFileRow, ReceivedRow
from registry.tables.keys import IS_ACTIVE_KEY, AccessTokenRow, PackKeyRow, SandboxKeyRow, SandboxListRow, SigningKeyRow
from registry.tables.licenses import (
    ActRow,
    AliasRow,
    CodeRow,
    CredentialRow,
    LicenseRow,
    RecordChangeRow,
    StatusListRow,
    VersionRow,
)
from registry.tables.origins import HarvestedRow, OriginAnswerRow, OriginRow
from registry.tables.reports import SignReportClosingRow, SignReportContentRow, SignReportErasureRow, SignReportRow
from registry.tables.service import ProbeRow
from registry.tables.showing import ShowLinkEventRow, ShowLinkRow

APPEND_ONLY = (
    *("license_version", "act", "credential", "received_file", "mapping", "record_change", "change"),
    *(
        "origin_answer",
        "access_change",
        "qr_code",
        "sign_report",
        "sign_report_closing",
        "sign_report_erasure",
        "show_link",
        "show_link_event",
    ),
)
FROZEN = ("received_row", "finding")

__all__ = [
    "APPEND_ONLY",
    "FROZEN",
    "IS_ACTIVE_KEY",
    "AccessChangeRow",
    "AccessFileRow",
    "AccessHostRow",
    "AccessTargetRow",
    "AccessTokenRow",
    "ActRow",
    "AliasRow",
    "AnnouncementRow",
    "AnsweredRequestRow",
    "AreaRow",
    "AuthorityCodeRow",
    "AuthorityRow",
    "AuthoritySealRow",
    "Base",
    "BatchRow",
    "ChangeRow",
    "CodeRow",
    "CredentialRow",
    "DeliveryRow",
    "EntryGramsRow",
    "EntryRow",
    "FindingRow",
    "HarvestedRow",
    "InstanceRow",
    "Instant",
    "JointHolderRow",
    "LicenseAccessRow",
    "LicenseRow",
    "LicenseTypeRow",
    "MandateRow",
    "MappingRow",
    "OriginAnswerRow",
    "OriginRow",
    "PackKeyRow",
    "ProbeRow",
    "ReceivedFileRow",
    "ReceivedRow",
    "RecordChangeRow",
    "SandboxKeyRow",
    "SandboxListRow",
    "ShowLinkEventRow",
    "ShowLinkRow",
    "SignReportClosingRow",
    "SignReportContentRow",
    "SignReportErasureRow",
    "SignReportRow",
    "SigningKeyRow",
    "SourceRow",
    "StatusListRow",
    "VersionRow",
    "WebhookRow",
]
