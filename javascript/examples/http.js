/** HTTP/1.1 over `node:net`: what a small client and a small server want of it. */

import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect, createServer } from "node:net";

/** What was received and not read yet. */
class Input {
  #chunks;
  #held = Buffer.alloc(0);

  constructor(socket) {
    this.#chunks = socket[Symbol.asyncIterator]({ destroyOnReturn: false });
  }

  async #more() {
    const { value, done } = await this.#chunks.next();
    if (!done) this.#held = Buffer.concat([this.#held, value]);
    return !done;
  }

  #take(length) {
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }

  /** Up to the text, which is left out; nothing where the stream ends before it begins. */
  async upTo(text) {
    let at;
    while ((at = this.#held.indexOf(text)) < 0) {
      if (await this.#more()) continue;
      if (this.#held.length > 0) throw new Error("the peer ended in the middle of a message");
      return undefined;
    }
    const head = this.#take(at + text.length);
    return head.subarray(0, at).toString("latin1");
  }

  async bytes(length) {
    while (this.#held.length < length) {
      if (!(await this.#more())) throw new Error("the peer ended in the middle of a message");
    }
    return this.#take(length);
  }

  async rest() {
    while (await this.#more());
    return this.#take(this.#held.length);
  }
}

/** The first line, and the fields by their names in small letters. */
function parsed(head) {
  const [line, ...fields] = head.split("\r\n");
  const headers = fields.map((field) => {
    const at = field.indexOf(":");
    return [field.slice(0, at).toLowerCase(), field.slice(at + 1).trim()];
  });
  return { line, headers: Object.fromEntries(headers) };
}

async function chunked(input) {
  const chunks = [];
  for (;;) {
    const size = parseInt(await input.upTo("\r\n"), 16);
    if (!(size >= 0)) throw new Error("not the size of a chunk");
    if (size === 0) break;
    chunks.push(await input.bytes(size));
    await input.upTo("\r\n");
  }
  while (await input.upTo("\r\n"));
  return Buffer.concat(chunks);
}

async function body(input, headers, otherwise) {
  if (/chunked/i.test(headers["transfer-encoding"] ?? "")) return chunked(input);
  if ("content-length" in headers) return input.bytes(Number(headers["content-length"]));
  return otherwise();
}

async function send(socket, line, headers, body) {
  const fields = { "content-length": body.length, ...headers };
  const head = [line, ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n");
  socket.write(head);
  if (body.length > 0 && !socket.write(body)) await once(socket, "drain");
}

async function serve(socket, answer) {
  const input = new Input(socket);
  for (let head; (head = await input.upTo("\r\n\r\n")) !== undefined; ) {
    const { line, headers } = parsed(head);
    const [method, target, version] = line.split(" ");
    if (/100-continue/i.test(headers.expect ?? "")) socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    const request = { method, target, headers, body: await body(input, headers, () => Buffer.alloc(0)) };
    const { status = "200 OK", headers: own = {}, body: text = "" } = await answer(request);
    const isLast = version === "HTTP/1.0" || /close/i.test(headers.connection ?? "");
    const connection = isLast ? { connection: "close" } : {};
    await send(socket, `HTTP/1.1 ${status}`, { ...connection, ...own }, method === "HEAD" ? Buffer.alloc(0) : Buffer.from(text));
    if (isLast) break;
  }
  socket.end();
}

/** A server that answers each request by what `answer` gives: `{ status, headers, body }`. */
export function server(answer) {
  return createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    serve(socket, answer).catch((error) => {
      console.error(error.message);
      socket.destroy();
    });
  });
}

/** Makes a request, and gives `{ status, headers, body }`. */
export async function request(url, { method = "GET", headers = {}, body: text = "" } = {}) {
  const { hostname, port, pathname, search, host } = new URL(url);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80), noDelay: true });
  await once(socket, "connect");
  try {
    const fields = { host, connection: "close", ...headers };
    await send(socket, `${method} ${pathname}${search} HTTP/1.1`, fields, Buffer.from(text));
    const input = new Input(socket);
    const head = await input.upTo("\r\n\r\n");
    if (head === undefined) throw new Error("the server ended without an answer");
    const { line, headers: received } = parsed(head);
    const status = Number(line.split(" ")[1]);
    const isEmpty = method === "HEAD" || status === 204 || status === 304;
    return { status, headers: received, body: isEmpty ? Buffer.alloc(0) : await body(input, received, () => input.rest()) };
  } finally {
    socket.destroy();
  }
}
