/** Unix sockets: the path is the last argument. */

import { once } from "node:events";
import { connect, createServer } from "node:net";

const path = process.argv[3];
const server = createServer((socket) => socket.pipe(socket));
server.listen(path);
await once(server, "listening");
console.log(server.address() === path, server.listening);
const second = createServer();
second.listen({ path });
const [error] = await once(second, "error");
console.log(error.code, error.syscall, error.address === path, error.port);

const client = connect({ path });
await once(client, "connect");
console.log(client.remoteAddress, client.remoteFamily, JSON.stringify(client.address()), client.readyState);
client.end("over a path");
for await (const data of client) console.log(String(data));
server.close();
await once(server, "close");

// The server has removed its path.
const [gone] = await once(connect(path), "error");
console.log(gone.code, gone.syscall, gone.address === path, gone.message.replace(path, "PATH"));

const hidden = createServer((socket) => socket.end("hidden")).listen(`\0${path}`);
await once(hidden, "listening");
for await (const data of connect(`\0${path}`)) console.log(String(data));
hidden.close();
