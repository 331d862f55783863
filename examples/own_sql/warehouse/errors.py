"""What the warehouse says no with."""

from __future__ import annotations


class WarehouseError(Exception):
    """The base of them."""


class NotFoundError(WarehouseError):
    """There is no such thing."""


class ConflictError(WarehouseError):
    """It was done already, or something like it is there."""


class SoldOutError(WarehouseError):
    """Fewer pieces are left than were asked for."""
