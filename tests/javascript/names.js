/** Names, as node has them. */

import dns from "node:dns";
import promises, { lookup } from "node:dns/promises";

const say = (...words) => console.log(...words.map((word) => (typeof word === "string" ? word : JSON.stringify(word))));

async function failed(promise) {
  try {
    say("no error", await promise);
  } catch ({ name, code, errno, syscall, hostname, message }) {
    say(name, code, errno, syscall, hostname, message.split("\n")[0]);
  }
}

say(await lookup("127.0.0.1"), await lookup("::1"), await lookup("::1", { all: true }));
say(await lookup("localhost", { family: 4 }), await lookup("localhost", 4));
say(await lookup("localhost", { family: 4, all: true }));
say(await promises.lookupService("127.0.0.1", 22));
await failed(lookup("host.invalid"));
await failed(lookup("host.invalid", { all: true }));
const thrown = async (call) => failed((async () => call())());
await thrown(() => lookup(5));
await thrown(() => lookup("localhost", { family: 5 }));
await thrown(() => promises.lookupService("no address", 22));
await thrown(() => promises.lookupService("127.0.0.1", 70_000));

await new Promise((resolve) => dns.lookup("localhost", 4, (...answer) => resolve(say(answer))));
await new Promise((resolve) => dns.lookup("localhost", { family: 4, all: true }, (...answer) => resolve(say(answer))));
await new Promise((resolve) => dns.lookupService("127.0.0.1", 80, (...answer) => resolve(say(answer))));
await new Promise((resolve) => dns.lookup("host.invalid", (error, address) => resolve(say(error.code, typeof address))));
say(dns.ADDRCONFIG, dns.V4MAPPED, dns.ALL, dns.NOTFOUND, dns.NODATA, dns.getDefaultResultOrder());
