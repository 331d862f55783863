"""Errors of the compute operations: instances, groups, flavors, actions, migrations, devices, key pairs."""

from __future__ import annotations

from rawdb.exceptions.base import Invalid, NotFound, NovaException

__all__ = [
    "ConstraintNotMet",
    "Duplicate",
    "FlavorAccessExists",
    "FlavorAccessNotFound",
    "FlavorExists",
    "FlavorExtraSpecUpdateCreateFailed",
    "FlavorExtraSpecsNotFound",
    "FlavorIdExists",
    "FlavorNotFound",
    "FlavorNotFoundByName",
    "InstanceActionEventNotFound",
    "InstanceActionNotFound",
    "InstanceExists",
    "InstanceGroupIdExists",
    "InstanceGroupMemberNotFound",
    "InstanceGroupMetadataNotFound",
    "InstanceGroupNotFound",
    "InstanceGroupPolicyNotFound",
    "InstanceInfoCacheNotFound",
    "InstanceInvalidState",
    "InstanceNotFound",
    "InstanceTypeExists",
    "InstanceTypeIdExists",
    "InstanceTypeNotFound",
    "InstanceTypeNotFoundByName",
    "InvalidBDM",
    "InvalidBDMFormat",
    "InvalidID",
    "InvalidParameterValue",
    "InvalidUUID",
    "KeyPairExists",
    "KeypairNotFound",
    "MarkerNotFound",
    "MigrationNotFound",
    "MigrationNotFoundByStatus",
    "PciDeviceNotFound",
    "PciDeviceNotFoundById",
    "UnexpectedDeletingTaskStateError",
    "UnexpectedTaskStateError",
    "UnexpectedVMStateError",
]


class InvalidUUID(Invalid):
    message = "%(uuid)s is not a uuid."


class InvalidID(Invalid):
    message = "%(id)s is not an id."


class InvalidParameterValue(Invalid):
    message = "%(err)s"


class InstanceInvalidState(Invalid):
    message = "Instance %(instance_uuid)s has %(attr)s %(state)s, so %(method)s is not possible."


class InvalidBDM(Invalid):
    message = "The block device mapping is not valid."


class InvalidBDMFormat(InvalidBDM):
    message = "The block device mapping is not valid: %(details)s"


class ConstraintNotMet(NovaException):
    message = "The row no longer meets the condition."
    code = 412


class InstanceNotFound(NotFound):
    message = "There is no instance %(instance_id)s."


class InstanceExists(NovaException):
    message = "An instance %(name)s exists already."


class InstanceInfoCacheNotFound(NotFound):
    message = "Instance %(instance_uuid)s has no network cache."


class MarkerNotFound(NotFound):
    message = "There is no row for the marker %(marker)s."


class UnexpectedTaskStateError(NovaException):
    message = "The task state is %(actual)s, not one of %(expected)s."


class UnexpectedDeletingTaskStateError(UnexpectedTaskStateError):
    """The instance is being deleted meanwhile."""


class UnexpectedVMStateError(NovaException):
    message = "The state of the virtual machine is %(actual)s, not one of %(expected)s."


class InstanceGroupNotFound(NotFound):
    message = "There is no instance group %(group_uuid)s."


class InstanceGroupIdExists(NovaException):
    message = "An instance group %(group_uuid)s exists already."


class InstanceGroupMetadataNotFound(NotFound):
    message = "Instance group %(group_uuid)s has no metadata %(metadata_key)s."


class InstanceGroupMemberNotFound(NotFound):
    message = "Instance group %(group_uuid)s has no member %(instance_id)s."


class InstanceGroupPolicyNotFound(NotFound):
    message = "Instance group %(group_uuid)s has no policy %(policy)s."


class FlavorNotFound(NotFound):
    message = "There is no flavor %(flavor_id)s."


class FlavorNotFoundByName(FlavorNotFound):
    message = "There is no flavor named %(flavor_name)s."


class FlavorExists(NovaException):
    message = "A flavor named %(name)s exists already."


class FlavorIdExists(NovaException):
    message = "A flavor %(flavor_id)s exists already."


class FlavorAccessExists(NovaException):
    message = "Project %(project_id)s has access to flavor %(flavor_id)s already."


class FlavorAccessNotFound(NotFound):
    message = "Project %(project_id)s has no access to flavor %(flavor_id)s."


class FlavorExtraSpecsNotFound(NotFound):
    message = "Flavor %(flavor_id)s has no extra spec %(extra_specs_key)s."


class FlavorExtraSpecUpdateCreateFailed(NovaException):
    message = "The extra specs of flavor %(id)s could not be written in %(retries)s attempts."


class Duplicate(NovaException):
    message = "It exists already."


class InstanceTypeNotFound(NotFound):
    message = "There is no instance type %(instance_type_id)s."


class InstanceTypeNotFoundByName(InstanceTypeNotFound):
    message = "There is no instance type named %(instance_type_name)s."


class InstanceTypeExists(Duplicate):
    message = "An instance type named %(name)s exists already."


class InstanceTypeIdExists(Duplicate):
    message = "An instance type with flavor id %(flavor_id)s exists already."


class InstanceActionNotFound(NovaException):
    message = "Instance %(instance_uuid)s has no action of request %(request_id)s."


class InstanceActionEventNotFound(NovaException):
    message = "Action %(action_id)s has no event %(event)s."


class MigrationNotFound(NotFound):
    message = "There is no migration %(migration_id)s."


class MigrationNotFoundByStatus(MigrationNotFound):
    message = "Instance %(instance_id)s has no migration with status %(status)s."


class PciDeviceNotFound(NovaException):
    message = "Node %(node_id)s has no PCI device at %(address)s."


class PciDeviceNotFoundById(NotFound):
    message = "There is no PCI device %(id)s."


class KeypairNotFound(NotFound):
    message = "User %(user_id)s has no key pair %(name)s."


class KeyPairExists(NovaException):
    message = "A key pair %(key_name)s exists already."
