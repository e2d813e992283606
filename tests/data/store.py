"""A value with versions on several nodes, as tokio_store.rs has it: `node` or `hasty`, the port, the peers; or `client`, how
many versions, the nodes."""

import asyncio
import pathlib
import sys

PATIENCE, PAUSE = 0.5, 0.1
FILE = pathlib.Path("/version")


def stored():
    return int(FILE.read_text()) if FILE.exists() else 0


def store(version):
    if version > stored():
        FILE.write_text(str(version))


async def ask(node, question):
    host, port = node.split(":")

    async def asking():
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(question.encode() + b"\n")
        answer = await reader.readline()
        writer.close()
        return answer.decode().strip()

    try:
        return await asyncio.wait_for(asking(), PATIENCE)
    except (OSError, TimeoutError):
        return ""


async def tell(peers, version):
    answers = await asyncio.gather(*(ask(peer, f"put {version}") for peer in peers))
    return answers.count("ok")


async def node(hasty, port, peers):
    telling = set()

    async def serve(reader, writer):
        match (await reader.readline()).decode().split():
            case ["put", version]:
                store(int(version))
                answer = "ok"
            case ["set", version]:
                store(int(version))
                told = asyncio.create_task(tell(peers, int(version)))
                telling.add(told)
                answer = "ok" if hasty or await told >= (len(peers) + 1) // 2 else "few"
            case _:
                answer = str(stored())
        writer.write(answer.encode() + b"\n")
        writer.close()

    server = await asyncio.start_server(serve, "0.0.0.0", port)
    print("has version", stored(), flush=True)
    await server.serve_forever()


async def read(nodes):
    while True:
        answers = []
        for node in nodes:
            if answer := await ask(node, "get"):
                answers.append(int(answer))
            if len(answers) > len(nodes) // 2:
                return max(answers)
        await asyncio.sleep(PAUSE)


async def write(nodes, version):
    while True:
        for node in nodes:
            if await ask(node, f"set {version}") == "ok":
                return
        await asyncio.sleep(PAUSE)


async def client(count, nodes):
    for version in range(1, count + 1):
        await write(nodes, version)
        found = await read(nodes)
        if found < version:
            print(f"lost: version {version} was written, and {found} is read")
            sys.exit(1)
        await asyncio.sleep(PAUSE)
    print("done")


match sys.argv[1:]:
    case ["client", count, *nodes]:
        asyncio.run(client(int(count), nodes))
    case [role, port, *peers]:
        asyncio.run(node(role == "hasty", int(port), peers))
