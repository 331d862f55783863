"""What contributors look for at the root: the hooks run what `make lint` runs, and files are as .editorconfig says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from scripts.check_release import faults

ROOT = Path(__file__).resolve().parents[1]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def checked_in() -> list[Path]:
    """The files of the repository; none outside of a checkout."""
    try:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no checkout")
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def test_the_hooks_run_the_lint_of_the_project_s_own_environment() -> None:
    config = text(".pre-commit-config.yaml")
    entries = re.findall(r"entry: (.+)", config)
    assert len(entries) == config.count("language: system") == config.count("- id:")
    assert all(entry.startswith(".venv/bin/") for entry in entries)
    lint = re.search(r"(?ms)^lint:.*?\n(.*?)\n\n", text("Makefile"))
    assert lint is not None
    tools = {line.split("/")[1].split()[0] for line in lint[1].splitlines()}
    assert tools == {"ruff", "mypy", "lint-imports"}
    assert tools <= {entry.split("/")[2].split()[0] for entry in entries}
    for path in re.findall(r"tests/\S+", config):
        assert (ROOT / path).is_file()


def test_files_are_as_the_editorconfig_says() -> None:
    config = text(".editorconfig")
    assert "insert_final_newline = true" in config
    assert "trim_trailing_whitespace = true" in config
    assert "end_of_line = lf" in config
    wrong = []
    for path in checked_in():
        content = path.read_bytes()
        if b"\r\n" in content or (content and not content.endswith(b"\n")) or re.search(rb"[ \t]+\n", content):
            wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []


def test_lines_are_as_long_as_both_say() -> None:
    width = re.search(r"max_line_length = (\d+)", text(".editorconfig"))
    assert width is not None
    assert f"line-length = {width[1]}\n" in text("pyproject.toml")


def test_security_says_where_to_report() -> None:
    assert "Report a vulnerability" in text("SECURITY.md")
    assert "SECURITY.md" in text("README.md")


def released(folder: Path, version: str, heading: str) -> Path:
    """A repository of that version, whose changelog begins like that."""
    (folder / "rawdb").mkdir()
    (folder / "rawdb" / "__init__.py").write_text(f'__version__ = "{version}"\n')
    (folder / "CHANGELOG.md").write_text(f"# Changelog\n\n## Unreleased\n\n{heading}\n")
    return folder


@pytest.mark.parametrize("heading", ["## 1.2.0 - 2026-01-31", "## [1.2.0] - 2026-01-31"])
def test_a_release_is_the_version_in_the_code_and_in_the_changelog(tmp_path: Path, heading: str) -> None:
    assert faults("v1.2.0", released(tmp_path, "1.2.0", heading)) == []


@pytest.mark.parametrize(
    ("tag", "heading", "what"),
    [
        ("v1.2.1", "## 1.2.0 - 2026-01-31", "the tag is v1.2.1, and __version__ in rawdb/__init__.py says 1.2.0"),
        ("1.2.0", "## 1.2.0 - 2026-01-31", "expected v1.2.0"),
        ("v1.2.0", "## 1.2.0", "CHANGELOG.md has no section for 1.2.0 with its day"),
        ("v1.2.0", "## 11.2.0 - 2026-01-31", "CHANGELOG.md has no section for 1.2.0"),
    ],
)
def test_a_tag_that_may_not_be_released(tmp_path: Path, tag: str, heading: str, what: str) -> None:
    [fault] = faults(tag, released(tmp_path, "1.2.0", heading))
    assert what in fault


def test_the_workflows_run_what_is_there() -> None:
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
        commands = path.read_text(encoding="utf-8")
        for name in re.findall(r"(?:python3 |- run: )((?:scripts|\.ci)/\S+)", commands):
            assert (ROOT / name).is_file(), name
        for target in re.findall(r"- run: make ([\w-]+)", commands):
            assert f"\n{target}:" in text("Makefile"), target
