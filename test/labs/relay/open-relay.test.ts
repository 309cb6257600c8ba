import { once } from "node:events";
import * as net from "node:net";
import { letter, message, RELAY_PORT, repliesOf, SUBMISSION_PORT } from "./conversation.ts";
import { Lab } from "./lab.ts";

const lab = new Lab();

/** Somebody who has no alias, outside, whom an open relay would reach. */
const VICTIM = "victim@people.test";

const SENDER = "jira@atlassian.test";

/** Ways to write an address so that a careless server relays to it: sender and recipient, as in MAIL and RCPT. */
const FORMS: readonly (readonly [sender: string, recipient: string])[] = [
  [SENDER, VICTIM],
  ["", VICTIM],
  [VICTIM, VICTIM],
  ["ada@alias.test", VICTIM],
  ["nobody@alias.test", VICTIM],
  ["no-reply@id.test", VICTIM],
  ["root@mx.alias.test", VICTIM],
  ["postmaster", VICTIM],
  ["root@localhost", VICTIM],
  ["root@[127.0.0.1]", VICTIM],
  [SENDER, `"${VICTIM}"`],
  [SENDER, `"${VICTIM}"@alias.test`],
  [SENDER, `"${VICTIM}"@mx.alias.test`],
  [SENDER, `"${VICTIM}"@[127.0.0.1]`],
  [SENDER, `"${VICTIM}"@localhost`],
  [SENDER, "victim%people.test"],
  [SENDER, "victim%people.test@alias.test"],
  [SENDER, "victim%people.test@mx.alias.test"],
  [SENDER, "victim%people.test@[127.0.0.1]"],
  [SENDER, "victim%people.test@localhost"],
  [SENDER, '"victim%people.test"@alias.test'],
  [SENDER, "people.test!victim"],
  [SENDER, "people.test!victim@alias.test"],
  [SENDER, "people.test!victim@mx.alias.test"],
  [SENDER, "alias.test!people.test!victim"],
  [SENDER, "alias.test!victim@people.test"],
  [SENDER, '"people.test!victim"@alias.test'],
  [SENDER, `@alias.test:${VICTIM}`],
  [SENDER, `@mx.alias.test:${VICTIM}`],
  [SENDER, `@localhost:${VICTIM}`],
  [SENDER, `@[127.0.0.1]:${VICTIM}`],
  [SENDER, `@alias.test,@mx.alias.test:${VICTIM}`],
  [SENDER, `@people.test:victim@alias.test`],
  [SENDER, `ada@alias.test:${VICTIM}`],
  [SENDER, "victim@people.test@alias.test"],
  [SENDER, "victim@alias.test@people.test"],
  [SENDER, "ada@alias.test@people.test"],
  [SENDER, "victim"],
  [SENDER, "postmaster@people.test"],
  [SENDER, "root@localhost"],
  [SENDER, "root@mx.alias.test"],
  [SENDER, "victim@[127.0.0.1]"],
  [SENDER, "victim@[IPv6:::1]"],
  [SENDER, "victim@127.0.0.1"],
  [SENDER, "victim@people.test."],
  [SENDER, "victim@people.test@"],
  [SENDER, "victim@people.test\0@alias.test"],
  [SENDER, "ada+victim=people.test@people.test"],
  ["", "SRS0=AAAA=BB=people.test=victim@alias.test"],
  ["", "SRS1=AAAA=x.test==BBBB=CC=people.test=victim@alias.test"],
  ["", '"SRS0=AAAA=BB=people.test=victim"@alias.test'],
  [SENDER, "SRS0=AAAA=BB=people.test=victim@alias.test"],
];

const attempts = FORMS.map(([from, to]) => message(from, to, letter("open relay")));

beforeAll(() => lab.start());
afterAll(() => {
  lab.remove();
});

describe("a listed client", () => {
  let replies: string[][];
  beforeAll(() => {
    replies = lab.talk("listed", attempts);
  });

  test.each(FORMS.map(([from, to], index) => [from, to, index] as const))(
    "may not send from <%s> to <%s>",
    (_from, _to, index) => {
      expect(repliesOf(replies[index]).rcpt).toMatch(/^5\d\d 5\.\d\.\d /);
      expect(repliesOf(replies[index]).end).not.toMatch(/^2\d\d 2\.0\.0 Ok: queued/);
    },
  );

  test("positive control: mail to an alias passes, also by a route that ends there, and nothing else has", async () => {
    lab.talk("listed", [
      message(SENDER, "ada@alias.test", letter("control")),
      message(SENDER, "@people.test:ada@alias.test", letter("control by a route")),
    ]);
    await lab.arrival("control");
    await lab.arrival("control by a route");
    expect(new Set(lab.delivered().flatMap(({ to }) => to))).toEqual(new Set(["ada@people.test"]));
  });
});

test.each(["ipv4", "ipv6"] as const)("an unlisted client may send nothing to anybody, over %s", (family) => {
  const all = [...attempts, message(SENDER, "ada@alias.test", letter("unlisted"))];
  const replies = lab.talk(
    "unlisted",
    all.map((each) => ({ ...each, host: lab.relay[family] })),
  );
  expect(replies).toHaveLength(FORMS.length + 1);
  for (const [greeting, ...others] of replies) {
    expect(greeting).toMatch(/^554 5\.7\.1 /);
    expect(others.filter((reply) => /^[23]/.test(reply) && !reply.startsWith("221"))).toEqual([]);
  }
});

test("the Docker gateway is no listed client", async () => {
  const socket = net.connect(RELAY_PORT, lab.relay.ipv4);
  const [greeting] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  expect(greeting.toString()).toMatch(/^554 5\.7\.1 /);
  expect(greeting.toString()).toContain(`[${lab.gateway}]`); // positive control: that is whom it took us for
});

describe.each(["listed", "unlisted"] as const)("the submission port, for a client that is %s", (client) => {
  const submission = { ...message("no-reply@id.test", VICTIM, letter("submission")), port: SUBMISSION_PORT };

  const repliesTo = (login: readonly [string, string] | undefined, starttls: boolean): string[] =>
    lab.talk(client, [{ ...submission, starttls, ...(login === undefined ? {} : { login }) }])[0] ?? [];

  test.each<[string, readonly [string, string] | undefined, boolean]>([
    ["without TLS", undefined, false],
    ["without TLS, with a login", ["keycloak", "canary4relay"], false],
    ["without a login", undefined, true],
    ["with a wrong password", ["keycloak", "wrong"], true],
    ["with an unknown account", ["postfix", "canary4relay"], true],
    ["with an empty password", ["keycloak", ""], true],
  ])("%s takes nothing", (_, login, starttls) => {
    const replies = repliesTo(login, starttls);
    expect(replies.some((reply) => /^(235|354)/.test(reply))).toBe(false);
    expect(replies.join("\n")).toMatch(/^5\d\d 5\.\d\.\d /m);
  });

  test("positive control: with the password it sends anywhere", () => {
    const replies = repliesTo(["keycloak", "canary4relay"], true);
    expect(replies).toContainEqual(expect.stringMatching(/^250 2\.0\.0 Ok: queued/));
  });
});
