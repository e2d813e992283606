/** The programs of the tests, in one component, since each component is compiled anew. The first argument names one. */

const PROGRAMS = {
  addresses: () => import("./addresses.js"),
  datagrams: () => import("./datagrams.js"),
  denied: () => import("./denied.js"),
  echo: () => import("./echo.js"),
  errors: () => import("./errors.js"),
  fetching: () => import("./fetching.js"),
  flow: () => import("./flow.js"),
  names: () => import("./names.js"),
  paths: () => import("./paths.js"),
  preopened: () => import("./preopened.js"),
  redis: () => import("./redis.js"),
  serving: () => import("./serving.js"),
  stdin: () => import("./stdin.js"),
  streams: () => import("./streams.js"),
  tasks: () => import("./tasks.js"),
  uncaught: () => import("./uncaught.js"),
};

await PROGRAMS[process.argv[2]]();
