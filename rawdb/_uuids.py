"""Random uuids."""

from __future__ import annotations

import os

#: The digit of the variant by a random one: two of its four bits are given.
_VARIANTS = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))


def random_uuid() -> str:
    """One uuid of version 4."""
    return random_uuids(1)[0]


def random_uuids(count: int) -> list[str]:
    """So many of them. The system is asked once for all their digits, for that is what costs.

    Importing `uuid`, which asks for the platform, takes a thousand times as long.
    """
    digits = os.urandom(16 * count).hex()
    return [_as_uuid(digits[start : start + 32]) for start in range(0, len(digits), 32)]


def _as_uuid(digits: str) -> str:
    """A uuid of version 4 of 32 digits; the version and the variant take the places of six of their bits."""
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{_VARIANTS[digits[16]]}{digits[17:20]}-{digits[20:]}"
