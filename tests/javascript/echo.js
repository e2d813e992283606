/** Echoes to many clients; the last argument says how many connections it serves, the one before where. */

import { createServer } from "node:net";

const [host, many] = [process.argv[3], Number(process.argv[4])];
let served = 0;
const server = createServer({ noDelay: true }, (socket) => {
  socket.pipe(socket);
  socket.on("error", (error) => console.error(error.message));
  socket.on("close", () => {
    if ((served += 1) === many) server.close(() => console.log("served", served));
  });
});
server.listen(host.startsWith("/") ? host : { host, port: 0 }, () => {
  const address = server.address();
  console.log(typeof address === "string" ? address : address.port);
});
