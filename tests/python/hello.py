"""What a program is given: its arguments, its own directory, modules beside it and in other places."""

import os
import sys

import beside

print(sys.argv[1:], __name__, os.path.basename(__file__), beside.NAME, os.environ.get("COLOUR"))
try:
    import elsewhere
except ImportError as error:
    print(error)
else:
    print(elsewhere.NAME)
if "fail" in sys.argv:
    raise ValueError("as asked")
if "exit" in sys.argv:
    sys.exit("a reason")
print(sys.stdin.read())
