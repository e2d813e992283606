"""What serves for ever, in rounds that are run while others wait."""

import threading

from . import _threads_turn as turn
from .bindings.imports import berkeley_sockets_poll_0_1_0 as wit


class Left(BaseException):
    """Leaves the functions of a thread that ends in a loop which serves."""

    def __init__(self, served: "Served") -> None:
        super().__init__()
        self.served = served


class Served:
    """A loop whose rounds others run while they wait."""

    #: Whether a round of it may be run now.
    is_idle = True
    is_done = False
    #: Why it ended.
    error: BaseException | None = None
    #: The thread that it is of, where its functions were left.
    thread: threading.Thread | None = None
    #: What runs a round as that of an event loop.
    loop = None

    def __init__(self) -> None:
        self.ident = turn.ident

    def interests(self) -> list[wit.Interest]:
        """What it waits for."""
        return []

    def due(self) -> float | None:
        """In how many seconds it has something to do in any case."""

    def round(self, is_ready: bool) -> None:
        """Does what there is to do."""

    def end(self) -> None:
        """Tidies up."""

    def step(self, is_ready: bool) -> None:
        """Runs a round, as a part of its thread."""
        self.is_idle = False
        run = self.thread._context.run if self.thread else lambda function, *arguments: function(*arguments)
        with turn.As(self.ident, self.thread, self.loop):
            try:
                run(self.round, is_ready)
            except BaseException as error:
                self.is_done, self.error = True, error
            if self.is_done:
                self.leave()
        self.is_idle = not self.is_done

    def leave(self) -> None:
        """It serves no more."""
        if self in turn.serving:
            turn.serving.remove(self)
        self.end()
        if not self.thread:
            return
        if self.error and not isinstance(self.error, SystemExit):
            try:
                raise self.error
            except BaseException:
                self.thread._invoke_excepthook(self.thread)
        turn.end(self.thread)
