/** What node's programs find without an import. */

import { Buffer } from "node:buffer";

import process from "./process.js";
import timers from "./timers.js";

Object.assign(globalThis, timers, { Buffer, global: globalThis, process });

// The engine's own needs wasi:http, which a component of this kind does not import.
Reflect.deleteProperty(globalThis, "fetch");
