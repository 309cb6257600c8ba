/** What a container has written. */
import type { Context } from "../engine/engine.ts";
import { messageOf } from "../engine/errors.ts";

/** How many lines a failure shows. */
const shownLines = 20;

/**
 * Everything, standard output and error as they came, without the engine's frame headers and otherwise untouched:
 * the form of the official plugin's `containerLogs`.
 */
export async function allLogs(context: Context, id: string, tty: boolean): Promise<string> {
  const raw = await context.client.follow(context.signal, async (docker, abortSignal) => {
    // `follow` ends with the container; without it dockerode turns output that happens to be JSON into an object.
    const stream = await docker
      .getContainer(id)
      .logs({ stdout: true, stderr: true, follow: true, abortSignal });
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  });
  return (tty ? raw : withoutHeaders(raw)).toString("utf8");
}

/** The last lines for an error message, indented; in their place the reason why there are none. */
export async function lastLines(
  context: Context,
  id: string,
  tty: boolean,
  signal: AbortSignal,
): Promise<string> {
  try {
    const raw = await context.client.ask(signal, (docker, abortSignal) =>
      docker
        .getContainer(id)
        .logs({ stdout: true, stderr: true, tail: shownLines, follow: false, abortSignal }),
    );
    const bytes = Buffer.isBuffer(raw) ? raw : Buffer.from(JSON.stringify(raw)); // JSON on a terminal, see above
    const text = (tty ? bytes : withoutHeaders(bytes)).toString("utf8").trimEnd();
    if (text === "") return "; it wrote nothing";
    const lines = text.split(/\r?\n/).slice(-shownLines);
    return `; its last lines:${lines.map((line) => `\n  ${line}`).join("")}`;
  } catch (error) {
    return `; its logs are not to be had: ${messageOf(error)}`;
  }
}

/** Each frame is a stream number, three zero bytes, and the length of what follows (big-endian). */
const headerBytes = 8;
const lengthAt = 4;

/** The content of a multiplexed log. */
export function withoutHeaders(framed: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + headerBytes <= framed.length;) {
    const start = at + headerBytes;
    const end = start + framed.readUInt32BE(at + lengthAt);
    parts.push(framed.subarray(start, end));
    at = end;
  }
  return Buffer.concat(parts);
}
