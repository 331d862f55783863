"""Errors of the network operations: fixed and floating addresses, networks, interfaces, security groups."""

from __future__ import annotations

from rawdb.exceptions.base import Invalid, NotFound, NovaException

__all__ = [
    "DuplicateVlan",
    "FixedIpAlreadyInUse",
    "FixedIpExists",
    "FixedIpInvalid",
    "FixedIpNotFound",
    "FixedIpNotFoundForAddress",
    "FixedIpNotFoundForInstance",
    "FixedIpNotFoundForNetwork",
    "FixedIpNotFoundForNetworkHost",
    "FloatingIpExists",
    "FloatingIpNotFound",
    "FloatingIpNotFoundForAddress",
    "FloatingIpNotFoundForHost",
    "InvalidIpAddressError",
    "NetworkInUse",
    "NetworkNotFound",
    "NetworkNotFoundForCidr",
    "NetworkNotFoundForInstance",
    "NetworkNotFoundForProject",
    "NetworkNotFoundForUUID",
    "NoFixedIpsDefined",
    "NoFloatingIpsDefined",
    "NoMoreFixedIps",
    "NoMoreFloatingIps",
    "NoMoreNetworks",
    "NoNetworksFound",
    "SecurityGroupDefaultRuleNotFound",
    "SecurityGroupExists",
    "SecurityGroupNotFound",
    "SecurityGroupNotFoundForProject",
    "SecurityGroupNotFoundForRule",
    "VirtualInterfaceCreateException",
]


class InvalidIpAddressError(Invalid):
    message = "The address is not valid."


class FixedIpInvalid(Invalid):
    message = "The fixed address is not valid."


class FixedIpNotFound(NotFound):
    message = "There is no fixed address with id %(id)s."


class FixedIpNotFoundForAddress(FixedIpNotFound):
    message = "There is no fixed address %(address)s."


class FixedIpNotFoundForInstance(FixedIpNotFound):
    message = "Instance %(instance_uuid)s has no fixed address."


class FixedIpNotFoundForNetwork(FixedIpNotFound):
    message = "Network %(network_uuid)s has no fixed address %(address)s."


class FixedIpNotFoundForNetworkHost(FixedIpNotFound):
    message = "Network %(network_id)s has no fixed address on host %(host)s."


class FixedIpExists(NovaException):
    message = "A fixed address %(address)s exists already."


class FixedIpAlreadyInUse(NovaException):
    message = "Fixed address %(address)s is in use by instance %(instance_uuid)s."


class NoFixedIpsDefined(NotFound):
    message = "There are no fixed addresses."


class NoMoreFixedIps(NovaException):
    message = "No fixed address is free."


class FloatingIpNotFound(NotFound):
    message = "There is no floating address with id %(id)s."


class FloatingIpNotFoundForAddress(FloatingIpNotFound):
    message = "There is no floating address %(address)s."


class FloatingIpNotFoundForHost(FloatingIpNotFound):
    message = "There is no floating address on host %(host)s."


class NoMoreFloatingIps(FloatingIpNotFound):
    message = "No floating address is free."


class NoFloatingIpsDefined(NotFound):
    message = "There are no floating addresses."


class FloatingIpExists(NovaException):
    message = "A floating address %(address)s exists already."


class NetworkNotFound(NotFound):
    message = "There is no network %(network_id)s."


class NetworkNotFoundForUUID(NetworkNotFound):
    message = "There is no network with uuid %(uuid)s."


class NetworkNotFoundForCidr(NetworkNotFound):
    message = "There is no network with range %(cidr)s."


class NetworkNotFoundForInstance(NetworkNotFound):
    message = "Instance %(instance_id)s has no network."


class NetworkNotFoundForProject(NotFound):
    message = "Project %(project_id)s has no network %(network_uuid)s."


class NoNetworksFound(NotFound):
    message = "There are no networks."


class NoMoreNetworks(NovaException):
    message = "No network is free."


class NetworkInUse(NovaException):
    message = "Network %(network_id)s is in use."


class DuplicateVlan(NovaException):
    message = "A network with VLAN %(vlan)s exists already."


class VirtualInterfaceCreateException(NovaException):
    message = "The virtual interface could not be created."


class SecurityGroupNotFound(NotFound):
    message = "There is no security group %(security_group_id)s."


class SecurityGroupNotFoundForProject(SecurityGroupNotFound):
    message = "Project %(project_id)s has no security group %(security_group_id)s."


class SecurityGroupNotFoundForRule(SecurityGroupNotFound):
    message = "There is no security group rule %(rule_id)s."


class SecurityGroupExists(Invalid):
    message = "Project %(project_id)s has a security group %(security_group_name)s already."


class SecurityGroupDefaultRuleNotFound(Invalid):
    message = "There is no default security group rule %(rule_id)s."
