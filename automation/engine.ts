import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ENGINE, SOCKET } from "../bootstrap/docker.ts";
import { OperatorError } from "./fail.ts";
import { dockerEnvironment } from "./ssh.ts";

/** Room for what a command prints about 50,000 accounts. */
const MAX_OUTPUT_BYTES = 256 * 1024 ** 2;

/** What an engine answers at once; what it removes, runs, loads or builds may take its time. */
const QUESTION =
  /^(ps|images|inspect|version|(container|image|network|volume) (inspect|ls)|volume create)( |$)/;

/** Seconds after which an engine is one that does not answer. */
const ANSWER_WITHIN_SEC = 30;

const run = promisify(execFile);

/** A Docker engine, asked by the docker command. */
export interface Engine {
  /** What it is called: the address that the settings give, or this machine's own. */
  readonly name: string;
  /** Whether its host is this machine. */
  readonly isLocal: boolean;
  /** @throws {OperatorError} with what the command said when it fails */
  readonly docker: (...words: readonly string[]) => Promise<string>;
  /** The same for a command that reads its standard input. */
  readonly feed: (input: string, ...words: readonly string[]) => Promise<string>;
}

/** @param host address as settings have it; without one, what DOCKER_HOST or the local socket offers */
export function engineAt(host: string | undefined): Engine {
  const address = host ?? ENGINE;
  const name = address === SOCKET ? "this machine's engine" : address;
  const isLocal = !/^(ssh|tcp):/.test(address);
  const feed = async (input: string, ...words: readonly string[]): Promise<string> => {
    try {
      return (await runDocker(address, words, input)).trim();
    } catch (error) {
      throw new OperatorError(`${name}: ${reasonOf(error)}`);
    }
  };
  return { name, isLocal, feed, docker: (...words) => feed("", ...words) };
}

/**
 * Runs the docker command towards an engine and gives its standard output.
 *
 * @throws what {@link reasonOf} finds the command's own words in; a question that gets no answer ends in error
 */
export async function runDocker(host: string, words: readonly string[], input = ""): Promise<string> {
  const isQuestion = QUESTION.test(words.join(" "));
  const running = run("docker", ["--host", host, ...words], {
    maxBuffer: MAX_OUTPUT_BYTES,
    env: dockerEnvironment(),
    ...(isQuestion ? { signal: AbortSignal.timeout(ANSWER_WITHIN_SEC * 1000) } : {}),
  });
  // A command that ends without reading it has said why.
  running.child.stdin?.on("error", () => undefined).end(input);
  try {
    return (await running).stdout;
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
    throw new OperatorError(
      `Docker at ${host} does not answer within ${ANSWER_WITHIN_SEC} s; there: systemctl status docker`,
    );
  }
}

/** What a command said that failed. */
export function reasonOf(error: unknown): string {
  const said = ((error as { stderr?: string }).stderr ?? "").trim();
  return said === "" ? (error as Error).message : said;
}
