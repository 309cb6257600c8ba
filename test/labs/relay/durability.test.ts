import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ABOUT_TO_BE_SENT } from "../../../automation/mail-queue.ts";
import { letter, message, RELAY_PORT, repliesOf } from "./conversation.ts";
import { eventually } from "../../eventually.ts";
import { docker, logOf } from "../../stack/containers.ts";
import { Lab } from "./lab.ts";

const SENDER = "jira@atlassian.test";
const MESSAGES = 60;
const DRAIN_MS = 120_000;

const lab = new Lab({ hasPublicTls: true });
beforeAll(() => lab.start());
afterAll(() => {
  lab.remove();
});

/** Hands over numbered messages; gives the subjects of those that the relay acknowledged. */
function hand(prefix: string, count: number): string[] {
  const subjects = Array.from({ length: count }, (_, index) => `${prefix}-${index}.`);
  const replies = lab.talk(
    "listed",
    subjects.map((subject) => message(SENDER, "ada@alias.test", letter(subject))),
  );
  return subjects.filter((_, index) => repliesOf(replies[index]).end.startsWith("250 2.0.0 Ok: queued"));
}

/** How often each subject has arrived. */
function arrivals(subjects: readonly string[]): number[] {
  const counts = new Map<string, number>();
  for (const { content } of lab.delivered()) {
    const subject = /^Subject: (.*)\r$/m.exec(content)?.[1] ?? "";
    counts.set(subject, (counts.get(subject) ?? 0) + 1);
  }
  return subjects.map((subject) => counts.get(subject) ?? 0);
}

async function drained(subjects: readonly string[]): Promise<number[]> {
  return eventually(
    `all of ${subjects.length} messages`,
    () => {
      const counts = arrivals(subjects);
      return !counts.includes(0) && counts;
    },
    { withinMs: DRAIN_MS },
  );
}

test("acknowledged mail outlives kill -9, again and again", async () => {
  docker("pause", lab.of("smarthost"));
  const acknowledged: string[] = [];
  for (const round of [1, 2, 3]) {
    acknowledged.push(...hand(`round-${round}`, MESSAGES / 3));
    docker("kill", "--signal", "KILL", lab.of("postfix"));
    docker("start", lab.of("postfix"));
    await lab.ready("postfix");
  }
  expect(acknowledged).toHaveLength(MESSAGES);
  // Positive control: they were on the disk, not gone already.
  await eventually("all of them in the queue", () => lab.queue().length === MESSAGES);
  docker("unpause", lab.of("smarthost"));
  const counts = await drained(acknowledged);
  expect(counts.filter((count) => count > 1).length).toBeLessThanOrEqual(MESSAGES / 100);
});

test("acknowledged mail outlives kill -9 under load too, and next to none comes twice", async () => {
  const load = lab.load("loaded");
  for (let round = 0; round < 4; round++) {
    await sleep(2000);
    docker("kill", "--signal", "KILL", lab.of("postfix"));
    docker("start", lab.of("postfix"));
    await lab.ready("postfix");
  }
  const { acknowledged, failures } = await load.end();
  expect(failures.length).toBeGreaterThan(4); // positive control: it was killed amid messages
  const counts = await drained(acknowledged);
  expect(counts.filter((count) => count > 1).length).toBeLessThanOrEqual(acknowledged.length / 100);
});

test("a certificate that is renewed under load costs no connection", async () => {
  const load = lab.load("renewed");
  for (const ca of ["public-one", "public-two"]) {
    await sleep(1000);
    lab.showPublicly(ca);
    await eventually(`a certificate of ${ca}`, () => lab.issuerAt(RELAY_PORT) === `CN=${ca}`);
  }
  await sleep(1000);
  const { acknowledged, failures, certificates } = await load.end();
  expect(failures).toEqual([]);
  const issuers = certificates.map((pem) => new X509Certificate(pem).issuer);
  expect(new Set(issuers)).toEqual(new Set(["CN=relay tests' ca", "CN=public-one", "CN=public-two"])); // control
  expect(await drained(acknowledged)).toEqual(acknowledged.map(() => 1));
});

test("any of its daemons ending ends the container, so that the restart policy brings all back", async () => {
  for (const daemon of ["opendkim", "postsrsd", "stunnel4", "master"]) {
    // The container's end may take the command itself along.
    spawnSync("docker", ["exec", lab.of("postfix"), "sh", "-c", `kill -KILL $(pidof ${daemon})`]);
    await eventually(
      `${daemon}: the container's end`,
      () => docker("inspect", "--format", "{{.State.Running}}", lab.of("postfix")) === "false",
    );
    docker("start", lab.of("postfix"));
    await lab.ready("postfix");
  }
});

test("stopped in good order, it ends at once and without an error", () => {
  const start = Date.now();
  docker("stop", "--time", "10", lab.of("postfix"));
  expect(Date.now() - start).toBeLessThan(5000);
  expect(docker("inspect", "--format", "{{.State.ExitCode}}", lab.of("postfix"))).toBe("0");
  docker("start", lab.of("postfix"));
});

describe("without the smarthost", () => {
  // Otherwise the test would wait for half a minute at a time.
  const QUICKLY = "queue_run_delay = 2s\nminimal_backoff_time = 2s\nmaximal_backoff_time = 2s";
  beforeAll(() => lab.reconfigure(QUICKLY));

  /** Why mail waits. */
  const reasons = (): string[] =>
    lab
      .queue()
      .flatMap(({ recipients }) => recipients.map(({ reason }) => reason))
      .filter((reason) => reason !== ABOUT_TO_BE_SENT);

  test.each([
    ["away", ["stop", "--time", "2"], ["start"]],
    ["hanging", ["pause"], ["unpause"]],
  ])("%s: mail is taken, waits, and leaves once it is back", async (state, away, back) => {
    await lab.ready("postfix");
    docker(...away, lab.of("smarthost"));
    const acknowledged = hand(state, 3);
    expect(acknowledged).toHaveLength(3);
    docker(...back, lab.of("smarthost"));
    await lab.ready("smarthost");
    await drained(acknowledged);
    await eventually("an empty queue", () => lab.queue().length === 0);
  });

  test.each([
    ["another CA's certificate", "foreign-ca", "smarthost"],
    ["another server's certificate", "ca", "elsewhere"],
  ])("%s: nothing is sent, mail waits", async (_, ca, name) => {
    lab.issue(ca, ["smarthost"], name);
    await lab.restart("smarthost");
    const acknowledged = hand(`to-${ca}`, 1);
    const waiting = await eventually("a reason to wait", () => reasons()[0]);
    expect(waiting).toMatch(/Server certificate not (trusted|verified)/);
    expect(arrivals(acknowledged)).toEqual([0]);
    lab.issue("ca", ["smarthost"]);
    await lab.restart("smarthost");
    await drained(acknowledged); // positive control
  });

  test("a password that it refuses: mail waits, and the queue says why", async () => {
    const login = "smtp_sasl_password_maps =";
    await lab.reconfigure(`${QUICKLY}\n${login} inline:{ { [smarthost]:1587 = relay:wrong } }`);
    const acknowledged = hand("password", 1);
    const reason = await eventually("a reason to wait", () => reasons().find((each) => each.includes("535")));
    expect(reason).toMatch(/^SASL authentication failed; server smarthost\[.*\] said: 535 5\.7\.8 /);
    expect(reason).not.toContain("wrong");
    await lab.reconfigure(QUICKLY);
    await drained(acknowledged); // positive control
  });

  test("a Postfix in its place refuses another password, and takes the mail with the right one", async () => {
    await lab.dropAtSmarthost();
    const login = "smtp_sasl_password_maps =";
    await lab.reconfigure(`${QUICKLY}\n${login} inline:{ { [smarthost]:1587 = relay:wrong } }`);
    expect(hand("to-postfix", 1)).toHaveLength(1);
    const reason = await eventually("a reason to wait", () => reasons().find((each) => each.includes("535")));
    expect(reason).toMatch(/^SASL authentication failed; server smarthost\[.*\] said: 535 5\.7\.8 /);
    await lab.reconfigure(QUICKLY);
    await eventually("an empty queue", () => lab.queue().length === 0);
    const sent =
      /to=<ada@people\.test>.* relay=smarthost\[.*\]:1587, .* status=sent \(250 2\.0\.0 Ok: queued/;
    expect(logOf(lab.of("postfix"))).toMatch(sent);
  });
});
