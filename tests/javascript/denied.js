/** What the host does not grant is EACCES. */

import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { connect, createServer } from "node:net";

function say({ code, errno, syscall, message, cause }) {
  console.log(code, errno, syscall, "|", message, "|", cause);
}

const [refused] = await once(connect(9, "127.0.0.1"), "error");
say(refused);
say((await once(connect("/nowhere/socket"), "error"))[0]);
say((await once(createServer().listen(8080, "127.0.0.1"), "error"))[0]);
const datagrams = createSocket("udp4");
datagrams.bind(5353, "127.0.0.1");
say((await once(datagrams, "error"))[0]);
say(await lookup("name.test").catch((error) => error));
