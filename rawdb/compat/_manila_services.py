"""What services do otherwise in the Manila face."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb import api
from rawdb import rows as shapes
from rawdb.exceptions import ServiceNotFound
from rawdb.operations._operation import ADMIN, guarded

#: The zone of a service that names none.
ZONE = "manila"


@guarded(ADMIN)
def service_create(context: Any, values: Mapping[str, Any]) -> shapes.ServiceRow:
    """Store a service and return its row; its availability zone is 'manila' where `values` name none.

    Errors and round trips: as in rawdb.api.
    """
    if values.get("availability_zone") is None:
        values = {**values, "availability_zone": ZONE}
    return api.service_create(context, values)


def service_get(context: Any, service_id: int) -> shapes.ServiceRow:
    """Return a visible service. Raises ServiceNotFound. Round trips: 1."""
    return api.service_get(context, service_id)


def service_get_by_host_and_topic(context: Any, host: str, topic: str) -> shapes.ServiceRow:
    """Return the live, enabled service of a host and topic.

    Raises ServiceNotFound (its service_id is None) where there is none. Round trips: 1.
    """
    row = api.service_get_by_host_and_topic(context, host, topic)
    if row is None:
        raise ServiceNotFound(service_id=None)
    return row


def service_update(context: Any, service_id: int, values: Mapping[str, Any]) -> None:
    """Change columns of a visible service. Errors and round trips: as in rawdb.api."""
    api.service_update(context, service_id, values)
