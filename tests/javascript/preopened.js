/** Listens by the first socket that the host opened beforehand; the second is not there. */

import { once } from "node:events";
import { createServer } from "node:net";

const [error] = await once(createServer().listen({ fd: 4 }), "error");
console.log(error.code, error.syscall);
const server = createServer((socket) => socket.end("opened beforehand", () => server.close()));
server.listen({ fd: 3 }, () => console.log(server.address().port));
