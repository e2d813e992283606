/** What nobody catches ends the program. */

import { createServer } from "node:net";

setTimeout(() => console.log("never"), 100_000);
createServer().listen(0, "127.0.0.1", () => {
  if (process.argv[3] === "thrown") throw new Error("thrown in a callback");
  if (process.argv[3] === "rejected") Promise.reject(new Error("rejected and not handled"));
  if (process.argv[3] === "emitted") createServer().listen(-1 >>> 17, "300.0.0.1").on("x", () => {}).emit("error", new Error("emitted"));
  if (process.argv[3] === "handled") {
    process.on("uncaughtException", (error) => {
      console.log("handled", error.message);
      process.exit(7);
    });
    throw new Error("thrown in a callback");
  }
});
process.on("exit", (code) => console.log("exit", code));
