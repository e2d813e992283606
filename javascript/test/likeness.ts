/**
 * Nothing of node's is missing but what is listed here, and what node calls with some types can be called with them: the
 * compiler checks it, and nothing of this runs.
 */

import type * as nodeDgram from "node:dgram";
import type * as nodeDns from "node:dns";
import type * as nodePromises from "node:dns/promises";
import type * as nodeNet from "node:net";
import type * as nodeTimers from "node:timers/promises";

import type * as dgram from "../src/dgram.js";
import type * as dns from "../src/dns.js";
import type * as promises from "../src/dns/promises.js";
import type * as net from "../src/net.js";
import type * as timers from "../src/timers/promises.js";

/** Says that the names of the first that the second has not are these, and no others. */
type Missing<Node, Own, Names extends string> = [Exclude<keyof Node, keyof Own>, Names] extends [Names, Exclude<keyof Node, keyof Own>] ? true : Exclude<keyof Node, keyof Own>;

export const missing: [
  Missing<typeof nodeNet, typeof net, "BlockList" | "SocketAddress">,
  Missing<nodeNet.Socket, net.Socket, never>,
  Missing<nodeNet.Server, net.Server, "connections">,
  Missing<typeof nodeDgram, typeof dgram, never>,
  Missing<nodeDgram.Socket, dgram.Socket, never>,
  Missing<typeof nodePromises, typeof promises, "Resolver">,
  Missing<typeof nodeDns, typeof dns, "Resolver">,
  Missing<typeof nodeTimers, typeof timers, never>,
] = [true, true, true, true, true, true, true, true];

/** What takes the same arguments, and gives what node's gives. */
type Same<Node, Own extends Node> = Own;

export type Alike = [
  Same<typeof nodeNet.isIP, typeof net.isIP>,
  Same<typeof nodePromises.lookupService, typeof promises.lookupService>,
  Same<typeof nodePromises.reverse, typeof promises.reverse>,
];

/** Programs as people write them. */
export function programs(
  { connect, createServer }: typeof net,
  { createSocket }: typeof dgram,
  { lookup }: typeof promises,
): void {
  const server = createServer({ noDelay: true }, (socket) => socket.pipe(socket).setTimeout(1000, () => socket.end()));
  server.listen({ port: 0, host: "127.0.0.1" }, () => {
    const address = server.address();
    if (typeof address !== "object" || !address) return;
    connect(address.port, "127.0.0.1", () => {}).on("data", (data: Uint8Array) => data.length).write("text");
  });
  server.listen("/path").close((error) => error?.message);
  createSocket({ type: "udp4", reuseAddr: true }, (message, { port, address }) => message.length + port + address.length)
    .bind(0, () => {})
    .send(new Uint8Array(1), 53, "127.0.0.1", (error, bytes) => error ?? bytes);
  void lookup("localhost", { all: true }).then((all) => all.map(({ family }) => family));
  void lookup("localhost").then(({ address }) => address.length);
}
