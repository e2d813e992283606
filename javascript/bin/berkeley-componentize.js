#!/usr/bin/env node
/** Makes a component of a program of node's: `berkeley-componentize app.js -o app.wasm`. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { componentize } from "@bytecodealliance/componentize-js";

import { bundle } from "./bundle.js";

const USAGE = `Makes a WebAssembly component of a program in JavaScript or TypeScript.

Usage: berkeley-componentize PROGRAM [-o COMPONENT] [--minify] [--aot]

  -o, --out COMPONENT   where it goes; without this, beside the program's name: app.js becomes app.wasm here
      --minify          makes the program smaller
      --aot             compiles the program's functions beforehand; componentize-js fetches weval for it
  -h, --help            prints this

Run it with: berkeley run --allow connect=example.com:443 app.wasm`;

const OPTIONS = {
  out: { type: "string", short: "o" },
  minify: { type: "boolean", default: false },
  aot: { type: "boolean", default: false },
  help: { type: "boolean", short: "h" },
};

/** What the engine has of its own that a component of this kind does not: its needs are no socket's. */
const WITHOUT = ["http", "fetch-event"];

async function make(program, { out, minify, aot }) {
  const source = await bundle(program, { minify });
  const directory = await mkdtemp(join(tmpdir(), "berkeley-"));
  try {
    const sourcePath = join(directory, "program.js");
    await writeFile(sourcePath, source);
    const witPath = fileURLToPath(new URL("../wit", import.meta.url));
    const options = { sourcePath, witPath, worldName: "program", disableFeatures: WITHOUT, enableAot: aot };
    const { component } = await componentize(options);
    await writeFile(out ?? `${basename(program, extname(program))}.wasm`, component);
  } finally {
    await rm(directory, { recursive: true });
  }
}

function fail(message, code) {
  console.error(`berkeley-componentize: ${message}`);
  process.exitCode = code;
}

function parsed() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    fail(`${error.message}\n\n${USAGE}`, 2);
    return undefined;
  }
}

const command = parsed();
if (command?.values.help) {
  console.log(USAGE);
} else if (command && command.positionals.length !== 1) {
  fail(`one program is wanted\n\n${USAGE}`, 2);
} else if (command) {
  await make(command.positionals[0], command.values).catch((error) => fail(error.message, 1));
}
