"""The servers of `socketserver`, whose rounds are run while others wait, and those of HTTP, whose clients share them."""

import socketserver
import sys
import time
from http.server import BaseHTTPRequestHandler

from . import _table
from . import _threads_turn as turn
from ._constants import ALL as c
from ._threads_run import is_last
from ._threads_served import Left, Served
from ._threads_wait import can_go_on, let_others, poll_alone
from .bindings.imports import berkeley_sockets_poll_0_1_0 as wit

_ENDLESS = "this thread serves for ever, and those that started it wait; let serving be the last thing that its functions do"
_IN = c["POLLIN"]


class _Server(Served):
    """`socketserver.BaseServer.serve_forever`."""

    def __init__(self, server: socketserver.BaseServer, interval: float) -> None:
        super().__init__()
        self.server, self.interval = server, interval
        self.deadline = time.monotonic() + interval
        server._BaseServer__is_shut_down.clear()

    def interests(self) -> list[wit.Interest]:
        handle = _table.get(self.server.fileno())
        return [wit.Interest(handle.resource, _IN)] if handle else []

    def due(self) -> float:
        is_over = self.server._BaseServer__shutdown_request or not self.interests()
        return 0 if is_over else self.deadline - time.monotonic()

    def round(self, is_ready: bool) -> None:
        self.deadline = time.monotonic() + self.interval
        if not self.server._BaseServer__shutdown_request:
            if is_ready:
                self.server._handle_request_noblock()
            self.server.service_actions()
        self.is_done = self.server._BaseServer__shutdown_request or not self.interests()

    def end(self) -> None:
        self.server._BaseServer__shutdown_request = False
        self.server._BaseServer__is_shut_down.set()


def serve_forever(self, poll_interval=0.5):
    """Handle one request at a time until shutdown, while others wait too."""
    served = _Server(self, poll_interval)
    if is_last(sys._getframe(1)):
        raise Left(served)
    before = list(turn.waiting) if turn.running else []
    turn.serving.append(served)
    let_others(lambda: served.is_done or any(could_go_on() for could_go_on in before), [], None)
    if not served.is_done:
        served.leave()
        raise RuntimeError(_ENDLESS)
    if served.error:
        raise served.error


def handle(self) -> None:
    """Handle multiple requests if necessary. A connection without a next one is closed where that keeps others waiting."""
    self.close_connection = True
    self.handle_one_request()
    while not self.close_connection and (not can_go_on() or _has_input(self)):
        self.handle_one_request()


def _has_input(handler: BaseHTTPRequestHandler) -> bool:
    """Whether something of the next request is there, or the end."""
    if any(poll_alone([wit.Interest(_table.find(handler.connection.fileno()).resource, _IN)], 0)):
        return True
    limit = handler.connection.gettimeout()
    handler.connection.setblocking(False)
    try:
        return bool(handler.rfile.peek(1))
    finally:
        handler.connection.settimeout(limit)
