"""zeroconf's part for asyncio, by the name of the part: one who announces a service on loopback, and one who looks for it."""

import asyncio
import os
import socket
import sys

from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

LOOPBACK = ["127.0.0.1"]


async def _announce():
    # Nobody else's, whoever else announces something on this machine.
    kind = f"_b{int.from_bytes(os.urandom(4), 'big'):x}._tcp.local."
    network = AsyncZeroconf(interfaces=LOOPBACK)
    info = ServiceInfo(
        kind, f"it.{kind}", port=7, properties={"key": "value"}, addresses=[socket.inet_aton("127.0.0.1")], server="it.local."
    )
    await (await network.async_register_service(info))
    print(kind, flush=True)
    await asyncio.Event().wait()


async def _look(kind):
    network = AsyncZeroconf(interfaces=LOOPBACK)
    found = asyncio.Queue()
    browser = AsyncServiceBrowser(
        network.zeroconf, kind, handlers=[lambda zeroconf, service_type, name, state_change: found.put_nowait((name, state_change.name))]
    )
    name, change = await found.get()
    info = AsyncServiceInfo(kind, name)
    print(await info.async_request(network.zeroconf, 10_000), change, name == f"it.{kind}")
    print(info.port, info.parsed_addresses(), info.properties)
    await browser.async_cancel()
    await network.async_close()


def announce():
    asyncio.run(_announce())


def look(kind):
    asyncio.run(_look(kind))


globals()[sys.argv[1]](*sys.argv[2:])
