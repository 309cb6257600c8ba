import { letter, message, RELAY_PORT, repliesOf } from "./conversation.ts";
import { docker } from "../../stack/containers.ts";
import { type Client, Lab } from "./lab.ts";

const lab = new Lab();
beforeAll(() => lab.start());
afterAll(() => {
  lab.remove();
});

/** What RCPT is answered for each address, from a listed client. */
function rcpt(...addresses: readonly string[]): string[] {
  const conversations = addresses.map((address) => ({
    port: RELAY_PORT,
    steps: ["EHLO client.test", "MAIL FROM:<jira@atlassian.test>", `RCPT TO:<${address}>`],
  }));
  return lab.talk("listed", conversations).map((replies) => repliesOf(replies).rcpt);
}

test.each([
  ["ada@alias.test", "an alias"],
  ["ADA@Alias.TEST", "an alias in other case"],
  ['"ada"@alias.test', "an alias in quotes that it does not need"],
  ["ada+jira@alias.test", "an alias with an extension"],
  ["grace.hopper@alias.test", "an alias that the directory writes in other case"],
  ["locked@alias.test", "an account that wrong passwords have locked"],
])("%s, %s, is taken", (address) => {
  expect(rcpt(address)).toEqual(["250 2.1.5 Ok"]);
});

test.each([
  ["nobody@alias.test", "unknown"],
  ["labelled@alias.test", "labelled as spam"],
  ["disabled@alias.test", "disabled"],
  ["mailless@alias.test", "an account without an address"],
  ["aliasless@alias.test", "an account without an alias"],
  ["ada@x.alias.test", "a domain below the alias domain"],
  ["*@alias.test", "an LDAP wildcard"],
  ["a*@alias.test", "an LDAP wildcard"],
  ['"ada)(uid=*"@alias.test', "an LDAP filter"],
  ['"*)(ssoMailAlias=ada@alias.test))(|(uid=*"@alias.test', "an LDAP filter"],
  ['"ada@alias.test)(|(cn=*))\\\\00"@alias.test', "an LDAP filter"],
  ["\\61da@alias.test", "an escape of LDAP filters that would be ada"],
  ['"\\\\61da"@alias.test', "an escape of LDAP filters that would be ada"],
  ["%61da@alias.test", "an escape of URLs"],
  ["ada\u00e9@alias.test", "a character beyond ASCII"],
])("%s, %s, is refused for good", (address) => {
  expect(rcpt("ada@alias.test", address)).toEqual([
    "250 2.1.5 Ok",
    expect.stringMatching(/^5\d\d 5\.[17]\.\d /),
  ]);
});

test("an unknown alias is answered 550 5.1.1", () => {
  expect(rcpt("nobody@alias.test")).toEqual([expect.stringMatching(/^550 5\.1\.1 /)]);
});

test("mail goes to the account's address, without the extension and with a sender of ours", async () => {
  lab.talk("listed", [message("jira@atlassian.test", "Grace.Hopper+list@alias.test", letter("forwarded"))]);
  const { from, to } = await lab.arrival("forwarded");
  expect(to).toEqual(["grace+work@people.test"]);
  expect(from).toMatch(/^SRS0=[^=]+=[^=]+=atlassian\.test=jira@alias\.test$/);
});

test("mail to those who run the relay reaches them, also without a domain", async () => {
  for (const role of ["postmaster", "POSTMASTER@alias.test", "abuse@alias.test"]) {
    lab.talk("listed", [message("jira@atlassian.test", role, letter(`to ${role}`))]);
    expect((await lab.arrival(`to ${role}`)).to).toEqual(["operators@people.test"]);
  }
});

test("aliases that lead to each other: the message is not taken", () => {
  const [replies] = lab.talk("listed", [
    message("jira@atlassian.test", "looped@alias.test", letter("looped")),
  ]);
  expect(repliesOf(replies).end).toMatch(/^451 4\.6\.0 /);
});

describe("without the directory", () => {
  const LATER = [expect.stringMatching(/^451 4\.\d\.\d /), expect.stringMatching(/^451 4\.\d\.\d /)];

  const both = (): string[] => rcpt("ada@alias.test", "nobody@alias.test");

  afterEach(async () => {
    await lab.ready("openldap");
    expect(both()).toEqual(["250 2.1.5 Ok", expect.stringMatching(/^550 5\.1\.1 /)]); // positive control
  });

  test("away: known and unknown addresses are to be tried later", () => {
    docker("stop", "--time", "5", lab.of("openldap"));
    expect(both()).toEqual(LATER);
    docker("start", lab.of("openldap"));
  });

  test("hanging: known and unknown addresses are to be tried later", () => {
    docker("pause", lab.of("openldap"));
    try {
      expect(both()).toEqual(LATER);
    } finally {
      docker("unpause", lab.of("openldap"));
    }
  });

  test.each([
    ["another CA's certificate", "foreign-ca", "openldap"],
    ["another server's certificate", "ca", "elsewhere"],
  ])("%s is not believed", async (_, ca, name) => {
    lab.issue(ca, ["openldap"], name);
    await lab.restart("openldap");
    expect(both()).toEqual(LATER);
    lab.issue("ca", ["openldap"]);
    await lab.restart("openldap");
  });
});

test.each<[Client, "ipv4" | "ipv6", RegExp]>([
  ["listed", "ipv4", /^220 /],
  ["listed", "ipv6", /^220 /],
  ["unlisted", "ipv4", /^554 5\.7\.1 /],
  ["unlisted", "ipv6", /^554 5\.7\.1 /],
])("the greeting of a client that is %s, over %s", (client, family, greeting) => {
  const [replies] = lab.talk(client, [{ port: RELAY_PORT, host: lab.relay[family], steps: [] }]);
  expect(replies).toEqual([expect.stringMatching(greeting)]);
});
