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

export interface BuildContext {
  readonly tar: Readable;
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
  const tar = pack();
  const fill = async (): Promise<void> => {
    if (outside) tar.entry({ name, mode: 0o600 }, text);
    await packDirectory(tar, root, await ignoreRules(root, name));
    tar.finalize();
  };
  fill().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
  return { tar: new Readable().wrap(tar), dockerfile: name };
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

async function packDirectory(tar: Pack, root: string, ignore: Ignore, under = ""): Promise<void> {
  const names = (await readdir(join(root, under))).sort();
  for (const name of names) {
    const path = join(under, name);
    const found = await lstat(join(root, path));
    const ignored = ignore.ignores(path);
    if (ignored && !(found.isDirectory() && ignore.mayHoldExceptions(path))) continue;
    // Owned by root whoever runs the program, so that an image does not depend on it.
    const header: Headers = { name: path, mode: found.mode & 0o7777, mtime: found.mtime, uid: 0, gid: 0 };
    if (found.isDirectory()) {
      if (!ignored) tar.entry({ ...header, type: "directory" });
      await packDirectory(tar, root, ignore, path);
    } else if (found.isSymbolicLink()) {
      tar.entry({ ...header, type: "symlink", linkname: await readlink(join(root, path)) });
    } else if (found.isFile()) {
      await pipeline(createReadStream(join(root, path)), tar.entry({ ...header, size: found.size }));
    }
  }
}
