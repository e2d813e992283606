/** node's `process`, as far as a component has one. */

import { EventEmitter } from "node:events";

import { getArguments, getEnvironment, initialCwd } from "wasi:cli/environment@0.2.12";
import { exitWithCode } from "wasi:cli/exit@0.2.12";
import { now } from "wasi:clocks/monotonic-clock@0.2.12";

import { nodeError } from "./error.js";
import * as loop from "./loop.js";
import { complain, stderr, stdin, stdout } from "./stdio.js";

/** The version of node whose shapes these are. */
const VERSION = "20.19.9";

type HighResolution = { (before?: [number, number]): [number, number]; bigint(): bigint };

const hrtime: HighResolution = Object.assign(
  (before: [number, number] = [0, 0]): [number, number] => {
    const time = now() - (BigInt(before[0]) * 1_000_000_000n + BigInt(before[1]));
    return [Number(time / 1_000_000_000n), Number(time % 1_000_000_000n)];
  },
  { bigint: () => now() },
);

class Process extends EventEmitter {
  readonly title = "berkeley";
  readonly version = `v${VERSION}`;
  readonly versions: Record<string, string> = { node: VERSION };
  readonly platform = "linux";
  readonly arch = "wasm32";
  readonly pid = 1;
  readonly ppid = 0;
  readonly execArgv: string[] = [];
  readonly execPath = "berkeley";
  readonly release = { name: "node" };
  readonly hrtime = hrtime;
  exitCode: number | string | undefined;
  #env: Record<string, string> | undefined;
  #argv: string[] | undefined;
  #isEnding = false;

  get env(): Record<string, string> {
    return (this.#env ??= Object.fromEntries(getEnvironment()));
  }

  /** As in node: the interpreter, the program, its arguments. */
  get argv(): string[] {
    return (this.#argv ??= [this.execPath, ...getArguments()]);
  }

  get stdin(): ReturnType<typeof stdin> {
    return stdin();
  }

  get stdout(): ReturnType<typeof stdout> {
    return stdout();
  }

  get stderr(): ReturnType<typeof stderr> {
    return stderr();
  }

  nextTick<A extends unknown[]>(callback: (...args: A) => void, ...args: A): void {
    loop.nextTick(() => callback(...args));
  }

  cwd(): string {
    return initialCwd() ?? "/";
  }

  uptime(): number {
    return performance.now() / 1000;
  }

  memoryUsage(): Record<string, number> {
    return { rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 };
  }

  emitWarning(warning: string | Error, type = "Warning"): void {
    const [name, text] = warning instanceof Error ? [warning.name, warning.message] : [type, warning];
    complain(`(berkeley) ${name}: ${text}`);
  }

  /** Ends the program. */
  exit(code: number | string | undefined = this.exitCode): never {
    if (code !== undefined) this.exitCode = code;
    if (!this.#isEnding) {
      this.#isEnding = true;
      this.emit("exit", Number(this.exitCode ?? 0));
    }
    exitWithCode(Number(this.exitCode ?? 0) & 255);
  }

  abort(): never {
    exitWithCode(134);
  }

  kill(): never {
    throw nodeError(Error, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", "A component knows no other processes");
  }
}

const process = new Process();

/** The name and the message of an error, its trace, and what it came of. */
function described(error: unknown): string {
  if (!(error instanceof Error)) return `Uncaught ${String(error)}`;
  const { stack = "", cause } = error;
  const head = stack.startsWith(String(error)) ? stack : `${String(error)}\n${stack}`;
  const came = cause === undefined ? "" : `\n  [cause]: ${cause instanceof Error ? described(cause) : String(cause)}`;
  const errors = error instanceof AggregateError ? error.errors.map((one) => `\n  [errors]: ${described(one)}`) : [];
  return [head.trimEnd().replaceAll(/^(?=\S+@)/gm, "    at "), came, ...errors].join("");
}

loop.onUncaught((error) => {
  if (process.listenerCount("uncaughtException") > 0) {
    process.emit("uncaughtException", error, "uncaughtException");
    return;
  }
  complain(described(error));
  process.exit(1);
});

export default process;
