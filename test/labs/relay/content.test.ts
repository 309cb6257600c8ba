import { letter, message, RELAY_PORT, repliesOf, SUBMISSION_PORT } from "./conversation.ts";
import { exec } from "../engine.ts";
import { Lab, PASSWORD } from "./lab.ts";

const SENDER = "jira@atlassian.test";
const lab = new Lab();

beforeAll(() => lab.start());
afterAll(() => {
  lab.remove();
});

describe("what is forwarded", () => {
  test("leaves byte for byte as it came, but for what is put in front", async () => {
    const long = "x".repeat(1500);
    const content = [
      "DKIM-Signature: v=1; a=rsa-sha256; d=atlassian.test; s=one;",
      "\th=from:subject; b=AAAA",
      "From:  Jira   <jira@atlassian.test> (odd  spacing)",
      "Subject: byte for byte",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: 8bit",
      "",
      "tab\tand trailing space ",
      ".dot",
      "\u00e4\u00f6\u00fc",
      long,
      "",
      "end",
    ].join("\r\n");
    const stuffed = content.replace("\r\n.dot", "\r\n..dot");
    lab.talk("listed", [message(SENDER, "ada@alias.test", stuffed)]);
    const arrived = await lab.arrival("byte for byte");
    expect(arrived.content.endsWith(`\r\n${content}\r\n`)).toBe(true);
    expect(arrived.content.slice(0, -content.length - 2)).toMatch(/^Received: (.|\r\n\t)*\r\n$/);
  });

  test("is not signed by us, not even under our own domain", async () => {
    lab.talk("listed", [message(SENDER, "ada@alias.test", letter("not ours", "no-reply@id.test"))]);
    expect((await lab.arrival("not ours")).content).not.toMatch(/^DKIM-Signature:/m);
  });
});

test("a listed sender does not write in the name of the stack itself, but may in that of an alias", () => {
  const [ours, alias] = lab.talk("listed", [
    message("no-reply@id.test", "ada@alias.test", letter("forged", "no-reply@id.test")),
    message("grace@alias.test", "ada@alias.test", letter("on behalf of Grace", "grace@alias.test")),
  ]);
  expect(ours?.[2]).toMatch(/^554 5\.7\.1 .*mail of this domain does not come from outside/);
  expect(repliesOf(alias).end).toMatch(/^250 /); // control
});

describe("mail of our own", () => {
  const submit = (from: string, subject: string): void => {
    const conversation = message(from, "someone@people.test", letter(subject, from));
    lab.talk("unlisted", [
      { ...conversation, port: SUBMISSION_PORT, starttls: true, login: ["keycloak", PASSWORD] },
    ]);
  };

  test("keeps its sender and bears a signature that the published key verifies", async () => {
    submit("no-reply@id.test", "signed");
    const { from, content } = await lab.arrival("signed");
    expect(from).toBe("no-reply@id.test");
    expect(content).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=id\.test; s=sso;/);
    const key = lab.dkimKey;
    expect(lab.python("dkim.py", { key, message: content })).toBe(true);
    const forged = content.replace("hello", "hullo");
    expect(forged).not.toBe(content);
    expect(lab.python("dkim.py", { key, message: forged })).toBe(false);
  });

  test("waits when it cannot be signed", () => {
    const signal = (name: string): string =>
      exec(lab.of("postfix"), ["sh", "-c", `kill -${name} $(pidof opendkim)`]);
    signal("STOP");
    const conversation = message("no-reply@id.test", "someone@people.test", letter("unsigned"));
    const [replies] = lab.talk("unlisted", [
      { ...conversation, port: SUBMISSION_PORT, starttls: true, login: ["keycloak", PASSWORD] },
    ]);
    signal("CONT");
    expect(replies?.join("\n")).toMatch(/^4\d\d 4\.\d\.\d /m);
    expect(replies?.join("\n")).not.toMatch(/queued/);
  });
});

describe("returned mail", () => {
  test("comes back to who sent it, by the address that we made", async () => {
    lab.talk("listed", [message(SENDER, "ada@alias.test", letter("sent"))]);
    const { from } = await lab.arrival("sent");
    const forged = from.replace(/^SRS0=..../, "SRS0=AAAA");
    expect(forged).not.toBe(from);
    const [returned, withSender, other] = lab.talk("listed", [
      message("", from, letter("returned")),
      message(SENDER, from, letter("not returned")),
      message("", forged, letter("forged")),
    ]);
    expect((await lab.arrival("returned")).to).toEqual([SENDER]);
    expect(repliesOf(returned).end).toMatch(/^250 /);
    expect(repliesOf(withSender).rcpt).toMatch(/^554 5\.7\.1 /);
    expect(repliesOf(other).rcpt).toMatch(/^550 5\.1\.1 /);
  });

  test("is made by us when the smarthost refuses a message for good", async () => {
    lab.talk("listed", [message(SENDER, "refused@alias.test", letter("refused"))]);
    const { from, to, content } = await lab.arrival("Undelivered Mail Returned to Sender");
    expect({ from, to }).toEqual({ from: "<>", to: [SENDER] });
    expect(content).toMatch(/^DKIM-Signature: .* d=mx\.alias\.test;\s+s=sso;/m);
    expect(lab.python("dkim.py", { key: lab.dkimKey, message: content })).toBe(true);
  });
});

test("a message of too many hops goes no further", () => {
  const hops = (count: number): string =>
    "Received: from a by b; Thu, 1 Jan 2026 00:00:00 +0000\r\n".repeat(count);
  const [few, many] = lab
    .talk("listed", [
      message(SENDER, "ada@alias.test", hops(40) + letter("few hops")),
      message(SENDER, "ada@alias.test", hops(51) + letter("many hops")),
    ])
    .map((replies) => repliesOf(replies).end);
  expect(few).toMatch(/^250 /); // positive control
  expect(many).toMatch(/^554 5\.4\.0 .*hops/);
});

test("a message beyond the limit is refused, by its announced size and by its real one", () => {
  const body = "x".repeat(76).concat("\r\n").repeat(15_000); // 1.17 MB; the limit is 1 MiB
  const [announced] = lab.talk("listed", [
    { port: RELAY_PORT, steps: ["EHLO client.test", `MAIL FROM:<${SENDER}> SIZE=1048577`] },
  ]);
  expect(announced?.[2]).toMatch(/^552 5\.3\.4 /);
  const [sent, fits] = lab.talk("listed", [
    message(SENDER, "ada@alias.test", `${letter("big")}\r\n${body}`),
    message(SENDER, "ada@alias.test", `${letter("fits")}\r\n${body.slice(0, 900_000)}`),
  ]);
  expect(sent?.join("\n")).toMatch(/^552 5\.3\.4 /m);
  expect(repliesOf(fits).end).toMatch(/^250 /); // positive control
});
