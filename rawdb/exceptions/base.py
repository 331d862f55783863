"""What the errors of the documented operations have in common."""

from __future__ import annotations

from typing import Any

__all__ = [
    "AdminRequired",
    "Forbidden",
    "Invalid",
    "InvalidSortKey",
    "ManilaException",
    "NotAuthorized",
    "NotFound",
    "NovaException",
]


def _rebuild(kind: type[Rebuilt], args: tuple[object, ...], state: dict[str, Any]) -> BaseException:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class Rebuilt(BaseException):
    """An error that survives pickling and copying although its constructor does not take `args`."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


class _Known(dict[str, Any]):
    """The fields of a message template; one that was not given stays visible as its placeholder."""

    def __missing__(self, key: str) -> str:
        return f"<{key}>"


class NovaException(Rebuilt, Exception):
    """Base of what the documented operations raise.

    Args:
        message: replaces the text of the class. The value given stays in ``args[0]`` as it is.
        kwargs: the fields of the error; kept in `kwargs`, together with ``code``, and filled into the text.

    A subclass sets `message`, a template in ``%(field)s`` style, and `code`. An error's `message` is filled.
    """

    message: str = "An error of unknown kind occurred."
    code: int = 500

    def __init__(self, message: object = None, **kwargs: Any) -> None:
        self.kwargs: dict[str, Any] = {"code": self.code, **kwargs}
        super().__init__(message or self._fill(kwargs))
        self.message = str(self.args[0])

    @classmethod
    def _fill(cls, fields: dict[str, Any]) -> str:
        if "%(" not in cls.message:
            return cls.message
        try:
            return cls.message % _Known(fields)
        # A template that cannot be filled must not hide the error, whatever a field's own text raises.
        except Exception:
            return cls.message

    def format_message(self) -> Any:
        """The text to show to the caller of an API: the one given, or the template filled from the fields."""
        return self.args[0]


ManilaException = NovaException


class Forbidden(NovaException):
    """The context may not do this."""

    message = "Not allowed."
    code = 403


NotAuthorized = Forbidden


class AdminRequired(Forbidden):
    """Only an administrator may do this."""

    message = "Administrator rights are required."


class NotFound(NovaException):
    """Something asked for is not there, or not visible to the context."""

    message = "The resource could not be found."
    code = 404


class Invalid(NovaException):
    """A value of the caller is not acceptable."""

    message = "The parameters are not acceptable."
    code = 400


class InvalidSortKey(Invalid):
    """A list was to be sorted by a column that it does not have; `key` is that name."""

    message = "The sort key %(key)s is not valid."

    def __init__(self, key: Any = None, message: object = None, **kwargs: Any) -> None:
        super().__init__(message, key=key, **kwargs)
        self.key = key
