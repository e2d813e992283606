/** The files of unix sockets. */

import { getDirectories } from "wasi:filesystem/preopens@0.2.12";

/** Removes the file, if it is in a directory of the program's; nobody is told where it is not. */
export function unlink(path: string): void {
  for (const [directory, name] of getDirectories()) {
    const prefix = name === "/" || name.endsWith("/") ? name : `${name}/`;
    if (!path.startsWith(prefix)) continue;
    try {
      directory.unlinkFileAt(path.slice(prefix.length));
      return;
    } catch {
      // Maybe in another one.
    }
  }
}
