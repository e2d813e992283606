"""redis-py, with a Redis at the port and at the path."""

import asyncio
import sys

import redis
import redis.asyncio

PORT, PATH = int(sys.argv[1]), sys.argv[2]

for client in redis.Redis(port=PORT, decode_responses=True), redis.Redis(unix_socket_path=PATH, decode_responses=True):
    with client:
        client.set("key", "x" * 300_000)
        print(client.ping(), len(client.get("key")), client.get("none"))
        pipeline = client.pipeline()
        for number in range(1000):
            pipeline.rpush("list", number)
        print(pipeline.execute()[-1], client.lrange("list", -2, -1), client.delete("list"))
        with client.pubsub() as channel:
            channel.subscribe("channel")
            print(channel.get_message(timeout=30)["type"])
            client.publish("channel", "message")
            print(channel.get_message(timeout=30)["data"], channel.get_message(timeout=0.01))
        try:
            client.incr("key")
        except redis.ResponseError as error:
            print(error)


async def main():
    async with redis.asyncio.Redis(port=PORT) as client:
        print(sum(await asyncio.gather(*(client.incr("counter") for _ in range(30)))))
        waiting = asyncio.create_task(client.blpop(["queue"], timeout=30))
        await client.rpush("queue", "item")
        print(await waiting)
    async with redis.asyncio.Redis(unix_socket_path=PATH) as client:
        print(await client.ping())


asyncio.run(main())
