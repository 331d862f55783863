"""Errors of the shared file system operations: shares, snapshots, networks, servers, volume types."""

from __future__ import annotations

from rawdb.exceptions.base import NotFound, NovaException

__all__ = [
    "SecurityServiceNotFound",
    "ShareMetadataNotFound",
    "ShareNetworkNotFound",
    "ShareNetworkSecurityServiceAssociationError",
    "ShareNetworkSecurityServiceDissociationError",
    "ShareServerNotFound",
    "ShareServerNotFoundByFilters",
    "ShareSnapshotNotFound",
    "VolumeTypeExists",
    "VolumeTypeExtraSpecsNotFound",
    "VolumeTypeInUse",
    "VolumeTypeNotFound",
    "VolumeTypeNotFoundByName",
]


class ShareSnapshotNotFound(NotFound):
    message = "There is no snapshot %(snapshot_id)s."


class ShareMetadataNotFound(NotFound):
    message = "Share %(share_id)s has no metadata %(metadata_key)s."


class SecurityServiceNotFound(NotFound):
    message = "There is no security service %(security_service_id)s."


class ShareNetworkNotFound(NotFound):
    message = "There is no share network %(share_network_id)s."


class ShareServerNotFound(NotFound):
    message = "There is no share server %(share_server_id)s."


class ShareServerNotFoundByFilters(ShareServerNotFound):
    message = "There is no share server with %(filters_description)s."


class ShareNetworkSecurityServiceAssociationError(NovaException):
    message = (
        "Security service %(security_service_id)s cannot be added to share network %(share_network_id)s: %(reason)s"
    )


class ShareNetworkSecurityServiceDissociationError(NovaException):
    message = (
        "Security service %(security_service_id)s cannot be removed from share network %(share_network_id)s: %(reason)s"
    )


class VolumeTypeNotFound(NotFound):
    message = "There is no volume type %(volume_type_id)s."


class VolumeTypeNotFoundByName(VolumeTypeNotFound):
    message = "There is no volume type named %(volume_type_name)s."


class VolumeTypeExtraSpecsNotFound(NotFound):
    message = "Volume type %(volume_type_id)s has no extra spec %(extra_specs_key)s."


class VolumeTypeInUse(NovaException):
    message = "Volume type %(volume_type_id)s is in use."


class VolumeTypeExists(NovaException):
    message = "A volume type %(id)s exists already."
