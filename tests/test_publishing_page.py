"""docs/publishing.md shows what a clerk sees who follows it."""

from pathlib import Path

from tests import console


def test_a_clerk_sees_what_the_page_shows(shared_data: Path) -> None:
    text = console.PUBLISHING.read_text(encoding="utf-8")
    blocks = console.blocks(text)
    assert len(blocks) >= 7
    outputs = iter(console.run([command for block in blocks for command in console.commands(block)]))
    for block in blocks:
        assert console.stable(console.transcript(block, outputs)) == console.stable(block)
