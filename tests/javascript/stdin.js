/** Sends what comes from stdin to the port in the argument, and writes what comes back to stdout. */

import { connect } from "node:net";
import { pipeline } from "node:stream/promises";

const socket = connect(Number(process.argv[3]), "127.0.0.1");
await Promise.all([pipeline(process.stdin, socket), pipeline(socket, process.stdout, { end: false })]);
