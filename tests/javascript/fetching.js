process.argv.splice(1, 2, "http-client");
await import("../../javascript/examples/http-client.js");
