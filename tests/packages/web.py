"""Clients of the web: what they get of the server at the URL."""

import asyncio
import sys

import aiohttp
import httpx
import requests
import urllib3

URL = sys.argv[1]

with requests.Session() as session:
    answer = session.get(f"{URL}/page", timeout=30)
    print(answer.status_code, answer.text, dict(session.cookies))
    print(len(session.post(URL, data=b"x" * 300_000).content), session.post(URL, json={"a": 1}).json())
    print(session.post(URL, files={"file": b"content"}).text.count("content"))
    with session.get(f"{URL}/page", stream=True) as answer:
        print(next(answer.iter_content(4)))
try:
    # The discard service, on which nobody listens.
    requests.get("http://localhost:9")
except requests.ConnectionError as error:
    print(type(error.args[0].reason).__name__)

with urllib3.PoolManager(retries=False) as pool:
    print([pool.request("GET", f"{URL}/{number}").data for number in range(3)], len(pool.pools))

with httpx.Client() as client:
    print(client.get(f"{URL}/page").text, client.post(URL, content=b"abc").text)


async def main():
    async with httpx.AsyncClient() as client:
        answers = await asyncio.gather(*(client.get(f"{URL}/{number}") for number in range(20)))
        print([answer.text for answer in answers] == [f"/{number}" for number in range(20)])
    async with aiohttp.ClientSession() as session, session.get(f"{URL}/page") as answer:
        print(answer.status, await answer.text())


asyncio.run(main())
