/** UDP, as node has it. */

import { createSocket } from "node:dgram";
import { once } from "node:events";

const say = (...words) => console.log(...words);

function thrown(call) {
  try {
    say("nothing was thrown", call());
  } catch (error) {
    say(error.name, error.code, error.message.split("\n")[0]);
  }
}

async function bound(type, address, options) {
  const socket = createSocket({ type, ...options });
  socket.bind(0, address);
  await once(socket, "listening");
  return socket;
}

for (const [type, address] of [["udp4", "127.0.0.1"], ["udp6", "::1"]]) {
  say("#", type);
  const a = await bound(type, address);
  const b = createSocket(type, (message, { address, family, port, size }) => {
    say("message", String(message), address, family, size, port === a.address().port);
  });
  b.bind({ port: 0, address });
  await once(b, "listening");
  const { port } = b.address();
  say(b.address().address, b.address().family, port > 0);
  const sent = (...args) => new Promise((resolve) => a.send(...args, (error, bytes) => resolve([error, bytes])));
  for (const args of [
    ["text", port, address],
    [Buffer.from("bytes"), port, address],
    [new Uint16Array([0x6161, 0x6262]), port, address],
    [Buffer.from("a part of it"), 2, 4, port, address],
    [["pieces, ", Buffer.from("together")], port, address],
    ["", port, address],
    ["without address", port],
  ]) {
    const [[error, bytes]] = await Promise.all([sent(...args), once(b, "message")]);
    say(error, bytes);
  }
  const [tooLong] = await sent(Buffer.alloc(70_000), port, address);
  say(tooLong.code, tooLong.syscall, tooLong.address, tooLong.port === port, tooLong.message.replace(port, "PORT"));

  a.connect(port, address);
  await once(a, "connect");
  say(a.remoteAddress().address, a.remoteAddress().port === port);
  const [[error, bytes]] = await Promise.all([sent("connected"), once(b, "message")]);
  say(error, bytes);
  thrown(() => a.send("x", port, address));
  thrown(() => a.connect(port));
  a.disconnect();
  thrown(() => a.remoteAddress());
  thrown(() => a.disconnect());

  say(a.setTTL(5), a.setMulticastTTL(6), a.setMulticastLoopback(true), a.setBroadcast(true), a.setRecvBufferSize(4096));
  say(a.getRecvBufferSize() >= 4096, a.getSendQueueCount(), a.getSendQueueSize(), a.ref() === a, a.unref() === a);
  thrown(() => a.bind());
  a.close(() => say("closed"));
  await once(a, "close");
  thrown(() => a.send("x", port));
  thrown(() => a.close());
  thrown(() => a.address());
  b.close();
}

say("# an answer, to whom sends first");
const server = await bound("udp4", "127.0.0.1");
server.on("message", (message, { port, address }) => server.send(`${message}!`, port, address));
const client = createSocket("udp4");
client.send("hello", server.address().port, "localhost");
const [answer] = await once(client, "message");
say(String(answer), client.address().address);

say("# nobody");
const { port: gone } = server.address();
server.close();
await once(server, "close");
client.connect(gone, "127.0.0.1");
await once(client, "connect");
client.send("anybody?");
const [refused] = await once(client, "error");
say(refused.code, refused.syscall, refused.errno);
client.close();

say("# taken");
const taken = await bound("udp4", "127.0.0.1");
const second = createSocket("udp4");
second.bind(taken.address().port, "127.0.0.1");
const [error] = await once(second, "error");
say(error.code, error.syscall, error.address, error.port === taken.address().port);
second.close();
taken.close();

say("# a group");
const group = await bound("udp4", "0.0.0.0", { reuseAddr: true });
group.setMulticastInterface("127.0.0.1");
group.addMembership("239.1.2.3", "127.0.0.1");
const sender = await bound("udp4", "127.0.0.1");
sender.setMulticastInterface("127.0.0.1");
sender.send("to all", group.address().port, "239.1.2.3");
const [heard] = await once(group, "message");
say(String(heard));
thrown(() => group.addMembership("239.1.2.3", "127.0.0.1"));
thrown(() => group.addMembership("127.0.0.1"));
group.dropMembership("239.1.2.3", "127.0.0.1");
thrown(() => group.dropMembership("239.1.2.3", "127.0.0.1"));
group.addSourceSpecificMembership("127.0.0.1", "232.1.2.3", "127.0.0.1");
sender.send("from one", group.address().port, "232.1.2.3");
say(String((await once(group, "message"))[0]));
group.dropSourceSpecificMembership("127.0.0.1", "232.1.2.3", "127.0.0.1");
group.close();
sender.close();

thrown(() => createSocket("udp5"));
thrown(() => createSocket("udp4").send("x", 0, "127.0.0.1"));
thrown(() => createSocket("udp4").send("x", 70_000));
thrown(() => createSocket("udp4").send(5, 53));
