"""Service options: settings of the operations that may change at any time.

They are read at every call, so a change shows at once, in every thread. Options of connections and pools are
another matter: they are fixed once the first connection is made and live in the engine.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

_lock = threading.Lock()


@dataclass(slots=True, eq=False)
class Options:
    """The service options with their defaults, as attributes. Assigning checks the name and the type.

    A text for a number or a truth value, as configuration files and the environment give it, is converted.
    Templates are %-templates. They are filled with the id; `instance_name_template` may also name columns, as
    in `%(uuid)s`.
    """

    osapi_compute_unique_server_name_scope: str = ""
    """Where hostnames are unique, ignoring case: '' nowhere, 'project' in the caller's project, 'global'."""
    enable_new_services: bool = True
    """False: services are created disabled, whatever the caller says."""
    instance_name_template: str = "instance-%08x"
    volume_name_template: str = "volume-%s"
    snapshot_name_template: str = "snapshot-%s"
    share_name_template: str = "share-%s"
    share_snapshot_name_template: str = "share-snapshot-%s"
    compute_topic: str = "compute"
    """The topic of the services that are compute hosts."""
    share_topic: str = "manila-share"
    """The topic of the services that are share hosts."""
    reserved_host_memory_mb: int = 512
    """Memory of a compute host that is kept for the host itself."""
    reserved_host_disk_mb: int = 0
    """Disk space of a compute host that is kept for the host itself."""
    no_snapshot_gb_quota: bool = False
    """True: snapshots of shares do not count against the gigabytes of a quota."""
    default_ephemeral_format: str | None = None
    """The file system of ephemeral block devices given in the old notation."""

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, _checked(name, value))

    def get(self, name: str) -> Any:
        """Return the present value of option `name`; KeyError for an unknown name."""
        if not is_service_option(name):
            raise KeyError(f"unknown service option: {name!r}")
        return getattr(self, name)

    def set(self, **values: Any) -> None:
        """Change the named options, all of them or, on any error, none.

        An unknown name raises AttributeError, a value of a wrong type TypeError.
        """
        checked = {name: _checked(name, value) for name, value in values.items()}
        with _lock:
            for name, value in checked.items():
                setattr(self, name, value)

    def reset(self) -> None:
        """Give every option its default again."""
        self.set(**{field.name: field.default for field in fields(self)})


_TYPES = get_type_hints(Options)


def is_service_option(name: str) -> bool:
    """Tell whether `name` is a service option (and thus not one of a connection)."""
    return name in _TYPES


_TRUTH = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


def from_text(kind: type, value: Any) -> Any:
    """A text as a bool, int or float, if it is one; anything else as it is."""
    if not isinstance(value, str) or kind not in (bool, int, float):
        return value
    text = value.strip()
    if kind is bool:
        return _TRUTH.get(text.lower(), value)
    try:
        return kind(text)
    except ValueError:
        return value


def _checked(name: str, value: Any) -> Any:
    if not is_service_option(name):
        raise AttributeError(f"unknown service option: {name!r}")
    expected = _TYPES[name]
    value = from_text(expected, value)
    # A bool is an int to isinstance; as a number of megabytes it is a mistake.
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        wanted = getattr(expected, "__name__", str(expected))
        raise TypeError(f"service option {name} takes {wanted}, not {value!r}")
    return value


options = Options()
"""The options in force."""
