/** A build context as a tar stream: what the docker command would send, with .dockerignore applied. */
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, readlink, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import dockerignore from "@balena/dockerignore";
import { pack, type Headers, type Pack } from "tar-stream";

import { messageOf } from "../engine/errors.ts";

export interface BuildContext {
  /** Begins to pack. What cannot be packed is an error of the stream, which names it. */
  readonly packed: () => Readable;
  /** Path of the Dockerfile inside the tar. */
  readonly dockerfile: string;
}

/**
 * @param directory relative to the program, absolute or beginning with `~/`
 * @param dockerfile relative to the directory, or absolute; may lie outside of it
 * @throws when the directory or the Dockerfile is missing
 */
export async function buildContext(directory: string, dockerfile: string): Promise<BuildContext> {
  const root = resolve(directory.replace(/^~(?=\/|$)/, homedir()));
  if (!(await isDirectory(root))) throw new Error(`build context ${directory} is no directory`);
  const file = resolve(root, dockerfile);
  const text = await readFile(file).catch(() => undefined);
  if (text === undefined) throw new Error(`Dockerfile ${file} is missing`);
  const inside = relative(root, file);
  const outside = inside.startsWith("..");
  const name = outside ? `.dockerfile.${randomBytes(10).toString("hex")}` : inside;
  const fill = async (tar: Pack): Promise<void> => {
    if (outside) tar.entry({ name, mode: 0o600 }, text);
    await packDirectory(tar, root, await ignoreRules(root, name));
    tar.finalize();
  };
  return { packed: () => filled(fill), dockerfile: name };
}

function filled(fill: (tar: Pack) => Promise<void>): Readable {
  const tar = pack();
  fill(tar).catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
  return new Readable().wrap(tar);
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

interface Ignore {
  ignores(path: string): boolean;
  /** Whether something inside an ignored directory may be wanted after all (`!directory/file`). */
  mayHoldExceptions(directory: string): boolean;
}

async function ignoreRules(root: string, dockerfile: string): Promise<Ignore> {
  const text = await readFile(join(root, ".dockerignore"), "utf8").catch(() => "");
  const patterns = text.split(/\r?\n/).map((line) => line.trim());
  const rules = dockerignore.default().add([...patterns, `!${dockerfile}`, "!.dockerignore"]);
  const exceptions = [...patterns.filter((each) => each.startsWith("!")), `!${dockerfile}`].map((each) =>
    each.slice(1).replace(/^\//, ""),
  );
  return {
    ignores: (path) => rules.ignores(path),
    mayHoldExceptions: (directory) => exceptions.some((each) => `${each}/`.startsWith(`${directory}/`)),
  };
}

/** Names what cannot be read, without Node.js's code: by that it would be taken for a fault of the connection. */
function unreadable(path: string): (error: unknown) => never {
  return (error) => {
    throw new Error(
      `${path} of the build context cannot be read (${messageOf(error)}): ` +
        "make it readable, or name it in .dockerignore",
    );
  };
}

async function packDirectory(tar: Pack, root: string, ignore: Ignore, under = ""): Promise<void> {
  const names = (await readdir(join(root, under)).catch(unreadable(join(".", under)))).sort();
  for (const name of names) {
    const path = join(under, name);
    const found = await lstat(join(root, path)).catch(unreadable(path));
    const ignored = ignore.ignores(path);
    if (ignored && !(found.isDirectory() && ignore.mayHoldExceptions(path))) continue;
    // Owned by root whoever runs the program, so that an image does not depend on it.
    const header: Headers = { name: path, mode: found.mode & 0o7777, mtime: found.mtime, uid: 0, gid: 0 };
    if (found.isDirectory()) {
      if (!ignored) tar.entry({ ...header, type: "directory" });
      await packDirectory(tar, root, ignore, path);
    } else if (found.isSymbolicLink()) {
      const linkname = await readlink(join(root, path)).catch(unreadable(path));
      tar.entry({ ...header, type: "symlink", linkname });
    } else if (found.isFile()) {
      const entry = tar.entry({ ...header, size: found.size });
      await pipeline(createReadStream(join(root, path)), entry).catch(unreadable(path));
    }
  }
}
