import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Fetches `url` into `path`. */
export async function download(url: string, path: string, signal: AbortSignal): Promise<void> {
  const answer = await fetch(url, { signal });
  if (!answer.ok || answer.body === null) throw new Error(`${url}: ${answer.status} ${answer.statusText}`);
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(path), { signal });
}

/** Fetches a short text. */
export async function downloadText(url: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${answer.statusText}`);
  return answer.text();
}

/** Throws unless the file's SHA-256 is `expected` (hexadecimal). */
export async function verifySha256(path: string, expected: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  const actual = hash.digest("hex");
  if (actual !== expected) {
    throw new Error(
      `${path} has SHA-256 ${actual}, expected ${expected}; it was damaged or replaced on its way`,
    );
  }
}

/** The digest of `file` in the output of `sha256sum`. */
export function digestOf(file: string, checksums: string): string {
  for (const line of checksums.split("\n")) {
    const [digest, name] = line.trim().split(/\s+\*?/);
    if (name === file && digest !== undefined) return digest;
  }
  throw new Error(`the published checksums do not name ${file}`);
}
