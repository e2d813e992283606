/** node's `net`. */

import { isIP, isIPv4, isIPv6 } from "./address.js";
import { callable } from "./callable.js";
import {
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
} from "./net/connect.js";
import { type ConnectOptions, type Listener, normalized, type ServerOptions } from "./net/options.js";
import { type ConnectionListener, Server as ServerClass } from "./net/server.js";
import { Socket as SocketClass } from "./net/socket.js";

export type { AddressInfo } from "./address.js";
export type { ConnectOptions, ListenOptions, ServerOptions, SocketOptions } from "./net/options.js";
export {
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  isIP,
  isIPv4,
  isIPv6,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
};

/** A server of TCP or at a path. */
export const Server = callable(ServerClass);
export type Server = ServerClass;

/** A stream over a socket of the internet or a unix socket. */
export const Socket = callable(SocketClass);
export type Socket = SocketClass;
export { Socket as Stream };

/** A server, which does not listen yet. */
export function createServer(listener?: ConnectionListener): Server;
export function createServer(options?: ServerOptions, listener?: ConnectionListener): Server;
export function createServer(options?: ServerOptions | ConnectionListener, listener?: ConnectionListener): Server {
  return new Server(options as ServerOptions, listener);
}

/** A socket that connects. */
export function connect(options: ConnectOptions, listener?: Listener): Socket;
export function connect(port: number | string, host?: string, listener?: Listener): Socket;
export function connect(port: number | string, listener?: Listener): Socket;
export function connect(path: string, listener?: Listener): Socket;
export function connect(...args: unknown[]): Socket {
  const [options, listener] = normalized<ConnectOptions>(args);
  return new Socket(options).connect(options, listener);
}

export const createConnection: typeof connect = connect;

export default {
  Server,
  Socket,
  Stream: Socket,
  connect,
  createConnection,
  createServer,
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  isIP,
  isIPv4,
  isIPv6,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
};
