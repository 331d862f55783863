"""What a Python value must be to enter a column, to be compared with one, or to stand for itself.

Values are checked and normalised here, before anything is sent, so that every dialect stores the same and
refuses the same: SQLite takes any text of any length, MySQL compares the number 0 equal to most texts, PyMySQL sends
the repr of what it does not know. What comes out is of a plain type (`int`, not an enumeration of ints), or a dict or
list that the dialect writes as JSON.
"""

from __future__ import annotations

import ipaddress
import math
import re
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache, partial
from typing import Any

from rawdb import timeutils
from rawdb.dialects.types import DOCUMENTS, each
from rawdb.exceptions import DBDataError, DBDatetimeError, DBInvalidUnicodeParameter

Convert = Callable[[Any], Any]

#: `soft_delete` holds 0, or the id of a deleted row; False and True are 0 and 1, as in every integer.
#: `unsigned` is what MySQL calls so: of negative numbers the server says that it has none.
INT_LIMITS = {"smallint": 2**15, "int": 2**31, "bigint": 2**63, "soft_delete": 2**63, "unsigned": 2**64}
_TEXT_LIMITS = {"text": 65535, "mediumtext": 16777215, "longtext": 2**32 - 1}
_ADDRESS_LENGTHS = {"ip": 39, "cidr": 43}
_DIGITS = re.compile(r"\s*[+-]?[0-9]{1,40}\s*")
_BOOLS = {True: True, False: False, "1": True, "0": False, "true": True, "false": False}
_UUID = re.compile(r"(\{)?(?:[0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}(?(1)\})")
_ADDRESSES = (ipaddress.IPv4Address, ipaddress.IPv6Address)
_NETWORKS = (ipaddress.IPv4Network, ipaddress.IPv6Network)
_ALL_DIGITS = 6
_LARGEST_SINGLE = 3.4028234663852886e38


class _Checks:
    """The checks that nearly every call needs, of values at one place; `limit` is that of the type.

    A method costs half of what a partial with its place and limit does, and can be pickled like that.
    """

    __slots__ = ("_limit", "_place")

    def __init__(self, place: str, limit: int = 0) -> None:
        self._place = place
        self._limit = limit

    def integer(self, value: Any) -> int:
        """A whole number of so many bits."""
        limit = self._limit
        return value if type(value) is int and -limit <= value < limit else _integer(self._place, value, limit)

    def text(self, value: Any) -> str:
        """A text of so many characters."""
        # What nearly every text is.
        if type(value) is str and len(value) <= self._limit and value.isascii() and "\x00" not in value:
            return value
        return _text(self._place, value, self._limit)

    def texts(self, values: list[Any]) -> list[Any]:
        """Several of them, which are looked at together where they are what nearly every text is. None stays None."""
        if set(map(type, values)) == {str} and max(map(len, values)) <= self._limit:
            together = "".join(values)
            if together.isascii() and "\x00" not in together:
                return values
        return _each(self.text, values)

    def plain_text(self, value: Any) -> str:
        """A text of any length."""
        if type(value) is str and value.isascii() and "\x00" not in value:
            return value
        return _plain_text(self._place, value)

    def moment(self, value: Any) -> datetime:
        """A moment."""
        return value if type(value) is datetime and value.tzinfo is None else _datetime(self._place, value)


def encoder(place: str, kind: str) -> Convert:
    """What checks and normalises a value that is stored in a column of a logical type. ValueError: unknown type."""
    if kind.endswith("[]"):
        return partial(_array, place, element=encoder(place, kind[:-2]))
    name, _, detail = kind.rstrip(")").partition("(")
    if name in ("string", "char"):
        return _Checks(place, int(detail)).text
    if name == "enum":
        return partial(_choice, place, allowed=detail.split("|"))
    if name in INT_LIMITS:
        return _Checks(place, INT_LIMITS[name]).integer
    if name in _TEXT_LIMITS:
        return partial(_long_text, place, limit=_TEXT_LIMITS[name])
    if name in _ADDRESS_LENGTHS:
        return partial(_address, place, limit=_ADDRESS_LENGTHS[name])
    if name == "numeric":
        precision, _, scale = detail.partition(",")
        return partial(_decimal, place, precision=int(precision or 0), scale=int(scale or 0))
    if name == "datetime":
        return partial(_cut_datetime, place, digits=int(detail)) if detail else _Checks(place).moment
    if name not in _SIMPLE:
        raise ValueError(f"{place}: unknown type {kind!r}")
    return partial(_SIMPLE[name], place)


def batch_encoder(place: str, kind: str, encode: Convert) -> Callable[[list[Any]], list[Any]]:
    """What does for several values what the encoder of their column does for one. None stays None."""
    name, _, detail = kind.rstrip(")").partition("(")
    return _Checks(place, int(detail)).texts if name == "string" else partial(_each, encode)


def _each(encode: Convert, values: list[Any]) -> list[Any]:
    return [None if value is None else encode(value) for value in values]


def comparer(place: str, kind: str, encode: Convert) -> Convert:
    """What checks and normalises a value that a column is compared with: one too long to be stored matches nothing."""
    name = kind.partition("(")[0]
    if kind.endswith("[]"):
        return encode
    if name in INT_LIMITS:
        return _Checks(place, max(INT_LIMITS["bigint"], INT_LIMITS[name])).integer
    if name in _ADDRESS_LENGTHS:
        return partial(_address, place, limit=None)
    if name in ("string", "char", "enum") or name in _TEXT_LIMITS:
        return _Checks(place).plain_text
    if name == "numeric":
        return partial(_decimal, place, precision=0, scale=0)
    if name == "single":
        return partial(_float, place)
    if name == "datetime":
        return _Checks(place).moment
    return partial(_day_or_moment, place) if name == "date" else encode


def from_json(kind: str, loads: Convert) -> Convert | None:
    """What makes the JSON of a value of a logical type the value again; None where it is the value.

    A document comes as its text, which `loads` reads.
    """
    if kind.endswith("[]"):
        element = from_json(kind[:-2], loads)
        return None if element is None else partial(each, element)
    name, _, detail = kind.partition("(")
    if name in DOCUMENTS:
        return partial(_read_document, name, loads)
    if name == "bit":
        return partial(_bits_of, (int(detail.rstrip(")")) + 7) // 8)
    return timeutils.parse_datetime if name == "datetime" and detail else _FROM_JSON.get(name)


def untyped(name: str, as_document: Convert) -> Convert:
    """What checks and normalises a parameter that is compared with no declared column; a dict or list is JSON."""
    place = f"parameter {name}"

    def encode(value: Any) -> Any:
        plain = _UNTYPED.get(type(value))
        if plain is None:
            plain = _container if isinstance(value, (dict, list)) else _any
        return as_document(value) if plain is _container else plain(place, value)

    return encode


def encode_untyped(name: str, value: Any) -> Any:
    """The same for one value, a dict or list as it is."""
    plain = _UNTYPED.get(type(value))
    if plain is not None:
        return plain(f"parameter {name}", value)
    for kind, convert in _UNTYPED.items():
        # An enumeration of texts, a number of another library's: drivers differ over those.
        if isinstance(value, kind):
            return convert(f"parameter {name}", value)
    if value is None or isinstance(value, (*_ADDRESSES, *_NETWORKS)) or _is_uuid(value):
        return None if value is None else str(value)
    raise DBDataError(f"parameter {name}: expected a plain value, got {type(value).__name__}")


def _is_uuid(value: Any) -> bool:
    # Who has one has loaded its module, which takes longer to load than a driver.
    module = sys.modules.get("uuid")
    return module is not None and isinstance(value, module.UUID)


def _refused(place: str, value: Any, expected: str) -> DBDataError:
    return DBDataError(f"{place}: expected {expected}, got {_shown(value)}")


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _plain_text(place: str, value: Any) -> str:
    if isinstance(value, str):
        # The plain text of a subclass, such as an enumeration of texts: drivers differ over those.
        text = value if type(value) is str else str.__str__(value)
    elif isinstance(value, (int, float, Decimal, *_ADDRESSES)) or _is_uuid(value):
        text = str(value)
    else:
        raise _refused(place, value, "text")
    if "\x00" in text:
        raise _refused(place, value, "text without NUL characters")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise DBInvalidUnicodeParameter from error
    return text


def _text(place: str, value: Any, limit: int) -> str:
    text = _plain_text(place, value)
    if len(text) > limit:
        raise _refused(place, value, f"at most {limit} characters (it has {len(text)})")
    return text


def _long_text(place: str, value: Any, limit: int) -> str:
    text = _plain_text(place, value)
    if len(text) * 4 > limit and len(text.encode()) > limit:
        raise _refused(place, value, f"at most {limit} bytes of UTF-8")
    return text


def _choice(place: str, value: Any, allowed: list[str]) -> str:
    if value not in allowed:
        raise _refused(place, value, f"one of {', '.join(allowed)}")
    return _plain_text(place, value)


def _address(place: str, value: Any, limit: int | None) -> str:
    """Canonical text of an address or network; other text is kept as it is."""
    text = _plain_text(place, str(value) if isinstance(value, _NETWORKS) else value)
    if limit is not None:
        text = _text(place, text, limit)
    try:
        if "/" not in text:
            return _canonical(ipaddress.ip_address(text))
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return text
    return f"{_canonical(network.network_address)}/{network.prefixlen}"


def _canonical(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """The text of an address. That of an IPv4 address in IPv6 differs between versions of Python: here it is dotted."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return f"::ffff:{address.ipv4_mapped}{'%' if address.scope_id else ''}{address.scope_id or ''}"
    return str(address)


def _integer(place: str, value: Any, limit: int) -> int:
    number = _whole_number(value)
    if number is None:
        raise _refused(place, value, "an integer")
    if not -limit <= number < limit:
        raise _refused(place, value, f"an integer from {-limit} to {limit - 1}")
    return number


def _whole_number(value: Any) -> int | None:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return int(value) if _DIGITS.fullmatch(value) else None
    finite = value.is_finite() if isinstance(value, Decimal) else isinstance(value, float) and math.isfinite(value)
    return int(value) if finite and value == int(value) else None


def _count(place: str, value: Any) -> int:
    number = _integer(place, value, INT_LIMITS["bigint"])
    if number < 0:
        raise _refused(place, value, "no negative number")
    return number


def _boolean(place: str, value: Any) -> bool:
    if value is True or value is False:
        return value
    key = value.lower() if isinstance(value, str) else value
    try:
        return _BOOLS[key]
    except (KeyError, TypeError):
        raise _refused(place, value, "a boolean") from None


def _float(place: str, value: Any) -> float:
    if not isinstance(value, (int, float, Decimal, str)):
        raise _refused(place, value, "a number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise _refused(place, value, "a number") from None
    if not math.isfinite(number):
        raise _refused(place, value, "a finite number")
    return number


def _single(place: str, value: Any) -> float:
    number = _float(place, value)
    if abs(number) > _LARGEST_SINGLE:
        raise _refused(place, value, "a number of single precision (up to 3.4e38)")
    return number


def _decimal(place: str, value: Any, precision: int, scale: int) -> Decimal:
    """An exact number, as many digits as are declared; a float is the number that its shortest text says."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise _refused(place, value, "a number")
    try:
        number = Decimal(float.__repr__(value)) if isinstance(value, float) else Decimal(value)
    except (InvalidOperation, ValueError):
        raise _refused(place, value, "a number") from None
    if not number.is_finite():
        raise _refused(place, value, "a finite number")
    if precision:
        _, digits, exponent = number.normalize().as_tuple() if len(number.as_tuple().digits) < 28 else number.as_tuple()
        whole = len(digits) + int(exponent)
        if number and (-int(exponent) > scale or whole > precision - scale):
            raise _refused(place, value, f"a number of {precision} digits, {scale} of them behind the point")
    return number


def _datetime(place: str, value: Any) -> datetime:
    if type(value) is datetime and value.tzinfo is None:
        return value
    if not isinstance(value, (datetime, str)):
        raise _refused(place, value, "a datetime")
    try:
        moment = timeutils.parse_datetime(value)
    except ValueError as error:
        raise DBDatetimeError(f"{place}: {error}") from error
    return moment if type(moment) is datetime else _plain_datetime(moment)


def _plain_datetime(moment: datetime) -> datetime:
    return datetime.combine(_plain_date(moment), _plain_time(moment))


def _cut_datetime(place: str, value: Any, digits: int) -> datetime:
    """As many digits of the second as the column keeps: what the server would cut or round is not found again."""
    moment = _datetime(place, value)
    step = 10 ** (_ALL_DIGITS - min(digits, _ALL_DIGITS))
    return moment.replace(microsecond=moment.microsecond // step * step)


def _date(place: str, value: Any) -> date:
    """A day; of a moment only midnight is one."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return _plain_date(value)
    if not isinstance(value, (datetime, str)):
        raise _refused(place, value, "a date")
    moment = _datetime(place, value)
    if moment.time() != time():
        raise _refused(place, value, "a date without a time of day")
    return moment.date()


def _day_or_moment(place: str, value: Any) -> date:
    """A day may be before or after a moment; it is equal to midnight only."""
    if isinstance(value, datetime):
        moment = _datetime(place, value)
        return moment if moment.time() != time() else moment.date()
    return _date(place, value)


def _plain_date(day: date) -> date:
    return date(day.year, day.month, day.day)


def _time(place: str, value: Any) -> time | timedelta:
    if isinstance(value, timedelta):
        return _duration(place, value)
    if isinstance(value, str):
        try:
            value = time.fromisoformat(value)
        except ValueError:
            raise _refused(place, value, "a time of day") from None
    if not isinstance(value, time) or value.tzinfo is not None:
        raise _refused(place, value, "a time of day without a zone")
    return _plain_time(value)


def _plain_time(value: Any) -> time:
    return time(value.hour, value.minute, value.second, value.microsecond)


def _duration(place: str, value: timedelta) -> timedelta:
    return timedelta(value.days, value.seconds, value.microseconds)


def _document(place: str, value: Any) -> Any:
    """What JSON has a form for. What is inside of a dict or a list, whoever writes it as JSON will see."""
    if isinstance(value, (dict, list, bool)):
        return value
    if isinstance(value, str):
        return _plain_text(place, value)
    if isinstance(value, int):
        return int(value)
    if not isinstance(value, float):
        raise _refused(place, value, "a dict, a list, a text, a number or a boolean")
    return _float(place, value)


def _of_kind(place: str, value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise _refused(place, value, f"a {kind.__name__}")
    return value


def _read_document(kind: str, loads: Convert, value: Any) -> Any:
    """A document from its text. Raises ValueError for what is none, or another than the column is declared to hold."""
    if isinstance(value, (str, bytes)):
        value = loads(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        # SQLite keeps a number where the type of a column lets it.
        value = loads(repr(value))
    wanted = DOCUMENTS[kind]
    if wanted is not None and value is not None and not isinstance(value, wanted):
        raise ValueError(f"expected the JSON of a {wanted.__name__}, found that of {_shown(value)}")
    return value


def _container(place: str, value: Any) -> Any:
    return value


def _array(place: str, value: Any, element: Convert) -> list[Any]:
    """The elements of an array of PostgreSQL's, which may be arrays, each checked as a column of its type would."""
    if not isinstance(value, (list, tuple)):
        raise _refused(place, value, "a list")
    return [
        _array(place, one, element) if isinstance(one, (list, tuple)) else None if one is None else element(one)
        for one in value
    ]


def _bytes(place: str, value: Any) -> bytes:
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise _refused(place, value, "bytes")
    return bytes(value)


def _untyped_integer(place: str, value: int) -> int | Decimal:
    """A number that no integer type holds is an exact one all the same."""
    number = int(value)
    return number if -(2**63) <= number < 2**63 else Decimal(number)


def _bits(place: str, value: Any) -> bytes | int:
    return _bytes(place, value) if isinstance(value, (bytes, bytearray, memoryview)) else _integer(place, value, 2**64)


def _zoned_time(place: str, value: Any) -> time:
    if not isinstance(value, time):
        raise _refused(place, value, "a time of day")
    return value


def _itself(place: str, value: Any) -> Any:
    return value


def _uuid_text(place: str, value: Any) -> str:
    """The text of a UUID. What is none the server would refuse, with the transaction."""
    text = str(value) if _is_uuid(value) else value
    if not isinstance(text, str) or not _UUID.fullmatch(text):
        raise _refused(place, value, "a UUID")
    return _plain_text(place, text)


def _any(place: str, value: Any) -> Any:
    return encode_untyped(place.removeprefix("parameter "), value)


_SIMPLE: Mapping[str, Callable[[str, Any], Any]] = {
    "bool": _boolean,
    "float": _float,
    "single": _single,
    "date": _date,
    "time": _time,
    "json": _document,
    "json_dict": partial(_of_kind, kind=dict),
    "json_list": partial(_of_kind, kind=list),
    "bytes": _bytes,
    "limit": _count,
    "offset": _count,
    "other": _any,
    "uuid": _uuid_text,
    "interval": _any,
    "word": _any,
    "words": _any,
    "padded": _any,
    "bit": _bits,
    "timetz": _zoned_time,
}
#: In order: a bool is an int, a datetime a date.
_UNTYPED: Mapping[type, Callable[[str, Any], Any]] = {
    str: _plain_text,
    bool: _itself,
    int: _untyped_integer,
    float: _float,
    Decimal: partial(_decimal, precision=0, scale=0),
    datetime: _datetime,
    date: _date,
    time: _time,
    timedelta: _duration,
    bytes: _bytes,
    bytearray: _bytes,
    memoryview: _bytes,
    dict: _container,
    list: _container,
}


@cache
def _span() -> re.Pattern[str]:
    return re.compile(r"P(-?)(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?")


def _time_or_span(text: str) -> time | timedelta:
    """A time of day, or what MySQL's TIME is: hours, minutes and seconds, fewer or more than a day has."""
    match = _span().fullmatch(text)
    if match is None:
        return time.fromisoformat(text)
    sign, hours, minutes, seconds, fraction = match.groups()
    span = timedelta(
        hours=int(hours), minutes=int(minutes), seconds=int(seconds), microseconds=int((fraction or "0").ljust(6, "0"))
    )
    return -span if sign else span


def _bits_of(size: int, number: int) -> bytes:
    return number.to_bytes(size)


def _number_or_text(value: Any) -> Any:
    """A float, whole numbers too, and what JSON has no number for. SQLite keeps a text that is none."""
    try:
        return float(value)
    except ValueError:
        return value


def _uuid(text: str) -> Any:
    import uuid  # for columns of UUIDs only

    return uuid.UUID(text)


_FROM_JSON: Mapping[str, Convert] = {
    "bool": bool,
    "float": _number_or_text,
    "single": float,
    "timetz": time.fromisoformat,
    # Written by rawdb or by a server, always in one form.
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "numeric": lambda value: Decimal(str(value)),
    # As an element of an array with the mark that PostgreSQL puts before it.
    "bytes": lambda value: bytes.fromhex(value.removeprefix("\\x")),
    "time": _time_or_span,
    "uuid": _uuid,
}
