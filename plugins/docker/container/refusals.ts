/** Refusals of the engine that an operator can put right, with the remedy. */
import { EngineError } from "../engine/errors.ts";

interface Refusal {
  readonly pattern: RegExp;
  readonly message: (match: readonly string[]) => string;
}

const refusals: readonly Refusal[] = [
  {
    pattern:
      /(?:Bind for|listen \w+) (\S+?):? (?:failed: port is already allocated|bind: address already in use)/,
    message: ([, address = ""]) =>
      `cannot publish ${address}: something on the Docker host listens there already ` +
      `(\`docker ps --filter publish=${address.split(":").at(-1) ?? ""}\` or \`ss -lntup\` shows what); ` +
      "stop it, or publish another address or port",
  },
  {
    pattern: /listen \w+ (\S+?):? bind: cannot assign requested address/,
    message: ([, address = ""]) =>
      `cannot publish ${address}: the Docker host has no such address; publish one that it has, or add it to the host`,
  },
  {
    pattern: /container name "\/?([^"]+)" is already in use by container "(\w{12})/,
    message: ([, taken = "", id = ""]) =>
      `its name is in use by container ${id}: remove that one with \`docker rm -f ${taken}\`, or import it`,
  },
  {
    pattern: /Address already in use|user specified IP address is supported only|no configured subnet/,
    message: ([what = ""]) => `${what}: correct ipv4Address or ipv6Address in networksAdvanced`,
  },
  {
    pattern: /network (\S+) not found/,
    message: ([, network = ""]) =>
      `network "${network}" does not exist: make it first, or correct networksAdvanced`,
  },
  {
    pattern: /exec: "([^"]+)": (?:executable file not found|stat \S+: no such file)/,
    message: ([, program = ""]) => `the image has no program "${program}": correct command or entrypoints`,
  },
  {
    pattern: /No command specified/,
    message: () => "the image names no program to run: set command or entrypoints",
  },
  {
    pattern: /invalid mount config for type "bind": (.*)/s,
    message: ([, why = ""]) => `${why}: the path must exist on the Docker host`,
  },
];

/** The same error in words for the operator, naming the container. */
export function explain(error: unknown, name: string): unknown {
  if (!(error instanceof EngineError)) return error;
  for (const { pattern, message } of refusals) {
    const match = pattern.exec(error.message);
    if (match !== null) return new EngineError(error.status, `container "${name}": ${message(match)}`);
  }
  return new EngineError(error.status, `container "${name}": ${error.message}`);
}
