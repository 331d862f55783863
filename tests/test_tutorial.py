"""docs/start.md and docs/tutorial.md, followed literally in an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.follow import Block, Command, blocks, commands, follow
from tests.conftest import Servers

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.dialects("sqlite")
@pytest.mark.parametrize("page", ["start", "tutorial"])
def test_what_the_page_says_happens(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, servers: Servers, dialect: str
) -> None:
    for name in ("DIALECTS", "MYSQL_URL", "POSTGRESQL_URL"):
        monkeypatch.delenv(f"RAWDB_TEST_{name}", raising=False)
    if servers.postgresql is not None:
        monkeypatch.setenv("RAWDB_TEST_POSTGRESQL_URL", servers.postgresql)
    else:
        monkeypatch.setenv("RAWDB_TEST_POSTGRESQL_BIN", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("RAWDB_URL", raising=False)
    assert len(follow(ROOT / "docs" / f"{page}.md", tmp_path)) >= 2


def test_a_page_that_is_wrong(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        '```text title="a/b.txt"\nhello\n```\n\n```console\n$ cat a/b.txt\nhel...\n$ cat a/b.txt\nbye\n```\n'
    )
    assert [block.title for block in blocks(page)] == ["a/b.txt", None]
    assert list(commands(Block("console", None, "$ one\n1\n1\n$ two\n"))) == [
        Command("one", "1\n1"),
        Command("two", ""),
    ]
    with pytest.raises(AssertionError, match=r"(?s)\$ cat a/b.txt\nhello\n.*The page says:\nbye"):
        follow(page, tmp_path)
    page.write_text("```console\n$ cat nothing\n...\n```\n")
    with pytest.raises(AssertionError, match="cat nothing"):
        follow(page, tmp_path)
