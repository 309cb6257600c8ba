/** The engine's progress streams: one JSON object a line, the last of which may say what went wrong. */
import { createInterface } from "node:readline";

/** One line of a build or pull. */
export interface Progress {
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
}

/**
 * Reads a progress stream to its end.
 * @throws whatever breaks the stream; an `error` line is left to the caller
 */
export async function followProgress(
  stream: NodeJS.ReadableStream,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const broken = new Promise<never>((_resolve, reject) => stream.once("error", reject));
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  const read = async (): Promise<void> => {
    for await (const line of lines) if (line.trim() !== "") onProgress(JSON.parse(line) as Progress);
  };
  await Promise.race([read(), broken]);
}
