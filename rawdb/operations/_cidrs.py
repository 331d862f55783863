"""Address ranges as they are stored: host bits cleared, a lone address with its full prefix."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from rawdb.operations._rows import Row

_OBJECTS = (ipaddress.IPv4Address, ipaddress.IPv6Address)


def cidr(value: Any) -> Any:
    """The range that a text or an address object names: '10.0.0.9' is '10.0.0.9/32'. Anything else as it is."""
    if not isinstance(value, (str, *_OBJECTS)):
        return value
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        return value


def with_cidrs(values: Mapping[str, Any], *names: str) -> Row:
    """A copy of `values` whose entries of these names are ranges as they are stored."""
    return {**values, **{name: cidr(values[name]) for name in names if name in values}}
