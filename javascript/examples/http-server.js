/** A web server: `http-server [HOST] [PORT]`. It answers with what was asked, and ends at /end. */

import { server } from "./http.js";

const [host = "127.0.0.1", port = "8080"] = process.argv.slice(2);

const web = server(({ method, target, headers, body }) => {
  if (target === "/end") web.close();
  if (target === "/big") return { body: "x".repeat(1_000_000) };
  const sum = body.reduce((sum, byte) => sum + byte, 0);
  return { headers: { "content-type": "text/plain" }, body: `${method} ${target} ${headers.host} ${body.length} ${sum}\n` };
});
web.listen(Number(port), host, () => console.log(web.address().port));
