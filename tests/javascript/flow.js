/**
 * A big transfer to a peer that reads slowly: what waits for it stays small. Then one from a peer, which is not read for
 * a while. The argument is the port.
 */

import { once } from "node:events";
import { connect } from "node:net";

const port = Number(process.argv[3]);
const SIZE = 64 << 20;
const CHUNK = Buffer.alloc(256 << 10, "0123456789abcdef");

const client = connect(port, "127.0.0.1");
await once(client, "connect");
let [ticks, drains, most] = [0, 0, 0];
const timer = setInterval(() => (ticks += 1), 5);
for (let sent = 0; sent < SIZE; sent += CHUNK.length) {
  const goesOn = client.write(CHUNK);
  most = Math.max(most, client.writableLength);
  if (goesOn) continue;
  await once(client, "drain");
  drains += 1;
}
clearInterval(timer);
console.log("sent", SIZE, "drains", drains > 10, "ticks", ticks > 0, "waiting", most <= 2 * CHUNK.length);
client.write("\n");

// The peer sends as much, and is stopped by what is not read.
let received = 0;
client.pause();
await new Promise((resolve) => setTimeout(resolve, 50));
console.log("unread", client.bytesRead <= 1 << 20, client.readableLength <= 1 << 18);
client.on("data", (data) => {
  received += data.length;
  if (received % 7 === 0) {
    client.pause();
    setImmediate(() => client.resume());
  }
});
client.resume();
await once(client, "end");
console.log("received", received);
