import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { STAMPS } from "./paths.ts";

/** A small file that remembers what a step was done for, so that it is done again when that changes. */
export class Stamp {
  readonly #path: string;

  public constructor(name: string) {
    this.#path = join(STAMPS, name);
  }

  public async read(): Promise<string | undefined> {
    return existsSync(this.#path) ? readFile(this.#path, "utf8") : undefined;
  }

  public async write(content: string): Promise<void> {
    await mkdir(STAMPS, { recursive: true });
    await writeFile(this.#path, content);
  }

  /** Taken away before the work starts: a step that is interrupted starts over. */
  public async clear(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}
