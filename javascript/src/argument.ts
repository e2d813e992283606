/** What is wrong with an argument, in node's words. */

import { nodeError } from "./error.js";

function received(value: unknown): string {
  if (value === null || value === undefined) return `Received ${String(value)}`;
  if (typeof value === "function") return `Received function ${value.name}`;
  if (typeof value === "object") {
    const name = (value.constructor as { name?: string } | undefined)?.name;
    return name ? `Received an instance of ${name}` : "Received an object";
  }
  const text = typeof value === "string" ? `'${value}'` : String(value);
  const short = text.length > 28 ? `${text.slice(0, 25)}...` : text;
  return `Received type ${typeof value} (${typeof value === "bigint" ? `${short}n` : short})`;
}

/** The error of an argument that is not of the kind which is wanted, such as `of type string`. */
export function wrongType(name: string, kind: string, value: unknown): TypeError {
  const what = name.includes(".") ? "property" : "argument";
  const message = `The "${name}" ${what} must be ${kind}. ${received(value)}`;
  return nodeError(TypeError, "ERR_INVALID_ARG_TYPE", message);
}

type Types = { function: (...args: never[]) => unknown; string: string; number: number; boolean: boolean };

/** The argument, which must be of that type. */
export function ofType<T extends keyof Types>(value: unknown, type: T, name: string): Types[T] {
  if (typeof value === type) return value as Types[T];
  throw wrongType(name, `of type ${type}`, value);
}

/** The argument, which may be left out. */
export function ofTypeIfAny<T extends keyof Types>(value: unknown, type: T, name: string): Types[T] | undefined {
  return value === undefined ? undefined : ofType(value, type, name);
}

/** The argument, which must be a whole number from `least` on. */
export function wholeNumber(value: unknown, name: string, least: number): number {
  const number = ofType(value, "number", name);
  if (Number.isInteger(number) && number >= least && number <= 2 ** 31 - 1) return number;
  const range = Number.isInteger(number) ? `>= ${least} && <= 2147483647` : "an integer";
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${number}`;
  throw nodeError(RangeError, "ERR_OUT_OF_RANGE", message);
}

/** The time, in milliseconds. */
export function milliseconds(value: unknown, name: string): number {
  const number = ofType(value, "number", name);
  if (number >= 0 && Number.isFinite(number)) return number;
  const message = `The value of "${name}" is out of range. It must be a non-negative finite number. Received ${number}`;
  throw nodeError(RangeError, "ERR_OUT_OF_RANGE", message);
}

/** The signal, if there is one. */
export function signalIfAny(value: unknown, name: string): AbortSignal | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "object" && value !== null && "aborted" in value) return value as AbortSignal;
  throw wrongType(name, "an instance of AbortSignal", value);
}

/** An argument that is none of those which have a meaning. */
export function wrongValue(name: string, value: unknown, why = "is invalid"): TypeError {
  const shown = typeof value === "string" ? `'${value}'` : String(value);
  return nodeError(TypeError, "ERR_INVALID_ARG_VALUE", `The argument '${name}' ${why}. Received ${shown}`);
}
