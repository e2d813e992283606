/** A client of redis of npm, against the server at the port in the argument. */

import { createClient } from "@redis/client";

const url = `redis://127.0.0.1:${process.argv[3]}`;
const client = createClient({ url });
client.on("error", (error) => {
  console.log("error", error.message);
  process.exit(1);
});
await client.connect();
console.log(await client.ping());
await client.set("key", "value");
console.log(await client.get("key"), await client.get("nothing"));
await client.hSet("hash", { a: "1", b: "2" });
console.log(JSON.stringify(await client.hGetAll("hash")));
console.log(JSON.stringify(await client.multi().incr("count").incr("count").exec()));
console.log(...(await Promise.all(Array.from({ length: 100 }, (_, i) => client.incrBy("sum", i)))).slice(-1));
const big = "x".repeat(1_000_000);
await client.set("big", big);
console.log((await client.get("big")) === big);

const subscriber = client.duplicate();
await subscriber.connect();
const heard = new Promise((resolve) => subscriber.subscribe("channel", (message) => resolve(message)).then(() => client.publish("channel", "news")));
console.log(await heard);
await subscriber.close();
await client.close();
