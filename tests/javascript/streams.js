/** Connections, as node has them: the events and their order, the ends of each direction, the addresses. */

import { once } from "node:events";
import { connect, createServer, Socket } from "node:net";
import { finished } from "node:stream";

const say = (...words) => console.log(...words);

/** A server for one connection, and the client's side of it. */
async function pair(serverOptions, clientOptions) {
  const server = createServer(serverOptions);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect({ port: server.address().port, host: "127.0.0.1", ...clientOptions });
  const [[accepted]] = await Promise.all([once(server, "connection"), once(client, "connect")]);
  server.close();
  return [client, accepted, server];
}

/** Waits for the socket's close, whatever comes before it. */
const closed = (socket) => new Promise((resolve) => socket.once("close", resolve));

function told(name, socket) {
  for (const event of ["end", "finish", "close", "error", "timeout", "drain"]) {
    socket.on(event, (...args) => say(name, event, ...args.map((arg) => arg.code ?? String(arg))));
  }
  return socket;
}

async function text(socket) {
  let text = "";
  socket.on("data", (data) => (text += data));
  await once(socket, "end");
  return text;
}

{
  say("# states");
  const server = createServer((socket) => socket.end("bye"));
  say(server.listening, server.address());
  server.listen({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  say(server.listening, server.address().family, server.address().address, server.address().port > 0);
  const client = new Socket();
  say(client.pending, client.connecting, client.readyState, client.remoteAddress, client.address());
  client.connect(server.address().port, "127.0.0.1", function () {
    say("connected", this === client);
  });
  say(client.pending, client.connecting, client.readyState, client.remoteAddress, client.destroyed);
  await once(client, "ready");
  say(client.pending, client.connecting, client.readyState, client.destroyed);
  say(client.remoteAddress, client.remotePort === server.address().port, client.remoteFamily);
  say(client.localAddress, client.localPort > 0, client.localFamily, Object.keys(client.address()).sort().join());
  client.setEncoding("utf8").on("data", (data) => say("data", data, client.bytesRead));
  await once(client, "end");
  say("end", client.readable, client.writable);
  await closed(client);
  say(client.readyState, client.destroyed, client.bytesWritten, client.pending);
  server.close();
  await once(server, "close");
  say(server.listening, server.address());
}

{
  say("# the peer ends, and this side with it");
  const [client, accepted] = await pair();
  accepted.resume().end("all");
  await closed(told("client", client).resume());
}

{
  say("# half open");
  const [client, accepted] = await pair({ allowHalfOpen: true }, { allowHalfOpen: true });
  client.end("question");
  say(await text(accepted.setEncoding("utf8")), accepted.writable, accepted.readyState, client.readyState);
  accepted.write("answer, ");
  setTimeout(() => accepted.end("later"), 5);
  say(await text(client), client.bytesWritten, accepted.bytesRead, accepted.bytesWritten);
}

{
  say("# writing after the end");
  const [client, accepted] = await pair();
  told("client", client);
  client.end();
  client.write("late", (error) => say("callback", error.code));
  await closed(client);
  accepted.destroy();
}

{
  say("# writing after the peer's end");
  const [client, accepted] = await pair();
  client.resume().on("end", () => client.write("late", (error) => say("callback", error?.code, error?.message)));
  client.on("error", (error) => say("error", error.code));
  accepted.resume().end();
  await closed(client);
}

{
  say("# paused");
  const [client, accepted] = await pair({ pauseOnConnect: true });
  client.end("waits");
  const events = [];
  accepted.on("data", (data) => events.push(String(data)));
  await new Promise((resolve) => setTimeout(resolve, 20));
  say(accepted.isPaused(), events.length, accepted.bytesRead);
  accepted.resume();
  await once(accepted, "end");
  say(events.join(""), accepted.isPaused());
  client.destroy();
}

{
  say("# reset");
  const [client, accepted] = await pair();
  told("client", client).resume();
  accepted.resetAndDestroy();
  await closed(client);
  const [error] = await once(new Socket().resetAndDestroy(), "error");
  say(error.code, error.message);
}

{
  say("# a time limit");
  const [client, accepted] = await pair();
  client.setTimeout(20, () => say("called"));
  say(client.timeout);
  await once(client, "timeout");
  say(client.destroyed, client.setTimeout(0).timeout);
  client.destroy();
  accepted.destroy();
}

{
  say("# destroyed with an error");
  const [client, accepted] = await pair();
  told("client", client).destroy(new Error("own"));
  client.destroy(new Error("second"));
  await closed(accepted.resume());
}

{
  say("# destroySoon");
  const [client, accepted] = await pair();
  client.write("a".repeat(1_000_000));
  client.destroySoon();
  say((await text(accepted)).length);
}

{
  say("# aborted");
  const controller = new AbortController();
  const [client, accepted] = await pair({}, { signal: controller.signal });
  finished(client, (error) => say("finished", error?.name, error?.code));
  client.on("error", (error) => say(error.name, error.code));
  controller.abort();
  await closed(accepted.resume());
}

{
  say("# again");
  const server = createServer((socket) => socket.end("hello"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = new Socket().setEncoding("utf8");
  client.on("data", (data) => say(data));
  for (let i = 0; i < 2; i++) {
    client.connect(server.address().port, "127.0.0.1");
    await closed(client);
    say(client.bytesRead);
  }
  server.close();
}

{
  say("# at most one");
  const server = createServer().listen(0, "127.0.0.1");
  server.maxConnections = 1;
  await once(server, "listening");
  const { port } = server.address();
  const first = connect(port, "127.0.0.1");
  await once(server, "connection");
  const second = connect(port, "127.0.0.1").resume();
  const [[drop]] = await Promise.all([once(server, "drop"), closed(second)]);
  say(Object.keys(drop).sort().join(), drop.localPort === port, drop.remotePort > 0);
  say(await new Promise((resolve) => server.getConnections((error, count) => resolve(`${error} ${count}`))));
  server.close((error) => say("closed", error));
  first.destroy();
  await once(server, "close");
  server.close((error) => say(error.code, error.message));
  await once(server, "close");
}

{
  say("# settings");
  const [client, accepted] = await pair({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 3000 });
  say(client.setNoDelay() === client, client.setKeepAlive(true, 1000) === client, client.ref() === client);
  say(accepted.setNoDelay(false) === accepted, client.unref() === client);
  client.destroy();
  accepted.destroy();
}

{
  say("# unreferenced");
  const server = createServer().listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  setTimeout(() => {}, 100_000).unref();
}
