"""Runs a suite of CPython's library tests, in the guest or natively, and writes down what came of each test.

    run.py RESULTS SUITE [FILTER [ENDLESS]...]
    run.py --threads NUMBER

A line of the file RESULTS is the test's name, what came of it, and why, with tabs between them. Tests that it names already
are not run again: a guest that ended within a test is followed by another. Nor are those run whose names are like ENDLESS,
with * for anything: they would wait for ever. The second form takes over threads of the first.
"""

import fnmatch
import importlib
import sys
import unittest

if "berkeley_sockets" in sys.modules:
    import guest
    import threads

    guest.install()
    threads.install()
else:
    threads = None

STARTED, PASSED, SKIPPED, FAILED = "started", "passed", "skipped", "failed"


class Result(unittest.TestResult):
    """Writes the outcomes down as they come."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def write(self, name: str, outcome: str, reason: str = "") -> None:
        with open(self.path, "a") as file:
            file.write("\t".join((name, outcome, reason.replace("\n", "\\n").replace("\t", " "))) + "\n")

    def startTest(self, test) -> None:
        super().startTest(test)
        self.outcome = PASSED, ""
        if threads:
            threads.begin(test)
        self.write(test.id(), STARTED)

    def stopTest(self, test) -> None:
        super().stopTest(test)
        if threads:
            threads.finish()
        self.write(test.id(), *self.outcome)

    def fail(self, test, error) -> None:
        text = self._exc_info_to_string(error, test) if error[1] else ""
        if isinstance(test, unittest.suite._ErrorHolder):
            # Of a class or a module.
            self.write(test.id(), FAILED, text)
        else:
            self.outcome = FAILED, text

    def addError(self, test, error) -> None:
        self.fail(test, error)

    def addFailure(self, test, error) -> None:
        self.fail(test, error)

    def addSubTest(self, test, subtest, error) -> None:
        if error:
            self.fail(test, error)

    def addSkip(self, test, reason) -> None:
        if isinstance(test, unittest.suite._ErrorHolder):
            self.write(test.id(), SKIPPED, reason)
        elif self.outcome[0] == PASSED:
            self.outcome = SKIPPED, reason

    def addUnexpectedSuccess(self, test) -> None:
        self.outcome = FAILED, "unexpected success"


def flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def main(path: str, suite: str, pattern: str = "", *endless: str) -> None:
    import test.support

    test.support.verbose = 0
    # With the network tests ask servers of the internet; this suite's ask none.
    test.support.use_resources = {"walltime"} | ({"network"} if suite == "test_socketserver" else set())
    result = Result(path)
    try:
        with open(path) as file:
            known = {line.split("\t")[0] for line in file}
    except FileNotFoundError:
        known = set()
    try:
        module = importlib.import_module("test." + suite)
    except unittest.SkipTest as error:
        return result.write("test." + suite, SKIPPED, str(error))
    except Exception as error:
        import traceback

        return result.write("test." + suite, FAILED, traceback.format_exc())
    tests = unittest.defaultTestLoader.loadTestsFromModule(module)
    chosen = [test for test in flat(tests) if pattern in test.id() and test.id() not in known]
    for test in list(chosen):
        if any(fnmatch.fnmatchcase(test.id().removeprefix("test."), name) for name in endless):
            chosen.remove(test)
            result.write(test.id(), FAILED, "would have no end")
    unittest.TestSuite(chosen).run(result)


if __name__ == "__main__":
    if sys.argv[1] == "--threads":
        threads.serve(sys.argv[2])
    else:
        main(*sys.argv[1:])
