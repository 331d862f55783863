"""Service options: names, defaults, types, and changes at run time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from rawdb.options import Options, is_service_option, options

DEFAULTS = {
    "osapi_compute_unique_server_name_scope": "",
    "enable_new_services": True,
    "instance_name_template": "instance-%08x",
    "volume_name_template": "volume-%s",
    "snapshot_name_template": "snapshot-%s",
    "share_name_template": "share-%s",
    "share_snapshot_name_template": "share-snapshot-%s",
    "compute_topic": "compute",
    "share_topic": "manila-share",
    "reserved_host_memory_mb": 512,
    "reserved_host_disk_mb": 0,
    "no_snapshot_gb_quota": False,
    "default_ephemeral_format": None,
}


@pytest.fixture(autouse=True)
def default_options() -> Iterator[None]:
    options.reset()
    yield
    options.reset()


def present() -> dict[str, Any]:
    return {name: options.get(name) for name in DEFAULTS}


@pytest.mark.parametrize(("name", "default"), DEFAULTS.items())
def test_defaults(name: str, default: object) -> None:
    assert options.get(name) == default
    assert getattr(options, name) == default
    assert type(options.get(name)) is type(default)
    assert is_service_option(name)


@pytest.mark.parametrize("name", ["connection", "slave_connection", "get", "set", "reset", "", "__class__"])
def test_other_names_are_no_service_options(name: str) -> None:
    assert not is_service_option(name)


def test_the_list_is_complete() -> None:
    assert set(Options.__slots__) == set(DEFAULTS)


def test_set_shows_at_once_and_in_other_threads() -> None:
    options.set(compute_topic="metal", reserved_host_disk_mb=10)
    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.append(options.compute_topic))
    thread.start()
    thread.join()
    assert seen == ["metal"]
    assert present() == {**DEFAULTS, "compute_topic": "metal", "reserved_host_disk_mb": 10}


def test_set_of_nothing_changes_nothing() -> None:
    options.set()
    assert present() == DEFAULTS


def test_reset_restores_every_default() -> None:
    options.set(enable_new_services=False, default_ephemeral_format="ext4", instance_name_template="vm-%d")
    assert present() != DEFAULTS
    options.reset()
    assert present() == DEFAULTS


def test_unknown_names() -> None:
    with pytest.raises(AttributeError, match="'colour'"):
        options.set(compute_topic="metal", colour="red")
    with pytest.raises(AttributeError, match="'colour'"):
        options.colour = "red"
    with pytest.raises(KeyError, match="'colour'"):
        options.get("colour")
    with pytest.raises(KeyError, match="'reset'"):
        options.get("reset")
    assert present() == DEFAULTS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("compute_topic", None),
        ("compute_topic", 5),
        ("enable_new_services", "perhaps"),
        ("enable_new_services", 1),
        ("reserved_host_memory_mb", "much"),
        ("reserved_host_memory_mb", True),
        ("reserved_host_memory_mb", 1.5),
        ("default_ephemeral_format", 5),
    ],
)
def test_wrong_types_change_nothing(name: str, value: object) -> None:
    with pytest.raises(TypeError, match=name):
        options.set(share_topic="changed", **{name: value})
    with pytest.raises(TypeError, match=name):
        setattr(options, name, value)
    assert present() == DEFAULTS


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("enable_new_services", "false", False),
        ("enable_new_services", " No ", False),
        ("enable_new_services", "0", False),
        ("no_snapshot_gb_quota", "TRUE", True),
        ("no_snapshot_gb_quota", "on", True),
        ("reserved_host_memory_mb", "64", 64),
        ("reserved_host_disk_mb", "-1", -1),
        ("compute_topic", "1", "1"),
        ("default_ephemeral_format", "true", "true"),
    ],
)
def test_texts_are_converted_by_the_kind_of_the_option(name: str, text: str, value: object) -> None:
    """Configuration files and the environment know nothing but texts."""
    options.set(**{name: text})
    assert options.get(name) == value
    assert type(options.get(name)) is type(value)
    options.reset()
    setattr(options, name, text)
    assert options.get(name) == value


def test_assignment_works_like_set() -> None:
    options.no_snapshot_gb_quota = True
    options.default_ephemeral_format = "ext4"
    options.default_ephemeral_format = None
    assert options.get("no_snapshot_gb_quota") is True
    assert options.get("default_ephemeral_format") is None
