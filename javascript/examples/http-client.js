/** A web client: `http-client URL...` writes what each answers; with `-d DATA` before them it posts. */

import { request } from "./http.js";

const words = process.argv.slice(2);
const options = words[0] === "-d" ? { method: "POST", body: words.splice(0, 2)[1] } : {};
for (const url of words) {
  const { status, body } = await request(url, options);
  if (status !== 200) process.exitCode = 1;
  process.stdout.write(body);
}
