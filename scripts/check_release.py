"""Whether a tag may be released: it is the version in the code, and the changelog has a dated section for it.

python scripts/check_release.py v0.1.0
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def faults(tag: str, root: Path = ROOT) -> list[str]:
    """What speaks against a release under this tag."""
    version = re.search(r'^__version__ = "([^"]+)"$', (root / "rawdb" / "__init__.py").read_text("utf-8"), re.MULTILINE)
    if version is None:
        return ["rawdb/__init__.py has no __version__"]
    found = []
    if tag != f"v{version[1]}":
        found.append(
            f"the tag is {tag}, and __version__ in rawdb/__init__.py says {version[1]}: expected v{version[1]}"
        )
    changelog = (root / "CHANGELOG.md").read_text("utf-8")
    if not re.search(rf"^## \[?{re.escape(version[1])}\]?\b.*\d{{4}}-\d\d-\d\d", changelog, re.MULTILINE):
        found.append(
            f"CHANGELOG.md has no section for {version[1]} with its day, such as '## {version[1]} - 2026-01-31'"
        )
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("which tag? python scripts/check_release.py v0.1.0")
    if reasons := faults(sys.argv[1]):
        sys.exit("\n".join(reasons))
