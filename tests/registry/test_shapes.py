"""The published shapes run on previews and on samples, find what was planted, and say the same as the register's own rules."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from flask.testing import FlaskClient

from registry.faults import faults_found
from registry.intake.publish import publish_batch
from registry.intake.sampling import SAMPLE, sampled_rows
from registry.intake.wording import explanation
from registry.register import Register
from registry.shapes import broken_in_sample
from tests.registry.commands import PUBLISH, Run
from tests.registry.pushing import System
from tests.registry.small import MAPPING, act, preview, row, rows_in, send, submission, table
from vocab.history import ActKind

EVERYWHERE = {"gazette-reference", "access"}
"""What the announcement of the small catalogue lacks; and no row has a link to its document."""
PLANTED = table(
    row("1/2567"), row("2/2567", expires_on=""), row("3/2567", licensee=""), row("4/2567", expires_on="31/02/2567")
)
FOUND = {"1/2567": EVERYWHERE, "2/2567": {*EVERYWHERE, "expiry"}, "3/2567": {*EVERYWHERE, "licensee"}}


def tried(register: Register, batch: int) -> dict[str, set[str]]:
    """The broken rules of each row that was tried, by its number."""
    return {
        each.number: {finding.details["rule"] for finding in each.findings} for each in sampled_rows(register, batch)
    }


def by_rules(register: Register) -> dict[str, set[str]]:
    return {iri.number: set(map(str, faults)) for iri, faults in faults_found(register)}


def by_shapes(register: Register, size: int = 1_000, seed: str = "1") -> dict[str, set[str]]:
    found = broken_in_sample(register, size, seed)
    return {iri.number: {rule.name for rule in rules} for iri, rules in found}


def test_a_preview_shows_what_was_planted(register: Register) -> None:
    report, _ = preview(register, submission(PLANTED))
    assert tried(register, report.batch) == FOUND
    findings = [finding for each in sampled_rows(register, report.batch) for finding in each.findings]
    (expiry,) = (finding for finding in findings if finding.details["rule"] == "expiry")
    assert "Either the last day is said" in explanation(expiry, "en")
    assert "อย่างใดอย่างหนึ่ง" in explanation(expiry, "th")
    kept = [finding.code for each in rows_in(register, report) for finding in each.findings]
    assert "rule-broken" not in kept, "nothing is stored: what is counted of a list rests on all of its rows"
    publish_batch(register, report.batch)
    assert tried(register, report.batch) == by_rules(register) == by_shapes(register) == FOUND


def test_what_would_change_is_tried_as_it_will_be(register: Register) -> None:
    send(register, row("1/2567"), row("2/2567"))
    act(register, "2/2567", ActKind.SUSPEND)
    report, _ = preview(register, submission(table(row("1/2567", licensee=""), row("2/2567", expires_on="2028-02-29"))))
    assert tried(register, report.batch) == {"1/2567": {*EVERYWHERE, "licensee"}, "2/2567": EVERYWHERE}
    assert by_shapes(register) == {"1/2567": EVERYWHERE, "2/2567": EVERYWHERE}


def test_of_a_long_list_some_rows_are_tried_and_each_kind_is_among_them(register: Register) -> None:
    rows = [row(f"{number}/2567") for number in range(1, 301)]
    rows[123]["expires_on"] = ""
    rows[222]["licensee"] = ""
    report, _ = preview(register, submission(table(*rows)))
    found = tried(register, report.batch)
    assert SAMPLE - 4 < len(found) <= SAMPLE
    assert {"1/2567", "300/2567"} <= found.keys()
    assert found["124/2567"] == {*EVERYWHERE, "expiry"}
    assert found["223/2567"] == {*EVERYWHERE, "licensee"}
    lines = [each.line for each in sampled_rows(register, report.batch)]
    assert lines == sorted(lines)
    assert max(after - before for before, after in pairwise(lines)) < 40, "evenly between"
    assert tried(register, report.batch) == found, "the same batch gives the same rows"


def test_a_batch_of_which_nothing_would_be_published_has_no_sample(register: Register) -> None:
    report, _ = preview(register, submission(table(row("4/2567", expires_on="31/02/2567"))))
    assert sampled_rows(register, report.batch) == []


def test_a_sample_of_the_register_is_decided_by_its_seed(register: Register) -> None:
    send(
        register,
        *(row(f"{number}/2567", expires_on="" if number % 7 == 0 else "2027-02-28") for number in range(1, 61)),
    )
    first, again, other = by_shapes(register, 12), by_shapes(register, 12), by_shapes(register, 12, "another")
    assert first == again
    assert first.keys() != other.keys()
    assert len(first) == len(other) == 12
    rules = by_rules(register)
    for number, found in (*first.items(), *other.items()):
        assert found == rules[number]


def test_the_api_answers_the_sample_to_the_authority_alone(register: Register, client: FlaskClient) -> None:
    system = System(client, register)
    staged = system.upload(PLANTED, mapping=MAPPING).get_json()
    path = staged["links"]["sample"].removeprefix(register.base)
    rows = system.get(path).get_json()["rows"]
    assert {each["number"]: len(each["findings"]) for each in rows} == {"1/2567": 2, "2/2567": 3, "3/2567": 3}
    (expiry,) = (finding for finding in rows[1]["findings"] if "(rule expiry)" in finding["message"]["en"])
    assert "(กฎ expiry)" in expiry["message"]["th"]
    assert (expiry["code"], expiry["gravity"]) == ("rule-broken", "warns")
    assert System(client, register, "x-office").get(path).status_code == 404
    assert client.get(path).status_code == 401


def test_a_dry_run_and_the_command_say_it(ready: Run, tmp_path: Path) -> None:
    (tmp_path / "planted.csv").write_bytes(PLANTED)
    code, out, _ = ready(*PUBLISH, "--dry-run", "planted.csv", "--mapping", "mapping.toml")
    assert code == 1, "a row is rejected"
    assert "were tried on 2 rows (lines 3, 4):" in out
    assert "warns: line 3: The published rules for section 13 say: Either the last day is said" in out
    code, out, _ = ready(*PUBLISH, "--dry-run", "good.csv", "--mapping", "mapping.toml")
    assert code == 0
    assert "Nothing changes." in out
    assert "tried on" not in out, "no row would be published"
    code, out, errors = ready("faults", "--sample", "2")
    assert (code, out.count("gazette-reference")) == (1, 2)
    assert "gazette-reference: 2 licences" in errors
    assert ready("faults", "--sample", "2", "--seed", "1")[1] == out
    assert ready("faults", "--sample", "0")[0] == 2
    assert ready("faults", "--sample", "3", "--authority", "dep-0706")[:2] == (0, "iri,number,fault\n")


def test_no_server_loads_the_shapes_engine_before_it_is_needed() -> None:
    script = "import sys, registry.app, registry.api.batch_request; print('pyshacl' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
