"""`mmap`, as far as pysyncobj's journal needs it: WASI has no mappings. What is changed is written to the file at once."""

import os


class mmap:
    def __init__(self, fileno, length):
        assert length == 0, "a mapping is of the whole file"
        self._fileno = fileno

    def size(self):
        return os.fstat(self._fileno).st_size

    def resize(self, size):
        os.ftruncate(self._fileno, size)

    def __getitem__(self, place):
        start, stop, _ = place.indices(self.size())
        return os.pread(self._fileno, stop - start, start)

    def __setitem__(self, place, data):
        start, stop, _ = place.indices(self.size())
        assert len(data) == stop - start, "a mapping does not grow by itself"
        os.pwrite(self._fileno, data, start)

    def flush(self):
        os.fsync(self._fileno)

    def close(self):
        """The file is its owner's."""
