"""Follows a page of docs/ literally: writes its files and runs its commands in a folder, and compares what they print.

    python scripts/follow.py docs/tutorial.md FOLDER

A block whose fence has a `title` is that file; a second one of a name takes its place. In a `console` block a line
behind `$ ` is a command, and the lines below it are what it prints, `...` standing for anything. Commands of pip, and
those that make the environment, are taken as done: the one that runs this script is used.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(
    r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL
)
_DONE_BEFORE = re.compile(r"pip |python3? -m venv|\. \.venv/|mkdir shop\b|cd shop\b")
_PATIENCE = 120


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    title: str | None
    text: str


class Command(NamedTuple):
    """A command, and what it is to print."""

    line: str
    expected: str


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    return [Block(*found.group("language", "title", "text")) for found in _FENCE.finditer(page.read_text("utf-8"))]


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        line, _, expected = part.partition("\n")
        yield Command(line, expected.strip())


def follow(page: Path, folder: Path) -> list[str]:
    """Do what a page says; returns the commands that were run. Raises AssertionError where one fails,
    or prints something else."""
    ran = []
    for block in blocks(page):
        if block.title is not None:
            target = folder / block.title
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            for command in commands(block):
                if not _DONE_BEFORE.match(command.line):
                    _run(command, folder)
                    ran.append(command.line)
    return ran


def _run(command: Command, folder: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        ["/bin/sh", "-c", command.line],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "120", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    printed = done.stdout.strip()
    assert done.returncode == 0, f"$ {command.line}\n{printed}"
    pattern = "(?s:.*)".join(re.escape(part) for part in command.expected.split("..."))
    assert re.fullmatch(pattern, printed), f"$ {command.line}\n{printed}\n\nThe page says:\n{command.expected}"


if __name__ == "__main__":
    for each in follow(Path(sys.argv[1]).resolve(), Path(sys.argv[2])):
        print(f"$ {each}")
