"""Errors of the inventory operations: services, consoles, cells, agents, aggregates, volumes, tasks."""

from __future__ import annotations

from rawdb.exceptions.base import NotFound, NovaException

__all__ = [
    "AgentBuildExists",
    "AgentBuildNotFound",
    "AggregateHostExists",
    "AggregateHostNotFound",
    "AggregateMetadataNotFound",
    "AggregateNameExists",
    "AggregateNotFound",
    "CellExists",
    "CellNotFound",
    "ComputeHostNotFound",
    "ConsoleNotFound",
    "ConsoleNotFoundForInstance",
    "ConsoleNotFoundInPoolForInstance",
    "ConsolePoolExists",
    "ConsolePoolNotFoundForHostType",
    "HostBinaryNotFound",
    "HostNotFound",
    "ImageNotFound",
    "NoMoreTargets",
    "ServiceBinaryExists",
    "ServiceNotFound",
    "ServiceTopicExists",
    "SnapshotNotFound",
    "TaskAlreadyRunning",
    "TaskNotRunning",
    "VolumeNotFound",
]


class ServiceNotFound(NotFound):
    message = "There is no service %(service_id)s."


class HostBinaryNotFound(NotFound):
    message = "Host %(host)s has no service of binary %(binary)s."


class ServiceBinaryExists(NovaException):
    message = "Host %(host)s has a service of binary %(binary)s already."


class ServiceTopicExists(NovaException):
    message = "Host %(host)s has a service of topic %(topic)s already."


class HostNotFound(NotFound):
    message = "There is no host %(host)s."


class ComputeHostNotFound(HostNotFound):
    message = "There is no compute host %(host)s."


class ConsolePoolExists(NovaException):
    message = "Host %(host)s has a console pool of type %(console_type)s for compute host %(compute_host)s already."


class ConsolePoolNotFoundForHostType(NotFound):
    message = "Host %(host)s has no console pool of type %(console_type)s for compute host %(compute_host)s."


class ConsoleNotFound(NotFound):
    message = "There is no console %(console_id)s."


class ConsoleNotFoundForInstance(ConsoleNotFound):
    message = "Instance %(instance_uuid)s has no console %(console_id)s."


class ConsoleNotFoundInPoolForInstance(ConsoleNotFound):
    message = "Console pool %(pool_id)s has no console of instance %(instance_uuid)s."


class CellExists(NovaException):
    message = "A cell %(name)s exists already."


class CellNotFound(NotFound):
    message = "There is no cell %(cell_name)s."


class AgentBuildExists(NovaException):
    message = "An agent build for %(hypervisor)s, %(os)s, %(architecture)s exists already."


class AgentBuildNotFound(NotFound):
    message = "There is no agent build %(id)s."


class AggregateNotFound(NotFound):
    message = "There is no aggregate %(aggregate_id)s."


class AggregateNameExists(NovaException):
    message = "An aggregate named %(aggregate_name)s exists already."


class AggregateHostExists(NovaException):
    message = "Aggregate %(aggregate_id)s has host %(host)s already."


class AggregateHostNotFound(NotFound):
    message = "Aggregate %(aggregate_id)s has no host %(host)s."


class AggregateMetadataNotFound(NotFound):
    message = "Aggregate %(aggregate_id)s has no metadata %(metadata_key)s."


class ImageNotFound(NotFound):
    message = "There is no image %(image_id)s."


class VolumeNotFound(NotFound):
    message = "There is no volume %(volume_id)s."


class SnapshotNotFound(NotFound):
    message = "There is no snapshot %(snapshot_id)s."


class TaskAlreadyRunning(NovaException):
    message = "Task %(task_name)s runs on host %(host)s already."


class TaskNotRunning(NovaException):
    message = "Task %(task_name)s does not run on host %(host)s."


class NoMoreTargets(NovaException):
    message = "No iSCSI target is free."
