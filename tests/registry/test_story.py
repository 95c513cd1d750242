"""The page of a licence tells what changed on it, from what it was renewed and by what, and who else bears its number."""

from flask.testing import FlaskClient

from registry.intake.publish import publish
from registry.intake.undo import undo_batch
from registry.register import Register
from registry.web.story import FaceVersion, bearers, chain, face_versions
from tests.registry.small import ADVERT, FOOD, MAPPING, TOWN, Clock, act, find, iri, row, send, submission, table
from vocab.history import ActKind
from vocab.iri import LicenseIri

NUMBER = "12/2567"
PAGE = f"/doc/html/lic/{TOWN}/{FOOD}/12~2F2567?lang=en"


def versions(register: Register, number: str | LicenseIri = NUMBER) -> list[FaceVersion]:
    record = find(register, number)
    with register.database.reading() as session:
        store = register.store(session)
        return face_versions(store, record, store.require_license_type(record.license.iri.type))


def told(version: FaceVersion) -> list[tuple[str, str, str]]:
    return [(str(change.name), str(change.before), str(change.after)) for change in version.changes]


def shown(client: FlaskClient, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def numbers(register: Register, number: str | LicenseIri = NUMBER) -> list[str]:
    record = find(register, number)
    with register.database.reading() as session:
        return [each.license.number for each in chain(register.store(session), record)]


def test_what_changed_is_told_field_by_field(client: FlaskClient, register: Register, clock: Clock) -> None:
    send(register, row(NUMBER, area="20"))
    assert versions(register) == []
    assert "What changed on this licence" not in shown(client)
    clock.pass_by(days=1)
    send(register, row(NUMBER, premises="ร้านใหม่", area="35", expires_on="2027-02-28"))
    newest, first = versions(register)
    assert (newest.number, newest.is_current, first.is_current, first.changes) == (2, True, False, ())
    assert told(newest) == [("Name of the premises", "ร้านตัวอย่าง", "ร้านใหม่"), ("พื้นที่", "20", "35")]
    page = shown(client)
    assert 'ร้านตัวอย่าง</bdi> → <bdi lang="th">ร้านใหม่</bdi>' in page
    assert "Version 2</strong> · holds today" in page
    assert "As it was first published." in page


def test_what_is_not_disclosed_is_not_told_when_it_changes(client: FlaskClient, register: Register) -> None:
    person = {"licensee": "นายสมชาย ใจดีมาก", "juristic_id": "", "street": "99/123 ซอยลับ"}
    send(register, row(NUMBER, **person))
    send(register, row(NUMBER, **person | {"street": "7 ถนนเปิดเผย"}))
    newest, _ = versions(register)
    assert told(newest) == []
    page = shown(client)
    assert "Nothing of what is shown here changed." in page
    for secret in ("ซอยลับ", "ถนนเปิดเผย", "สมชาย", "ใจดีมาก"):
        assert secret not in page


def test_what_came_with_a_list_that_was_taken_back_is_not_shown_again(
    client: FlaskClient, register: Register, clock: Clock
) -> None:
    send(register, row(NUMBER))
    clock.pass_by(days=1)
    mistake = send(register, row(NUMBER, premises="ชื่อที่ส่งมาผิด"))
    assert "ชื่อที่ส่งมาผิด" in shown(client)
    clock.pass_by(days=1)
    undo_batch(register, mistake.batch)
    assert "ชื่อที่ส่งมาผิด" not in shown(client)
    assert "It came with a list that was taken back, and is not shown." in shown(client)
    assert [(each.number, each.is_taken_back, each.is_current) for each in versions(register)] == [
        (3, False, True),
        (2, True, False),
        (1, False, False),
    ]


def test_a_renewal_is_part_of_a_chain_of_licences(client: FlaskClient, register: Register) -> None:
    send(register, row("1/2565"), row("1/2566", renews="1/2565"), row(NUMBER, renews="1/2566"))
    assert numbers(register) == ["1/2565", "1/2566", NUMBER]
    assert numbers(register, "1/2565") == numbers(register)
    page = shown(client)
    for tail in ("1~2F2565", "1~2F2566"):
        assert f'<a href="/doc/html/lic/{TOWN}/{FOOD}/{tail}?lang=en">' in page
    assert "this licence" in page
    send(register, row("77/2567"))
    assert numbers(register, "77/2567") == ["77/2567"]
    act(register, "77/2567", ActKind.RENEW, successor=iri("1/2565"))
    assert numbers(register, "77/2567")[0] == "77/2567"
    assert "1/2565" in numbers(register, "77/2567")


def test_licences_that_renew_each_other_in_a_circle_end_the_chain(register: Register) -> None:
    send(register, row("1/2565", renews="2/2565"), row("2/2565", renews="1/2565"))
    assert sorted(numbers(register, "1/2565")) == ["1/2565", "2/2565"]


def others(register: Register, of: str | LicenseIri) -> list[str]:
    record = find(register, of)
    with register.database.reading() as session:
        return sorted(each.license.iri.tail for each in bearers(register.store(session), record))


def test_others_that_bear_the_number_are_named(client: FlaskClient, register: Register) -> None:
    years = table(
        row("45", issued_on="2023-01-05"), row("45", issued_on="2024-01-05"), row("46", issued_on="2024-01-06")
    )
    publish(register, submission(years, TOWN, ADVERT, MAPPING.partition("[columns.particulars]")[0]))
    first = iri("45", "be2566", license_type=ADVERT)
    assert others(register, first) == [f"{TOWN}/{ADVERT}/45/be2567"]
    assert others(register, iri("46", "be2567", license_type=ADVERT)) == []
    page = shown(client, f"/doc/html/lic/{TOWN}/{ADVERT}/45/be2566?lang=en")
    assert f'<a href="/doc/html/lic/{TOWN}/{ADVERT}/45/be2567?lang=en">' in page
    # An alias is another number of the licence itself, and leads to those that have it as their own.
    send(register, row("5/2567"), row("6/2567", aliases="5/2567"))
    assert others(register, "5/2567") == [f"{TOWN}/{FOOD}/6~2F2567"]
    assert others(register, "6/2567") == [f"{TOWN}/{FOOD}/5~2F2567"]
