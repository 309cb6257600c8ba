import { letter, message, RELAY_PORT, repliesOf, SUBMISSION_PORT } from "./conversation.ts";
import { eventually } from "../../eventually.ts";
import { exec } from "../engine.ts";
import { Lab, PASSWORD } from "./lab.ts";

const SENDER = "jira@atlassian.test";

const lab = new Lab({ hasPublicTls: true });
beforeAll(() => lab.start({ messagesPerMinute: 5, plusAddressing: false }));
afterAll(() => {
  lab.remove();
});

test("without plus addressing an extension makes another, unknown address", () => {
  const [alias, extended] = lab
    .talk(
      "listed",
      ["ada@alias.test", "ada+x@alias.test"].map((to) => ({
        port: RELAY_PORT,
        steps: ["EHLO client.test", `MAIL FROM:<${SENDER}>`, `RCPT TO:<${to}>`],
      })),
    )
    .map((replies) => repliesOf(replies).rcpt);
  expect(alias).toMatch(/^250 /);
  expect(extended).toMatch(/^550 5\.1\.1 /);
});

test("a client beyond its rate is to come back later", () => {
  const ends = lab
    .talk(
      "listed",
      Array.from({ length: 8 }, (_, index) => message(SENDER, "ada@alias.test", letter(`rate ${index}`))),
    )
    .map((replies) => replies.find((reply) => /^4\d\d 4\.7\.1 /.test(reply)) ?? repliesOf(replies).end);
  expect(ends[0]).toMatch(/^250 /); // positive control
  expect(ends.at(-1)).toMatch(/^450 4\.7\.1 /);
});

test("a certificate that the public trusts is shown to it as soon as it is there, and so is the next one", async () => {
  const own = "CN=relay tests' ca";
  expect(lab.issuerAt(RELAY_PORT)).toBe(own);
  for (const ca of ["public-one", "public-two"]) {
    lab.showPublicly(ca);
    await eventually(`a certificate of ${ca}`, () => lab.issuerAt(RELAY_PORT) === `CN=${ca}`);
    expect(lab.issuerAt(SUBMISSION_PORT)).toBe(own); // the stack's own services know its CA
  }
});

describe("the container", () => {
  const inside = (line: string): string => exec(lab.of("postfix"), ["bash", "-c", line]);

  test("only its own root has rights, and no more than three", () => {
    // Uid and effective capabilities of each process, but for those of this very check.
    const processes = inside(
      "for each in /proc/[0-9]*; do [[ $(cat $each/comm) == @(bash|sed|cat) ]] || sed -n 's/^\\(Name\\|Uid\\|CapEff\\|NoNewPrivs\\):\\s*\\(\\S*\\).*/\\2/p' $each/status | paste -sd' '; done",
    )
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(" "));
    const users = new Set(processes.map(([, uid]) => uid));
    expect(users).toEqual(new Set(["0", "7060", "7061", "7062"])); // positive control
    for (const [name, uid, capabilities, noNewPrivileges] of processes) {
      // CAP_KILL, CAP_SETGID, CAP_SETUID: bits 5 to 7.
      expect({ name, capabilities }).toEqual({
        name,
        capabilities: uid === "0" ? "00000000000000e0" : "0".repeat(16),
      });
      expect(noNewPrivileges).toBe("1");
    }
  });

  test("it writes to its queue and its memory folder only", () => {
    inside("touch /run/sso/probe && rm /run/sso/probe"); // positive control
    for (const folder of [
      "/",
      "/etc",
      "/etc/sso",
      "/etc/sso-tls",
      "/etc/postfix",
      "/tmp",
      "/var/tmp",
      "/usr/local/bin",
    ]) {
      expect(() => inside(`touch ${folder}/probe`)).toThrow();
    }
  });

  test("its root reads no other user's file", () => {
    inside("cat /etc/sso/aliases.cf"); // positive control
    for (const file of [
      "/run/sso/postfix/sasldb2",
      "/run/sso/postsrsd/secret",
      "/var/lib/dkim/private.pem",
    ]) {
      expect(() => inside(`cat ${file}`)).toThrow(/Permission denied/);
    }
  });

  test("no secret stands in a process list or a log", () => {
    expect(inside("cat /etc/sso/password.keycloak")).toBe(PASSWORD); // positive control
    const seen = inside("cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; true");
    expect(seen).toContain("MAIL_CONFIG"); // positive control
    expect(seen).not.toMatch(/canary4/);
    expect(lab.log("postfix")).not.toMatch(/canary4/);
  });
});
