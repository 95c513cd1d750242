"""What robots.txt allows (RFC 9309)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.access.robots import Robots, read_robots

FILE = """\ufeff
# ours
User-agent: other
User-agent: License-Registry-Links/2
Disallow: /private
Allow: /private/open*.pdf$
Crawl-delay: 7

user-agent: *
disallow: /
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private/x", False),
        ("/privatex", False),
        ("/private/open-1.pdf", True),
        ("/private/open-1.pdf?x", False),
        ("/robots.txt", True),
    ],
)
def test_the_longest_rule_of_our_own_group_decides(path: str, allowed: bool) -> None:
    robots = read_robots(FILE, "license-registry-links")
    assert robots.allows(path) is allowed
    assert robots.delay == 7


def test_without_a_group_of_our_own_the_rules_for_all_hold() -> None:
    assert not read_robots(FILE, "somebody").allows("/x")
    assert read_robots("User-agent: other\nDisallow: /", "us").allows("/x")
    assert read_robots("", "us").allows("/x")
    assert read_robots("Disallow: /", "us").allows("/x"), "a rule outside of all groups is none"
    assert read_robots("User-agent: *\nDisallow:", "us").allows("/x"), "an empty rule forbids nothing"
    assert read_robots("<!doctype html><p>User-agent: none", "us").allows("/x")


def test_two_groups_of_one_name_are_one() -> None:
    robots = read_robots(
        "User-agent: us\nDisallow: /a\nUser-agent: x\nDisallow: /b\nUser-agent: us\nDisallow: /c", "us"
    )
    assert [robots.allows(path) for path in ("/a", "/b", "/c")] == [False, True, False]


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/a*c", "/abbc", True),
        ("/a*c", "/abbd", False),
        ("/*.pdf$", "/x/y.pdf", True),
        ("/*.pdf$", "/x/y.pdfx", False),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/a*a$", "/a", False),
        ("/ใบ", "/%E0%B9%83%E0%B8%9A/1", True),
        ("/%E0%B9%83%E0%B8%9A", "/ใบ/1", True),
        ("/%61b", "/ab", True),
        ("/*", "/", True),
        ("*b*", "/abc", True),
    ],
)
def test_patterns(pattern: str, path: str, fits: bool) -> None:
    assert read_robots(f"User-agent: *\nDisallow: {pattern}", "us").allows(path) is not fits


def test_of_two_rules_that_are_equally_long_the_one_that_allows_counts() -> None:
    assert Robots(((False, "/x"), (True, "/x"))).allows("/x")


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    robots = read_robots(text, "us")
    assert robots.allows("/robots.txt")
    assert 0 <= robots.delay <= 60


def test_a_hostile_pattern_takes_no_time() -> None:
    robots = read_robots("User-agent: *\nDisallow: /" + "*a" * 20_000 + "$", "us")
    began = time.process_time()
    robots.allows("/" + "a" * 20_000 + "b")
    assert time.process_time() - began < 1
