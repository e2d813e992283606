"""What a program is told of itself as a process; prints what it is told."""

import concurrent.futures.process  # noqa: F401
import grp
import multiprocessing.connection
import multiprocessing.synchronize
import os
import platform
import pwd
import resource
import signal
import subprocess
import sys
import termios
import time


def told(call, *arguments):
    try:
        print(call(*arguments))
    except (OSError, LookupError, ValueError, termios.error) as error:
        print(type(error).__name__, error)


print(sys.platform, platform.system(), os.uname().sysname)
status = os.stat(__file__)
print(os.getuid() == os.geteuid() == status.st_uid, os.getgid() == os.getegid() == status.st_gid, os.getppid() >= 0)
os.umask(0o077)
print(os.umask(0o022) == 0o077)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
print(soft > 1024, 0 < resource.getrusage(resource.RUSAGE_SELF).ru_utime <= time.process_time() < 60)
told(pwd.getpwnam, "nobody")
told(grp.getgrgid, 12345)
told(os.kill, 7, signal.SIGTERM)
told(os.waitpid, -1, os.WNOHANG)
told(multiprocessing.synchronize._multiprocessing.SemLock, 1, 1, 1)
told(subprocess.run, ["true"])
told(termios.tcgetattr, 0)
with open(os.devnull) as source, open(os.devnull, "wb") as sink, open(os.devnull, "r+b") as both:
    print(repr(source.read()), sink.write(b"gone"), both.write(b"gone"), both.read(), source.mode)
told(open, os.devnull + "/x")
print(hasattr(os, "fork"))
sys.stdout.flush()
os.kill(os.getpid(), getattr(signal, sys.argv[1]))
