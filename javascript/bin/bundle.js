/** Makes one module of a program and all that it imports, with node's modules as a component has them. */

import { builtinModules, createRequire } from "node:module";
import { delimiter, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const { resolve: find } = createRequire(import.meta.url);

const DIST = resolve(PACKAGE, "dist");
const own = (name) => resolve(DIST, name);
const isOwn = (file) => file.startsWith(DIST);

/** Modules of node's, by what stands for them: files of this package, or packages of npm. */
const MODULES = {
  assert: () => find("assert/"),
  buffer: () => own("buffer.js"),
  dgram: () => own("dgram.js"),
  dns: () => own("dns.js"),
  "dns/promises": () => own("dns/promises.js"),
  diagnostics_channel: () => own("diagnostics_channel.js"),
  events: () => find("events/"),
  net: () => own("net.js"),
  path: () => find("path-browserify"),
  // Its own file for where there is no node: the other one looks for node's streams.
  stream: () => find("readable-stream/lib/ours/browser.js"),
  string_decoder: () => find("string_decoder/"),
  timers: () => own("timers.js"),
  "timers/promises": () => own("timers/promises.js"),
  util: () => find("util/"),
};

/** Modules of node's that are a few words: what is in them. */
const TEXTS = {
  crypto: `{
    getRandomValues: (array) => crypto.getRandomValues(array),
    randomBytes: (length) => Buffer.from(crypto.getRandomValues(new Uint8Array(length))),
    randomUUID: () => crypto.randomUUID(),
    webcrypto: crypto,
  }`,
  perf_hooks: "{ performance }",
  "stream/promises": "require('stream').promises",
  tty: "{ isatty: () => false }",
  url: "{ URL, URLSearchParams }",
};

/** A module with what is known of it; whoever calls anything else of it is told that a component has not got that. */
const partly = (name) => `
const refuse = (what) => () => { throw new Error("a component has no node:${name}" + what); };
const within = (what) => new Proxy(function () {}, {
  apply: refuse(what),
  construct: refuse(what),
  get: (target, key) => (typeof key === "symbol" || key in target ? target[key] : within(what + "." + key)),
});
module.exports = new Proxy(${TEXTS[name] ?? "{}"}, {
  get: (target, key) => (typeof key === "symbol" || key === "__esModule" || key in target ? target[key] : within("." + key)),
});`;

const NODE = new RegExp(`^(node:)?(${builtinModules.filter((name) => !name.startsWith("_")).join("|")})/?$`);

const modules = {
  name: "berkeley",
  setup({ onResolve, onLoad }) {
    // What the host gives stays an import.
    onResolve({ filter: /^(berkeley|wasi):/ }, ({ path }) => ({ path, external: true }));
    onResolve({ filter: NODE }, ({ path, kind }) => {
      const name = path.match(NODE)[2];
      // The streams want less of `process` than what itself has streams.
      if (path === "process/") return { path: own("tick.js") };
      if (path === "buffer/") return { path: find("buffer/") };
      if (!Object.hasOwn(MODULES, name)) return { path: name, namespace: "node" };
      const file = MODULES[name]();
      // What CommonJS gets can be written to.
      return kind === "require-call" && isOwn(file) ? { path: file, namespace: "default" } : { path: file };
    });
    onResolve({ filter: /^berkeley-sockets\// }, ({ path }) => ({ path: own(`${path.split("/").slice(1).join("/")}.js`) }));
    onLoad({ filter: /.*/, namespace: "node" }, ({ path }) => ({
      contents: path === "process" ? "module.exports = process;" : partly(path),
      resolveDir: PACKAGE,
    }));
    onLoad({ filter: /.*/, namespace: "default" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)}).default;`,
      resolveDir: PACKAGE,
    }));
  },
};

/** The component's own module: what the program does at its top runs when the component does, not when it is made. */
const entry = (program) => `
import { program } from "berkeley-sockets/program";
export const run = program(() => import(${JSON.stringify(program)}));
`;

/** The text of the module. */
export async function bundle(program, { minify = false } = {}) {
  const path = resolve(program);
  const { outputFiles } = await build({
    stdin: { contents: entry(path), resolveDir: dirname(path), sourcefile: "entry.js" },
    bundle: true,
    write: false,
    minify,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["node", "import", "default"],
    target: "es2023",
    define: { __filename: '"/program.js"', __dirname: '"/"' },
    nodePaths: (process.env.NODE_PATH ?? "").split(delimiter).filter(Boolean).map((path) => resolve(path)),
    plugins: [modules],
    logLevel: "error",
  });
  return outputFiles[0].text;
}
