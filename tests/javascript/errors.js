/** Errors, as node has them. */

import { once } from "node:events";
import { connect, createServer, Socket } from "node:net";

function say(error, port) {
  const { name, message, code, errno, syscall, address } = error;
  const known = (text) => String(text).replaceAll(port, "PORT").replaceAll(/Local \(.*\)/g, "Local");
  console.log(name, "|", known(message), "|", code, errno, syscall, address, known(error.port), error instanceof Error);
}

function thrown(call) {
  try {
    call();
    console.log("nothing was thrown");
  } catch (error) {
    console.log(error.name, error.code, error.message.split("\n")[0]);
  }
}

async function failed(emitter, port) {
  const [error] = await once(emitter, "error");
  say(error, port);
  for (const one of error.errors ?? []) say(one, port);
}

const server = createServer().listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();

await failed(createServer().listen(port, "127.0.0.1"), port);
await failed(createServer().listen(port, "192.0.2.1"), port);
await failed(connect({ port, host: "127.0.0.1", localAddress: "192.0.2.1" }), port);
thrown(() => server.listen(0));
server.close();
await once(server, "close");

// Nobody listens there any more.
const client = connect(port, "127.0.0.1");
client.on("close", (hadError) => console.log("close", hadError, client.destroyed, client.connecting));
await failed(client, port);
await failed(connect({ port, host: "127.0.0.1", localAddress: "127.0.0.1" }), port);
await failed(connect({ port, host: "localhost", family: 4 }), port);
await failed(connect(port, "::1"), port);
await failed(connect("/nonexistent/socket"), port);
await failed(createServer().listen("/nonexistent/socket"), port);
await failed(connect({ port, host: "host.invalid", lookup: (name, options, found) => found(new Error(`no ${name}`)) }), port);

// Each address is tried.
const both = (name, options, found) => {
  const all = [{ address: "127.0.0.1", family: 4 }, { address: "::1", family: 6 }];
  if (options.all) found(null, all);
  else found(null, all[0].address, all[0].family);
};
const trying = connect({ port, host: "both.test", lookup: both });
trying.on("lookup", (error, address, family, host) => console.log("lookup", error, address, family, host));
trying.on("connectionAttempt", (address, to, family) => console.log("attempt", address, to === port, family));
trying.on("connectionAttemptFailed", (address, to, family, error) => console.log("failed", address, to === port, family, error.code));
await failed(trying, port);
console.log(...trying.autoSelectFamilyAttemptedAddresses.map((address) => address.replace(port, "PORT")));

thrown(() => connect(70_000));
thrown(() => connect({ port: "x" }));
thrown(() => createServer().listen(-1));
thrown(() => createServer().listen({ port: 65_536 }));
thrown(() => new Socket().connect({}));

const unconnected = new Socket();
unconnected.write("x", (error) => console.log("write", error?.code));
await failed(unconnected, port);
