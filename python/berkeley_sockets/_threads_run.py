"""The run of a thread, in the wait of another one."""

import dis
import threading
from types import FrameType

from . import _threads_turn as turn
from ._threads_served import Left


def run(thread: threading.Thread) -> None:
    """Runs the thread's activity to its end, with a context and without a running event loop, as a new thread has them."""
    with turn.As(thread._ident, thread):
        try:
            thread._context.run(thread.run)
        except Left as left:
            left.served.thread = thread
            turn.serving.append(left.served)
            return
        except SystemExit:
            pass
        except BaseException:
            thread._invoke_excepthook(thread)
    turn.end(thread)


def is_last(frame: FrameType | None) -> bool:
    """Whether a call in that frame is the last thing that the functions of a thread do, so that they can be left."""
    if not turn.running:
        return False
    while frame and frame.f_code not in (run.__code__, threading.Thread.run.__code__):
        code, at = frame.f_code, frame.f_lasti
        guarded = any(entry.start <= at < entry.end for entry in dis._parse_exception_table(code))
        after = [one for one in dis.get_instructions(code) if one.offset > at][:3]
        names = [one.opname for one in after if one.opname != "LOAD_CONST" or one.argval is None]
        if guarded or names[:1] != ["RETURN_VALUE"] and names != ["POP_TOP", "LOAD_CONST", "RETURN_VALUE"]:
            return False
        frame = frame.f_back
    return True
