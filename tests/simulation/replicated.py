"""A list on several nodes by the Raft of PySyncObj, as it is, and a client that judges whether what was acknowledged is kept.

`node NAME COUNT [FILE]` is one of so many nodes, `node1` and so on, with its journal in that file, or with none; `client COUNT
VALUES` appends so many values, then waits for all nodes to have the same list, and looks into it.
"""

import asyncio
import sys

from pysyncobj import FAIL_REASON, SyncObj, SyncObjConf, replicated

RAFT, CLIENTS = 4321, 7000
TICK, PATIENCE, PAUSE = 0.02, 2, 0.2


class Values(SyncObj):
    def __init__(self, name, count, journal):
        names = [f"node{number}" for number in range(1, count + 1)]
        conf = SyncObjConf(
            autoTick=False,
            bindAddress=f"0.0.0.0:{RAFT}",
            connectionRetryTime=0.5,
            dnsCacheTime=0,
            dnsFailCacheTime=0,
            journalFile=journal,
            useFork=False,
        )
        super().__init__(f"{name}:{RAFT}", [f"{other}:{RAFT}" for other in names if other != name], conf)
        self._values = []

    @replicated
    def append(self, value):
        self._values.append(value)

    def values(self):
        return self._values


async def node(name, count, journal=None):
    values = Values(name, int(count), journal)

    async def serve(reader, writer):
        match (await reader.readline()).decode().split():
            case ["append", value]:
                done = asyncio.get_running_loop().create_future()
                values.append(int(value), callback=lambda _, reason: done.cancelled() or done.set_result(reason))
                try:
                    reason = await asyncio.wait_for(done, PATIENCE)
                    answer = "ok" if reason == FAIL_REASON.SUCCESS else f"failed {reason}"
                except TimeoutError:
                    answer = "late"
            case _:
                answer = " ".join(map(str, values.values()))
        writer.write(answer.encode() + b"\n")
        writer.close()

    await asyncio.start_server(serve, "0.0.0.0", CLIENTS)
    while True:
        values.doTick(0)
        await asyncio.sleep(TICK)


async def ask(node, question):
    """The node's answer; none where there is none in time."""

    async def asking():
        reader, writer = await asyncio.open_connection(node, CLIENTS)
        writer.write(question.encode() + b"\n")
        answer = await reader.readline()
        writer.close()
        return answer.decode()[:-1] if answer.endswith(b"\n") else None

    try:
        return await asyncio.wait_for(asking(), 2 * PATIENCE)
    except (OSError, TimeoutError):
        return None


async def client(count, values):
    nodes = [f"node{number}" for number in range(1, int(count) + 1)]
    acknowledged = []
    for value in range(int(values)):
        if await ask(nodes[value % len(nodes)], f"append {value}") == "ok":
            acknowledged.append(value)
        await asyncio.sleep(PAUSE)
    print(len(acknowledged), "acknowledged", flush=True)
    while True:
        lists = {await ask(node, "values") for node in nodes}
        if None not in lists and len(lists) == 1:
            break
        await asyncio.sleep(PAUSE)
    kept = [int(value) for value in lists.pop().split()]
    lost = [value for value in acknowledged if value not in kept]
    twice = sorted({value for value in kept if kept.count(value) > 1})
    print("kept", *kept)
    if lost or twice:
        print("lost", *lost)
        print("twice", *twice)
        sys.exit(1)
    print("done")


words = sys.argv[1:]
asyncio.run({"node": node, "client": client}[words[0]](*words[1:]))
