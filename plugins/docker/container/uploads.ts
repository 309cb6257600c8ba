/** Files put into a container before it starts. */
import { readFile } from "node:fs/promises";
import { pack } from "tar-stream";

import type { Properties, Value } from "../../core/definition.ts";
import type { Context } from "../engine/engine.ts";
import { EngineError } from "../engine/errors.ts";
import { blocks, text } from "../values.ts";

const plainMode = 0o644;
const executableMode = 0o744;

/** Sends all files in one archive. @throws naming the container's files when the engine refuses */
export async function upload(context: Context, id: string, uploads: Value | undefined): Promise<void> {
  const files = blocks(uploads);
  if (files.length === 0) return;
  const archive = await tarOf(files);
  try {
    await context.client.ask(context.signal, (docker, abortSignal) =>
      docker.getContainer(id).putArchive(archive, { path: "/", abortSignal }),
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const names = files.map(({ file }) => text(file)).join(", ");
    throw new EngineError(error.status, `uploading ${names} failed: ${error.message}`);
  }
}

async function tarOf(files: readonly Properties[]): Promise<Buffer> {
  const tar = pack();
  for (const file of files) tar.entry({ name: text(file.file), mode: mode(file) }, await content(file));
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function content(file: Properties): Promise<Buffer> {
  const source = text(file.source);
  if (source !== "") {
    return readFile(source).catch(() => {
      throw new Error(`upload source ${source} cannot be read: correct the path`);
    });
  }
  return text(file.contentBase64) === ""
    ? Buffer.from(text(file.content))
    : Buffer.from(text(file.contentBase64), "base64");
}

function mode(file: Properties): number {
  if (text(file.permissions) !== "") return parseInt(text(file.permissions), 8);
  return file.executable === true ? executableMode : plainMode;
}
