"""Federation: an agency's own register is harvested over loopback from its real server, and what is forged, cut off, rewritten
or lost on the way is told apart from what the agency says."""

import hashlib
import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from registry.batches import rows_of
from registry.federation.following import follow_due
from registry.federation.origins import (
    KeysUnconfirmed,
    Origin,
    OriginRefused,
    add_origin,
    list_origin_anew,
    origins,
    trust_origin,
)
from registry.intake.batch import BatchState
from registry.intake.publish import publish_batch
from registry.intake.suspicion import SUSPICIONS
from registry.intake.undo import undo_batch
from registry.record import LicenseRecord
from registry.register import Register
from registry.services import Decision, perform
from registry.tables import BatchRow, ChangeRow, HarvestedRow, OriginAnswerRow, OriginRow
from tests.local_server import Told
from tests.registry.federating import LOCAL, NAME, Agency, Here, Touch, agency, rows
from tests.registry.small import (
    ADVERT,
    CLINIC,
    DEPARTMENT,
    FOOD,
    OFFICE,
    TOWN,
    Clock,
    find,
    iri,
    row,
    status,
    table_sizes,
)
from tests.registry.worker import finish, start
from vocab.history import ActKind
from vocab.iri import license_iri

ONE = "lao-06480115/food-premises/1~2F2567"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Agency]:
    with agency(tmp_path / "agency") as made:
        yield made


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Agency]:
    """The same by its real server."""
    with agency(tmp_path / "agency", is_served=True) as made:
        yield made


@pytest.fixture
def here(register: Register, clock: Clock) -> Here:
    return Here(register, clock)


def harvested(here: Here) -> dict[str, HarvestedRow]:
    """What is kept of each licence there, by its number there."""
    with here.register.database.reading() as session:
        found = session.scalars(select(HarvestedRow).order_by(HarvestedRow.id)).all()
    return {each.iri.rpartition("/")[2].replace("~2F", "/"): each for each in found}


def reason(record: LicenseRecord) -> str:
    return record.original.reason if record.original else ""


def forged(path: str, change: bytes, by: bytes) -> Touch:
    """Whatever is asked under `path` has `change` replaced by `by`."""

    def touch(asked: str, told: Told) -> Told:
        return replace(told, body=told.body.replace(change, by), headers=()) if asked.startswith(path) else told

    return touch


def changes_of(register: Register) -> int:
    with register.database.reading() as session:
        return session.scalar(select(func.max(ChangeRow.sequence))) or 0


def test_a_register_is_harvested_and_followed(served: Agency, here: Here) -> None:
    town = served
    town.send(*rows(1, 2, 3))
    town.act("3/2567", ActKind.SUSPEND)
    origin = here.add(town)
    done = here.follow(origin)
    assert (done.outcome.code, done.counts) == ("published", {"proven": 3})
    original = here.find("1/2567").original
    assert original is not None
    assert original.iri == f"{town.base}/id/lic/{ONE}"
    assert (original.reason, here.find("1/2567").record_status) == ("", "published")
    with town.register.database.reading() as session:
        located = town.register.store(session).locate(license_iri(town.base, TOWN, FOOD, "1/2567"))
    assert located is not None
    assert located.body is not None
    assert original.digest == hashlib.sha256(located.body).hexdigest()
    assert original.credential == json.loads(located.body)["id"]
    assert [status(here.register, f"{number}/2567") for number in (1, 3)] == ["active", "suspended"]
    suspension = here.find("3/2567").history.acts[-1]
    assert (suspension.effective_on, suspension.reason) == (town.register.today(), "ที่ 1/2569 สุขลักษณะ")

    before = changes_of(here.register)
    assert here.follow(origin).outcome.code == "unchanged"
    assert changes_of(here.register) == before, "what did not change is not told as a change"

    town.act("1/2567", ActKind.REVOKE)
    town.act("3/2567", ActKind.REINSTATE)
    town.act("2/2567", ActKind.SURRENDER)
    town.send(*rows(4), row("5/2567", expires_on="2020-01-31", issued_on="2019-01-01", valid_from=""))
    assert here.follow(origin).outcome.code in {"published", "waits"}
    publish_waiting(here)
    found = [status(here.register, f"{number}/2567") for number in (1, 2, 3, 4, 5)]
    assert found == ["revoked", "surrendered", "active", "active", "expired"]
    assert {reason(here.find(f"{number}/2567")) for number in (1, 2, 3, 4, 5)} == {""}


def publish_waiting(here: Here) -> None:
    """As a person does who finds that what waits is right."""
    with here.register.database.reading() as session:
        waiting = session.scalars(select(BatchRow.id).where(BatchRow.state == BatchState.STAGED)).all()
    for batch in waiting:
        publish_batch(here.register, batch, accept=SUSPICIONS)
    for origin in origins(here.register):
        here.follow(origin)


def test_what_changes_there_changes_here(town: Agency, here: Here) -> None:
    town.send(*rows(*range(1, 31)))
    origin = here.add(town)
    here.follow(origin)
    first = here.find("1/2567")
    town.send(row("1/2567", premises="ร้านใหม่", expires_on="2029-02-28", valid_from="2027-03-01"))
    town.send(row("2/2567", premises="ร้านเปลี่ยนชื่อ"))
    assert here.follow(origin).outcome.code == "published"
    assert str(here.find("2/2567").license.premises[0].name) == "ร้านเปลี่ยนชื่อ"
    assert first.original is not None
    # A renewal that begins later holds there later too, and is told then.
    assert here.find("1/2567").original == first.original
    with here.register.database.reading() as session:
        counts = session.scalars(select(BatchRow.counts).order_by(BatchRow.id.desc())).first()
    assert counts is not None
    assert (counts["changed"], counts["unchanged"], counts["missing"]) == (1, 29, 0)


def test_what_is_asked_again_is_answered_shortly(town: Agency, here: Here) -> None:
    town.send(*rows(1, 2))
    origin = here.add(town)
    here.follow(origin)
    here.follow(origin)
    asked = len(town.wire.requests)
    here.follow(origin)
    later = town.wire.requests[asked:]
    assert [each.path.partition("?")[0] for each in later] == [f"/auth/{TOWN}/did.json", "/api/v1/changes"]
    assert "if-none-match" in later[-1].headers


def test_a_wrong_number_is_put_right(town: Agency, here: Here) -> None:
    town.send(*rows(*range(10, 40)))
    wrong = town.send(row("100/2567"))
    origin = here.add(town)
    here.follow(origin)
    undo_batch(town.register, wrong)
    town.send(row("1/2567"))
    assert here.follow(origin).outcome.code == "published"
    assert (here.find("100/2567").record_status, reason(here.find("100/2567"))) == ("stale", "gone")
    assert here.find("1/2567").record_status == "published"


def test_a_forged_credential_is_refused_and_its_record_is_stale(town: Agency, here: Here) -> None:
    town.send(*rows(*range(1, 31)))
    origin = here.add(town)
    here.follow(origin)
    before = here.find("1/2567")
    town.send(row("1/2567", premises="ร้านที่แก้ไข"))
    name, other = "ร้านที่แก้ไข".encode(), "ร้านที่ปลอม".encode()
    town.touch.append(forged(f"/doc/vc/lic/{ONE}", name, other))
    done = here.follow(origin)
    assert (done.outcome.code, done.outcome.details["refused"]) == ("some-refused", "1")
    kept = harvested(here)["1/2567"]
    assert (kept.state, kept.step) == ("refused", "digest")
    after = here.find("1/2567")
    assert (after.record_status, reason(after)) == ("stale", "refused")
    assert after.license == before.license, "nothing of what was forged is here"
    assert {here.find(f"{number}/2567").record_status for number in range(2, 31)} == {"published"}

    # Whoever is on the wire may change the feed as well: the signature is what counts.
    with town.register.database.reading() as session:
        located = town.register.store(session).locate(license_iri(town.base, TOWN, FOOD, "1/2567"))
    assert located is not None
    assert located.body is not None
    true = hashlib.sha256(located.body).hexdigest().encode()
    false = hashlib.sha256(located.body.replace(name, other)).hexdigest().encode()
    town.touch.append(forged("/api/v1/changes", true, false))
    list_origin_anew(here.register, NAME)
    here.follow(origin)
    kept = harvested(here)["1/2567"]
    assert (kept.state, kept.step) == ("refused", "credential")
    assert "invalid-signature" in kept.words

    town.touch.clear()
    list_origin_anew(here.register, NAME)
    assert here.follow(origin).outcome.code == "published"
    healed = here.find("1/2567")
    assert (healed.record_status, reason(healed)) == ("published", "")
    assert str(healed.license.premises[0].name) == "ร้านที่แก้ไข"


def test_a_status_that_nothing_signed_bears_out_is_refused(town: Agency, here: Here) -> None:
    town.send(*rows(1, 2))
    town.act("1/2567", ActKind.SUSPEND)
    town.touch.append(forged(f"/doc/jsonld/lic/{ONE}", b"license-status/suspended", b"license-status/active"))
    here.follow(here.add(town))
    kept = harvested(here)
    assert (kept["1/2567"].state, kept["1/2567"].step) == ("refused", "status")
    assert kept["2/2567"].state == "proven"


def test_a_status_list_that_is_forged_proves_nothing(town: Agency, here: Here) -> None:
    town.send(*rows(1))
    town.touch.append(forged("/status/", b'"statusPurpose":"revocation"', b'"statusPurpose":"revocatiom"'))
    here.follow(here.add(town))
    kept = harvested(here)["1/2567"]
    assert (kept.state, kept.step) == ("refused", "status")


def test_a_new_key_is_refused_until_somebody_agrees(town: Agency, here: Here) -> None:
    town.send(*rows(*range(1, 31)))
    origin = here.add(town)
    here.follow(origin)
    made = town.command("key", "new", "--authority", TOWN, "--purpose", "credential")
    town.command("key", "activate", "--authority", TOWN, "--key", made.split()[0])
    town.send(row("1/2567", premises="ร้านใหม่"), row("99/2567"))
    done = here.follow(origin)
    assert done.outcome.code == "keys-changed"
    assert done.needs_person
    assert harvested(here)["99/2567"].step == "credential"
    assert (here.find("1/2567").record_status, reason(here.find("1/2567"))) == ("stale", "refused")
    assert here.find("2/2567").record_status == "published", "what the old key signed stands"
    with pytest.raises(OriginRefused, match="expected"):
        trust_origin(here.register, LOCAL, NAME, agreed="00" * 32)
    with pytest.raises(KeysUnconfirmed, match=done.outcome.details["fingerprint"]):
        trust_origin(here.register, LOCAL, NAME)
    trust_origin(here.register, LOCAL, NAME, agreed=done.outcome.details["fingerprint"])
    assert here.follow(origin).outcome.code == "published"
    assert {here.find(f"{number}/2567").record_status for number in (1, 2, 99)} == {"published"}


def test_keys_are_asked_for_before_anything_is_taken(town: Agency, here: Here) -> None:
    def add(agreed: str = "") -> Origin:
        return add_origin(here.register, LOCAL, authority=TOWN, name=NAME, base=town.base, agreed=agreed)

    with pytest.raises(KeysUnconfirmed) as unconfirmed:
        add()
    assert origins(here.register) == []
    fingerprint = str(unconfirmed.value).split()[-1]
    with pytest.raises(OriginRefused, match="ask the agency"):
        add(agreed=fingerprint[:-1] + "x")
    assert add(agreed=fingerprint.upper()).fingerprint == fingerprint
    with pytest.raises(OriginRefused, match="already"):
        add(agreed=fingerprint)


@pytest.mark.parametrize(
    "base",
    [
        "http://agency.example.go.th",
        "https://",
        "https://a.example/path",
        "ftp://a.example",
        "https://u:p@a.example",
        "x",
    ],
)
def test_what_is_no_register_is_not_added(sqlite_register: Register, base: str) -> None:
    with pytest.raises(OriginRefused, match="base of a register"):
        add_origin(sqlite_register, LOCAL, authority=TOWN, name=NAME, base=base, trusts_first=True)


def test_a_register_does_not_harvest_itself(register: Register) -> None:
    with pytest.raises(OriginRefused, match="itself"):
        add_origin(register, LOCAL, authority=TOWN, name=NAME, base=register.base, trusts_first=True)


def test_only_licences_of_the_authority_are_taken(town: Agency, here: Here) -> None:
    town.send(*rows(1))
    town.send(row("1/2567"), authority=OFFICE)
    town.send(row("0706-1"), authority=DEPARTMENT, license_type=CLINIC)
    done = here.follow(here.add(town))
    assert done.counts == {"proven": 1}
    assert done.aside["count"] == "2"
    assert done.aside["example"] == f"{town.base}/id/lic/{DEPARTMENT}/{CLINIC}/0706-1"
    assert not any("/x-office/" in each for each in town.asked)


def test_another_authority_cannot_sign_for_it(town: Agency, here: Here) -> None:
    """A feed that names licences of the authority whose credentials another one signed."""
    town.send(*rows(1))
    town.send(row("1/2567"), authority=OFFICE)
    with town.register.database.reading() as session:
        store = town.register.store(session)
        bodies = [store.locate(license_iri(town.base, code, FOOD, "1/2567")) for code in (TOWN, OFFICE)]
    mine, others = (each.body for each in bodies if each is not None and each.body is not None)
    town.touch.append(forged(f"/doc/vc/lic/{ONE}", mine, others))
    digests = [hashlib.sha256(each).hexdigest().encode() for each in (mine, others)]
    town.touch.append(forged("/api/v1/changes", digests[0], digests[1]))
    here.follow(here.add(town))
    kept = harvested(here)["1/2567"]
    assert (kept.state, kept.step) == ("refused", "credential")
    assert "unknown-issuer" in kept.words


def test_a_feed_that_was_rewritten_is_not_followed(town: Agency, here: Here) -> None:
    town.send(*rows(1, 2, 3))
    origin = here.add(town)
    here.follow(origin)
    town.touch.append(lambda path, told: shortened(told) if path.startswith("/api/v1/changes") else told)
    done = here.follow(origin)
    assert done.outcome.code == "feed-rewritten"
    assert done.outcome.details["name"] == NAME
    assert {(here.find(f"{n}/2567").record_status, reason(here.find(f"{n}/2567"))) for n in (1, 2, 3)} == {
        ("stale", "feed-rewritten")
    }
    town.touch.clear()
    list_origin_anew(here.register, NAME)
    assert here.follow(origin).outcome.code == "unchanged"
    assert {(here.find(f"{n}/2567").record_status, reason(here.find(f"{n}/2567"))) for n in (1, 2, 3)} == {
        ("published", "")
    }


def shortened(told: Told) -> Told:
    """A feed that has lost its last changes."""
    if told.status != 200:
        return told
    return replace(told, body=json.dumps({**json.loads(told.body), "changes": []}).encode(), headers=())


def test_another_change_at_the_same_place_is_noticed(town: Agency, here: Here) -> None:
    town.send(*rows(1, 2, 3))
    origin = here.add(town)
    here.follow(origin)
    town.touch.append(forged("/api/v1/changes", b"3~2F2567", b"4~2F2567"))
    assert here.follow(origin).outcome.code == "feed-rewritten"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>log in</html>",
        b"[]",
        b'{"changes": []}',
        b'{"changes": [{"sequence": "1"}], "more": false}',
        b'{"changes": [{"sequence": 2, "kind": "create", "license": "x"}, {"sequence": 1, "kind": "create", "license": "x"}], '
        b'"more": false}',
    ],
)
def test_a_feed_of_another_form_changes_nothing(town: Agency, here: Here, body: bytes) -> None:
    town.send(*rows(1))
    origin = here.add(town)
    here.follow(origin)
    town.send(*rows(2))
    before = changes_of(here.register)
    town.touch.append(lambda path, told: Told(200, body) if path.startswith("/api/v1/changes") else told)
    assert here.follow(origin).outcome.code == "strange"
    assert changes_of(here.register) == before


def test_what_cannot_be_reached_says_nothing_of_a_licence(served: Agency, here: Here) -> None:
    town = served
    town.send(*rows(1, 2))
    origin = here.add(town)
    here.follow(origin)
    before = changes_of(here.register)
    town.stop()
    done = here.follow(origin)
    assert (done.outcome.code, done.failures) in {("not-fetched", 1), ("busy", 1)}
    assert changes_of(here.register) == before
    assert here.find("1/2567").record_status == "published"


def test_a_licence_that_is_not_answered_is_asked_for_again(town: Agency, here: Here) -> None:
    town.send(*rows(1, 2, 3))
    origin = here.add(town)
    town.touch.append(lambda path, told: Told(503) if "/2~2F2567" in path else told)
    done = here.follow(origin)
    assert (done.outcome.code, done.counts) == ("busy", {"listed": 1, "proven": 2})
    assert here.find("1/2567").record_status == "published"
    town.touch.clear()
    assert here.follow(origin).counts == {"proven": 3}
    assert here.find("2/2567").record_status == "published"


def test_a_dump_is_where_it_begins(served: Agency, here: Here) -> None:
    town = served
    town.send(*rows(*range(1, 6)))
    town.send(row("1/2567"), license_type=ADVERT)
    town.act("2/2567", ActKind.REVOKE)
    town.command("dump")
    town.send(*rows(6))
    town.act("3/2567", ActKind.SUSPEND)
    origin = here.add(town)
    done = here.follow(origin)
    assert (done.outcome.code, done.counts) == ("published", {"proven": 7})
    feed = [each for each in town.asked if each.startswith("/api/v1/changes")]
    assert len(feed) == 1
    assert "after=0&" not in feed[0], "the feed is read from where the dump ends"
    assert [status(here.register, f"{n}/2567") for n in (1, 2, 3, 6)] == ["active", "revoked", "suspended", "active"]
    with here.register.database.reading() as session:
        kept = session.scalars(select(OriginAnswerRow.url)).all()
    assert f"{town.base}/data/{TOWN}/{FOOD}/manifest.json" in kept


@pytest.mark.parametrize(
    ("path", "change", "by"),
    [
        (f"/data/{TOWN}/{FOOD}/manifest.json", b'"entities":"3"', b'"entities":"4"'),
        (f"/data/{TOWN}/{FOOD}/manifest.json", b'"proofValue":"z', b'"proofValue":"z1'),
        (f"/data/{TOWN}/{FOOD}/licenses-", b"\x28\xb5\x2f\xfd", b"\x28\xb5\x2f\xfe"),
    ],
)
def test_a_dump_that_was_touched_is_refused(town: Agency, here: Here, path: str, change: bytes, by: bytes) -> None:
    town.send(*rows(1, 2, 3))
    town.command("dump")
    town.touch.append(forged(path, change, by))
    origin = here.add(town)
    done = here.follow(origin)
    assert (done.outcome.code, done.counts) == ("dump-refused", {})
    town.touch.clear()
    assert here.follow(origin).outcome.code == "published"


def test_a_dump_and_a_feed_that_contradict_each_other_are_not_believed(town: Agency, here: Here) -> None:
    town.send(*rows(1, 2, 3))
    town.send(row("1/2567"), license_type=ADVERT)
    origin = here.add(town)
    here.follow(origin)
    town.command("dump")
    town.touch.append(lambda path, told: shortened(told) if path.startswith("/api/v1/changes") else told)
    list_origin_anew(here.register, NAME)
    assert here.follow(origin).outcome.code == "dump-contradicts"
    assert reason(here.find("1/2567")) == "dump-contradicts"


def test_what_vanishes_waits_for_a_person_and_is_stale_meanwhile(town: Agency, here: Here) -> None:
    town.send(*rows(*range(1, 11)))
    late = town.send(*rows(11, 12))
    origin = here.add(town)
    here.follow(origin)
    undo_batch(town.register, late)
    done = here.follow(origin)
    assert (done.outcome.code, done.outcome.details["suspicions"]) == ("waits", "missing")
    assert (here.find("11/2567").record_status, reason(here.find("11/2567"))) == ("stale", "gone")
    assert here.follow(origin).outcome.code == "waits", "the same list is not staged again"
    town.send(*rows(11, 12))
    here.follow(origin)
    publish_waiting(here)
    assert (here.find("11/2567").record_status, reason(here.find("11/2567"))) == ("published", "")


def test_a_decision_here_that_the_agency_does_not_know_makes_the_record_stale(town: Agency, here: Here) -> None:
    town.send(*rows(1, 2))
    origin = here.add(town)
    here.follow(origin)
    today = here.register.today()
    perform(here.register, iri("1/2567"), Decision(kind=ActKind.SUSPEND, on=today, order="x", reason="x"))
    here.follow(origin)
    record = here.find("1/2567")
    assert (record.record_status, reason(record)) == ("stale", "differs")
    assert record.original is not None
    assert dict(record.original.details) == {"theirs": "active", "ours": "suspended"}
    perform(here.register, iri("1/2567"), Decision(kind=ActKind.REINSTATE, on=today, order="x", reason="x"))
    here.follow(origin)
    assert (here.find("1/2567").record_status, reason(here.find("1/2567"))) == ("published", "")


def test_what_is_superseded_there_is_stale_here(town: Agency, here: Here) -> None:
    town.send(*rows(1, 2))
    origin = here.add(town)
    here.follow(origin)
    town.act("1/2567", ActKind.RENEW, successor=license_iri(town.base, TOWN, FOOD, "2/2567"))
    here.follow(origin)
    assert reason(here.find("1/2567")) == "differs"
    assert "another licence took its place" in harvested(here)["1/2567"].lost


def test_what_the_register_takes_back_is_stale(town: Agency, here: Here) -> None:
    """A batch that was undone here is not sent again by itself."""
    town.send(*rows(1, 2))
    origin = here.add(town)
    here.follow(origin)
    town.send(row("1/2567", premises="ร้านใหม่"))
    here.follow(origin)
    publish_waiting(here)
    with here.register.database.reading() as session:
        last = session.scalars(select(func.max(BatchRow.id))).one()
    undo_batch(here.register, last)
    done = here.follow(origin)
    assert done.outcome.code in {"put-aside", "published"}


@pytest.mark.parametrize(
    "dies_at",
    [
        "registry.federation.catching_up:_note",
        "registry.federation.examining:note_proof",
        "registry.federation.following:agree",
        "registry.federation.publishing:_discard_former",
        "registry.federation.following:_note",
    ],
)
def test_a_worker_that_is_killed_is_taken_up(
    town: Agency, here: Here, tmp_path: Path, clock: Clock, dies_at: str
) -> None:
    town.send(*rows(*range(1, 31)))
    origin = here.add(town)
    (tmp_path / "home").mkdir()
    arguments = ("harvest", "--source", NAME)
    process = start(here.register, tmp_path / "home", datetime.now(UTC), *arguments, dies_at=dies_at)
    code, _, errors = finish(process)
    assert code == -signal.SIGKILL, errors
    # Its lease runs out after an hour.
    later = datetime.now(UTC).replace(microsecond=0)
    with here.register.database.writing() as session:
        session.get_one(OriginRow, origin.id).lease_until = later
    done = here.follow(origin)
    assert done.outcome.code in {"published", "unchanged"}
    assert done.counts == {"proven": 30}
    sizes = table_sizes(here.register)
    assert (sizes["license"], sizes["license_version"], sizes["credential"]) == (30, 30, 30)
    assert {reason(here.find(f"{n}/2567")) for n in range(1, 31)} == {""}


def test_two_that_harvest_each_other_settle(tmp_path: Path) -> None:
    with agency(tmp_path / "one") as one, agency(tmp_path / "two") as two:
        one.send(*rows(1, 3))
        two.send(*rows(2, 3))
        there, back = (add(one, two), add(two, one))
        for _round in range(4):
            follow(one, there)
            follow(two, back)
        sizes = [(changes_of(each.register), table_sizes(each.register)["license_version"]) for each in (one, two)]
        for _round in range(2):
            assert follow(one, there).outcome.code in {"unchanged", "published"}
            assert follow(two, back).outcome.code in {"unchanged", "published"}
        assert sizes == [
            (changes_of(each.register), table_sizes(each.register)["license_version"]) for each in (one, two)
        ]
        for each, own, others in ((one, "1/2567", "2/2567"), (two, "2/2567", "1/2567")):
            mine, theirs = (find_in(each, number) for number in (own, others))
            assert mine.original is None
            assert theirs.original is not None
            assert {mine.record_status, theirs.record_status} == {"published"}
        assert {find_in(each, "3/2567").record_status for each in (one, two)} == {"published"}


def add(one: Agency, other: Agency) -> Origin:
    return add_origin(one.register, LOCAL, authority=TOWN, name=NAME, base=other.base, trusts_first=True)


def follow(one: Agency, origin: Origin) -> Origin:
    (done,) = follow_due(one.register, LOCAL, origin_id=origin.id)
    return done


def find_in(one: Agency, number: str) -> LicenseRecord:
    return find(one.register, license_iri(one.base, TOWN, FOOD, number))


def test_findings_of_a_harvested_list_are_as_of_any_file(town: Agency, here: Here) -> None:
    town.send(row("1/2567"), row("abc"))
    here.follow(here.add(town))
    with here.register.database.reading() as session:
        batch = session.scalars(select(BatchRow.id)).one()
    found = {finding.code for each in rows_of(here.register, batch) for finding in each.findings}
    assert "number-unusual" in found
    assert here.find("abc").record_status == "published"
