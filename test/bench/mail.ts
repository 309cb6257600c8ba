import { docker } from "../stack/containers.ts";
import type { Lab } from "../labs/relay/lab.ts";
import { cpuSecondsOf } from "./cpu.ts";
import { report, timed } from "./report.ts";

const MESSAGES = 5000;
const SESSIONS = 20;
const BYTES = 4096;
const ROUNDS = 2;

/** Ways to find out who an alias is, by what `main.cf` says of them. */
const LOOKUPS = {
  directory: "",
  "static map": "virtual_alias_maps = inline:{ { ada@alias.test = ada@people.test } }",
};

/**
 * Mail to an alias through the relay to a smarthost with TLS and a login, on a queue that outlives it, until the last
 * message has left; in turn with the directory and with a static map in its place.
 */
export async function benchMail(lab: Lab): Promise<void> {
  await lab.start();
  await lab.dropAtSmarthost();
  const runs: Record<keyof typeof LOOKUPS, Run[]> = { directory: [], "static map": [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [lookup, lines] of Object.entries(LOOKUPS) as [keyof typeof LOOKUPS, string][]) {
      await lab.reconfigure(lines);
      send(lab, SESSIONS); // each process and connection is there before the clock runs
      runs[lookup].push(await measured(lab));
    }
  }
  const against = (figure: keyof Run): { what: string; value: number } => ({
    what: "with a static map",
    value: mean(runs["static map"], figure),
  });
  report("P6 aliased mail to the smarthost", mean(runs.directory, "rate"), "messages/s", against("rate"));
  report("P6 a message: CPU of the relay", mean(runs.directory, "relayMs"), "ms", against("relayMs"));
  report("P6 a message: CPU of the smarthost", mean(runs.directory, "smarthostMs"), "ms");
}

/** Messages a second, and what one takes of each server's CPU. */
interface Run {
  readonly rate: number;
  readonly relayMs: number;
  readonly smarthostMs: number;
}

async function measured(lab: Lab): Promise<Run> {
  const servers = [lab.of("postfix"), lab.of("smarthost")];
  const before = await cpuSecondsOf(servers);
  const seconds = await timed(() => {
    send(lab, MESSAGES);
  });
  const after = await cpuSecondsOf(servers);
  const [relayMs = 0, smarthostMs = 0] = after.map(
    (each, index) => ((each - (before[index] ?? 0)) / MESSAGES) * 1000,
  );
  return { rate: MESSAGES / seconds, relayMs, smarthostMs };
}

function mean(runs: readonly Run[], figure: keyof Run): number {
  return runs.reduce((sum, run) => sum + run[figure], 0) / runs.length;
}

/** Sends messages from the listed client and waits until the relay's queue is empty. */
function send(lab: Lab, count: number): void {
  docker(
    ...["run", "--rm", "--network", `container:${lab.of("listed")}`, "--entrypoint", "smtp-source"],
    ...["sso-test/relay-postfix", "-s", String(SESSIONS), "-m", String(count), "-l", String(BYTES)],
    ...[
      "-M",
      "client.test",
      "-f",
      "jira@atlassian.test",
      "-t",
      "ada@alias.test",
      `inet:${lab.relay.ipv4}:1025`,
    ],
  );
  const empty = 'test -z "$(find incoming active deferred -type f -print -quit)"';
  docker(
    ...["exec", "--user", "7060", "--workdir", "/var/spool/postfix", lab.of("postfix"), "sh", "-c"],
    `until ${empty}; do sleep 0.05; done`,
  );
}
