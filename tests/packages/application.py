"""A server of aiohttp's as it comes, which handles signals, and ends when it is asked for."""

import asyncio
import signal
import sys

from aiohttp import web


async def page(request):
    return web.Response(text=f"page {request.match_info['name']}")


async def end(request):
    asyncio.get_running_loop().call_later(0.01, signal.raise_signal, signal.SIGTERM)
    return web.Response(text="ends")


async def ready(app):
    print("started")


async def clean(app):
    print("cleaned up")


app = web.Application()
app.add_routes([web.get("/end", end), web.get("/{name}", page)])
app.on_startup.append(ready)
app.on_cleanup.append(clean)
web.run_app(app, path=sys.argv[1])
