"""A TCP proxy between a driver and its server that loses what it is told to lose."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType

from rawdb.dialects import URL, parse_url

PORTS = {"postgresql": 5432, "mysql": 3306}


class _Link:
    """One connection through the proxy: a thread per direction."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy, self.client, self.server = proxy, client, server
        self.drops_answers = False
        for target in (self._up, self._down):
            threading.Thread(target=target, daemon=True).start()

    def _up(self) -> None:
        """What the driver sends."""
        with contextlib.suppress(OSError):
            while data := self.client.recv(65536):
                lost = self.proxy.lost_request
                if lost is not None and lost in data:
                    self.proxy.lost += 1
                    break
                answer = self.proxy.lost_answer
                if answer is not None and answer in data:
                    self.drops_answers = True
                if self.proxy.last_spoke != "client":
                    self.proxy.turns += 1
                self.proxy.last_spoke = "client"
                self.server.sendall(data)
        self.cut()

    def _down(self) -> None:
        """What the server answers."""
        with contextlib.suppress(OSError):
            while data := self.server.recv(65536):
                if self.drops_answers:
                    # The server has done its work, for it speaks; nobody hears it.
                    self.proxy.lost += 1
                    break
                if self.proxy.silent:
                    continue
                self.proxy.last_spoke = "server"
                let_through = self.proxy.let_through(data)
                self.client.sendall(let_through)
                if len(let_through) < len(data) or self.proxy.passes == 0:
                    self.proxy.passes = None
                    self.proxy.lost += 1
                    break
        self.cut()

    def cut(self) -> None:
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class Proxy:
    """Listens on a port of its own; `url` is the server's URL through it.

    `lost_request` is a text whose statement is cut off before it reaches the server, `lost_answer` one whose
    statement reaches it while its answer does not come back. `silent` is a black hole: everything is accepted, and
    nothing answered. After `passes` bytes of answers (None: any number) the connection is cut, and later answers are
    whole again. `lost` counts what was cut, `answered` the bytes of answers that went through, `turns` the round trips
    while one connection is used at a time.
    """

    def __init__(self, url: str | URL, port: int = 0) -> None:
        self._url = parse_url(url)
        self._target = (self._url.host or "127.0.0.1", self._url.port or PORTS[self._url.dialect])
        self.lost_request: bytes | None = None
        self.lost_answer: bytes | None = None
        self.silent = False
        self.passes: int | None = None
        self.lost = 0
        self.answered = 0
        self.turns = 0
        self.last_spoke = "server"
        self._links: list[_Link] = []
        self._listener = socket.create_server(("127.0.0.1", port))
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The server's URL, by way of the proxy."""
        return replace(self._url, host="127.0.0.1", port=self._listener.getsockname()[1]).render()

    def losing_the_first(self, seen: list[str]) -> Callable[[str, str], None]:
        """An observer that notes the names of statements in `seen`; the answer to their first BEGIN is lost."""

        def observe(name: str, text: str) -> None:
            seen.append(name)
            if name == "BEGIN":
                self.passes = 0 if seen.count("BEGIN") == 1 else None

        return observe

    def let_through(self, data: bytes) -> bytes:
        """What of an answer comes through."""
        if self.passes is not None:
            data = data[: self.passes]
            self.passes -= len(data)
        self.answered += len(data)
        return data

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._links.append(_Link(self, client, socket.create_connection(self._target)))

    def cut(self) -> None:
        """Cut every connection that is open now."""
        links, self._links = self._links, []
        for link in links:
            link.cut()

    def close(self) -> None:
        """Stop listening, and cut what is open."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        self.cut()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
