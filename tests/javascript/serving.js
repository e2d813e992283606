process.argv.splice(1, 2, "http-server");
await import("../../javascript/examples/http-server.js");
