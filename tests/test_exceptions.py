"""The families of errors: names, parents, codes, fields, texts."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from rawdb import exceptions as exc

# name, parent, code, fields
OPERATIONS = """
Forbidden NovaException 403
AdminRequired Forbidden 403
NotFound NovaException 404
Invalid NovaException 400
InvalidUUID Invalid 400 uuid
InvalidID Invalid 400 id
InvalidParameterValue Invalid 400 err
InvalidSortKey Invalid 400 key
InstanceInvalidState Invalid 400 attr instance_uuid state method
InvalidBDM Invalid 400
InvalidBDMFormat InvalidBDM 400 details
ConstraintNotMet NovaException 412
InstanceNotFound NotFound 404 instance_id
InstanceExists NovaException 500 name
InstanceInfoCacheNotFound NotFound 404 instance_uuid
MarkerNotFound NotFound 404
UnexpectedTaskStateError NovaException 500 actual expected
UnexpectedDeletingTaskStateError UnexpectedTaskStateError 500 actual expected
UnexpectedVMStateError NovaException 500 actual expected
InstanceGroupNotFound NotFound 404 group_uuid
InstanceGroupIdExists NovaException 500 group_uuid
InstanceGroupMetadataNotFound NotFound 404 group_uuid metadata_key
InstanceGroupMemberNotFound NotFound 404 group_uuid instance_id
InstanceGroupPolicyNotFound NotFound 404 group_uuid policy
FlavorNotFound NotFound 404 flavor_id
FlavorNotFoundByName FlavorNotFound 404 flavor_name
FlavorExists NovaException 500 name
FlavorIdExists NovaException 500 flavor_id
FlavorAccessExists NovaException 500 flavor_id project_id
FlavorAccessNotFound NotFound 404 flavor_id project_id
FlavorExtraSpecsNotFound NotFound 404 flavor_id extra_specs_key
FlavorExtraSpecUpdateCreateFailed NovaException 500 id retries
Duplicate NovaException 500
InstanceTypeNotFound NotFound 404 instance_type_id
InstanceTypeNotFoundByName InstanceTypeNotFound 404 instance_type_name
InstanceTypeExists Duplicate 500 name
InstanceTypeIdExists Duplicate 500 flavor_id
InstanceActionNotFound NovaException 500 request_id instance_uuid
InstanceActionEventNotFound NovaException 500 action_id event
MigrationNotFound NotFound 404 migration_id
MigrationNotFoundByStatus MigrationNotFound 404 instance_id status
PciDeviceNotFound NovaException 500 node_id address
PciDeviceNotFoundById NotFound 404 id
KeypairNotFound NotFound 404 user_id name
KeyPairExists NovaException 500 key_name
InvalidIpAddressError Invalid 400
FixedIpInvalid Invalid 400
FixedIpNotFound NotFound 404 id
FixedIpNotFoundForAddress FixedIpNotFound 404 address
FixedIpNotFoundForInstance FixedIpNotFound 404 instance_uuid
FixedIpNotFoundForNetwork FixedIpNotFound 404 address network_uuid
FixedIpNotFoundForNetworkHost FixedIpNotFound 404 network_id host
FixedIpExists NovaException 500 address
FixedIpAlreadyInUse NovaException 500 address instance_uuid
NoFixedIpsDefined NotFound 404
NoMoreFixedIps NovaException 500
FloatingIpNotFound NotFound 404 id
FloatingIpNotFoundForAddress FloatingIpNotFound 404 address
FloatingIpNotFoundForHost FloatingIpNotFound 404 host
NoMoreFloatingIps FloatingIpNotFound 404
NoFloatingIpsDefined NotFound 404
FloatingIpExists NovaException 500 address
NetworkNotFound NotFound 404 network_id
NetworkNotFoundForUUID NetworkNotFound 404 uuid
NetworkNotFoundForCidr NetworkNotFound 404 cidr
NetworkNotFoundForInstance NetworkNotFound 404 instance_id
NetworkNotFoundForProject NotFound 404 network_uuid project_id
NoNetworksFound NotFound 404
NoMoreNetworks NovaException 500
NoMoreTargets NovaException 500
NetworkInUse NovaException 500 network_id
DuplicateVlan NovaException 500 vlan
VirtualInterfaceCreateException NovaException 500
SecurityGroupNotFound NotFound 404 security_group_id
SecurityGroupNotFoundForProject SecurityGroupNotFound 404 project_id security_group_id
SecurityGroupNotFoundForRule SecurityGroupNotFound 404 rule_id
SecurityGroupExists Invalid 400 project_id security_group_name
SecurityGroupDefaultRuleNotFound Invalid 400 rule_id
ServiceNotFound NotFound 404 service_id
HostBinaryNotFound NotFound 404 host binary
ServiceBinaryExists NovaException 500 host binary
ServiceTopicExists NovaException 500 host topic
HostNotFound NotFound 404 host
ComputeHostNotFound HostNotFound 404 host
ConsolePoolExists NovaException 500 host console_type compute_host
ConsolePoolNotFoundForHostType NotFound 404 host console_type compute_host
ConsoleNotFound NotFound 404 console_id
ConsoleNotFoundForInstance ConsoleNotFound 404 console_id instance_uuid
ConsoleNotFoundInPoolForInstance ConsoleNotFound 404 pool_id instance_uuid
CellExists NovaException 500 name
CellNotFound NotFound 404 cell_name
AgentBuildExists NovaException 500 hypervisor os architecture
AgentBuildNotFound NotFound 404 id
AggregateNotFound NotFound 404 aggregate_id
AggregateNameExists NovaException 500 aggregate_name
AggregateHostExists NovaException 500 host aggregate_id
AggregateHostNotFound NotFound 404 aggregate_id host
AggregateMetadataNotFound NotFound 404 aggregate_id metadata_key
ImageNotFound NotFound 404 image_id
VolumeNotFound NotFound 404 volume_id
SnapshotNotFound NotFound 404 snapshot_id
TaskAlreadyRunning NovaException 500 task_name host
TaskNotRunning NovaException 500 task_name host
QuotaError NovaException 413
QuotaNotFound NotFound 404
ProjectQuotaNotFound QuotaNotFound 404 project_id
ProjectUserQuotaNotFound QuotaNotFound 404 project_id user_id
QuotaClassNotFound QuotaNotFound 404 class_name
QuotaUsageNotFound QuotaNotFound 404 project_id
ReservationNotFound QuotaNotFound 404 uuid
QuotaResourceUnknown QuotaNotFound 404 unknown
QuotaExists NovaException 500 project_id resource
OverQuota NovaException 500 overs
ShareSnapshotNotFound NotFound 404 snapshot_id
ShareMetadataNotFound NotFound 404 metadata_key share_id
SecurityServiceNotFound NotFound 404 security_service_id
ShareNetworkNotFound NotFound 404 share_network_id
ShareServerNotFound NotFound 404 share_server_id
ShareServerNotFoundByFilters ShareServerNotFound 404 filters_description
ShareNetworkSecurityServiceAssociationError NovaException 500 share_network_id security_service_id reason
ShareNetworkSecurityServiceDissociationError NovaException 500 share_network_id security_service_id reason
VolumeTypeNotFound NotFound 404 volume_type_id
VolumeTypeNotFoundByName VolumeTypeNotFound 404 volume_type_name
VolumeTypeExtraSpecsNotFound NotFound 404 extra_specs_key volume_type_id
VolumeTypeInUse NovaException 500 volume_type_id
VolumeTypeExists NovaException 500 id
"""

ROWS = [line.split() for line in OPERATIONS.strip().splitlines()]


def test_nothing_is_missing_from_the_list() -> None:
    aliases = {"NovaException", "ManilaException", "NotAuthorized"}
    listed = {row[0] for row in ROWS} | aliases | {kind.__name__ for kind, _ in TOOLKIT}
    assert sorted(exc.__all__) == sorted(listed)
    assert all(hasattr(exc, name) for name in exc.__all__)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_error_of_an_operation(row: list[str]) -> None:
    name, parent, code, *fields = row
    kind = getattr(exc, name)
    assert kind.__bases__ == (getattr(exc, parent),)
    assert kind.code == int(code)
    values = {field: f"value of {field}" for field in fields}
    error = kind(**values)
    assert error.kwargs == {**values, "code": int(code)}
    assert error.code == int(code)
    assert str(error) == error.args[0] == error.message == error.format_message()
    for value in values.values():
        assert value in str(error)
    assert "%(" not in str(error)


def test_one_class_under_several_names() -> None:
    assert exc.Forbidden is exc.NotAuthorized
    assert exc.NovaException is exc.ManilaException
    assert issubclass(exc.AdminRequired, exc.NotAuthorized)
    assert not issubclass(exc.OverQuota, exc.QuotaError)


def test_a_message_replaces_the_text_and_keeps_what_it_is() -> None:
    error = exc.MarkerNotFound("the-marker")
    assert str(error) == "the-marker"
    assert error.kwargs == {"code": 404}
    assert exc.InstanceNotFound(message="gone", instance_id=1).kwargs == {"code": 404, "instance_id": 1}
    assert exc.MarkerNotFound(7).args == (7,)


def test_a_code_that_is_given_is_kept() -> None:
    assert exc.NotFound(code=410).kwargs == {"code": 410}


def test_missing_fields_do_not_hide_the_error() -> None:
    text = str(exc.FlavorAccessNotFound(project_id="p"))
    assert "p" in text
    assert "flavor_id" in text


@pytest.mark.parametrize("template", ["100 % sure", "%(field)d items", "%s and %s"])
def test_template_that_cannot_be_filled(template: str) -> None:
    class Own(exc.NovaException):
        message = template

    assert str(Own(field="x")) == template


def test_field_whose_own_text_fails() -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("no text")

    assert str(exc.InstanceNotFound(instance_id=Broken())) == exc.InstanceNotFound.message


def test_sort_key_serves_both_families() -> None:
    error = exc.InvalidSortKey("bogus")
    assert error.key == "bogus"
    assert "bogus" in str(error)
    assert error.kwargs == {"key": "bogus", "code": 400}
    assert str(exc.InvalidSortKey(key="bogus", message="another text")) == "another text"


TOOLKIT: list[tuple[type[BaseException], type[BaseException]]] = [
    (exc.DBError, Exception),
    (exc.DBDuplicateEntry, exc.DBError),
    (exc.DBReferenceError, exc.DBError),
    (exc.DBConstraintError, exc.DBError),
    (exc.DBNonExistentConstraint, exc.DBError),
    (exc.DBNonExistentTable, exc.DBError),
    (exc.DBNonExistentDatabase, exc.DBError),
    (exc.DBDeadlock, exc.DBError),
    (exc.DBConnectionError, exc.DBError),
    (exc.DBOutcomeUnknown, exc.DBConnectionError),
    (exc.DBPoolTimeout, exc.DBConnectionError),
    (exc.DBDataError, exc.DBError),
    (exc.DBDatetimeError, exc.DBDataError),
    (exc.DBDatetimeError, ValueError),
    (exc.DBAuthenticationError, exc.DBError),
    (exc.DBNotNullError, exc.DBError),
    (exc.DBNonExistentColumn, exc.DBError),
    (exc.DBSyntaxError, exc.DBError),
    (exc.DBTimeout, exc.DBError),
    (exc.DBNotSupportedError, exc.DBError),
    (exc.DBMigrationError, exc.DBError),
    (exc.DBInvalidUnicodeParameter, Exception),
    (exc.StatementError, ValueError),
    (exc.RetryRequest, Exception),
    (exc.AlreadyStartedError, TypeError),
    (exc.CantStartEngineError, Exception),
    (exc.NoEngineContextEstablished, AttributeError),
    (exc.ContextNotRequestedError, AttributeError),
    (exc.ColumnError, Exception),
    (exc.BackendNotAvailable, Exception),
    (exc.CantUpdateException, Exception),
    (exc.MultiRowsMatched, exc.CantUpdateException),
    (exc.NoRowsMatched, exc.CantUpdateException),
    (exc.NotSupportedWarning, Warning),
    (exc.OsloDBDeprecationWarning, DeprecationWarning),
]


def test_parents_of_the_toolkit() -> None:
    for kind, parent in TOOLKIT:
        assert issubclass(kind, parent)
    database = {kind.__name__ for kind, _ in TOOLKIT if issubclass(kind, exc.DBError)}
    assert not database & {"DBInvalidUnicodeParameter", "CantUpdateException", "RetryRequest"}


FIELDS: list[tuple[type[exc.DBError], dict[str, Any]]] = [
    (exc.DBDuplicateEntry, {"columns": ["a", "b"], "value": "1, 2"}),
    (exc.DBReferenceError, {"table": "t", "constraint": "c", "key": "k", "key_table": "p"}),
    (exc.DBConstraintError, {"table": "t", "check_name": "c"}),
    (exc.DBNonExistentConstraint, {"table": "t", "constraint": "c"}),
    (exc.DBNonExistentTable, {"table": "t"}),
    (exc.DBNonExistentColumn, {"column": "c"}),
    (exc.DBNotNullError, {"table": "t", "column": "c"}),
    (exc.DBNonExistentDatabase, {"database": "d"}),
    (exc.DBConnectionError, {}),
]


@pytest.mark.parametrize(("kind", "fields"), FIELDS)
def test_fields_of_a_database_error(kind: type[exc.DBError], fields: dict[str, Any]) -> None:
    inner, cause = ValueError("what the driver said"), KeyError("before")
    error = kind(inner_exception=inner, cause=cause, **fields)
    assert {name: getattr(error, name) for name in fields} == fields
    assert (error.inner_exception, error.cause) == (inner, cause)
    assert str(error) == "what the driver said"
    assert (error.statement, error.location, error.dialect, error.code, error.attempt) == (None,) * 5
    empty = kind()
    assert empty.inner_exception is None
    assert {name: getattr(empty, name) for name in fields} == {
        name: [] if name == "columns" else None for name in fields
    }


def test_positional_order_of_a_database_error() -> None:
    inner = ValueError("said")
    assert exc.DBError(inner).inner_exception is inner
    assert exc.DBDuplicateEntry(["a"], inner, "v").value == "v"
    reference = exc.DBReferenceError("t", "c", "k", "p", inner)
    assert (reference.table, reference.constraint, reference.key, reference.key_table) == ("t", "c", "k", "p")
    assert exc.DBMigrationError("version 7 is missing").args == ("version 7 is missing",)
    assert exc.RetryRequest(inner).inner_exc is inner


def test_password_of_a_url_is_not_shown() -> None:
    error = exc.DBConnectionError(ValueError("cannot reach postgresql://user:s3cret@host/db or mysql://u:p@h/d"))
    assert "s3cret" not in str(error)
    assert "p@h" not in str(error)
    assert "postgresql://user:***@host/db" in repr(error)


def test_statement_error_reads_as_a_compiler_message() -> None:
    error = exc.StatementError("no alias, write AS", file="sql/x.sql", line=3, column=7)
    assert str(error) == "sql/x.sql:3:7 - no alias, write AS"
    assert (error.file, error.line, error.column) == ("sql/x.sql", 3, 7)
    assert str(exc.StatementError("two files", file="sql/x.sql")) == "sql/x.sql - two files"
    assert str(exc.StatementError("nothing there")) == "nothing there"


@pytest.mark.parametrize(
    "error",
    [
        exc.DBReferenceError("t", "c", "k", "p", ValueError("said")),
        exc.DBDuplicateEntry(columns=["a"], inner_exception=ValueError("said"), value="v"),
        exc.DBMigrationError("m"),
        exc.DBInvalidUnicodeParameter(),
        exc.StatementError("m", file="f", line=1, column=2),
        exc.RetryRequest(ValueError("said")),
        exc.InvalidSortKey("bogus"),
        exc.InvalidUUID("not one"),
        exc.OverQuota(overs=["a"], quotas={"a": 1}, usages={}, headroom={}),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_survive_copying_and_pickling(error: Exception) -> None:
    error.statement = "name"  # type: ignore[attr-defined]
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(twin) is type(error)
        assert twin.args == error.args
        assert str(twin) == str(error)
        assert repr(twin.__dict__) == repr(error.__dict__)
