import fc from "fast-check";
import {
  addressesIn,
  adminAddressOf,
  claim,
  publishers,
  release,
  releaseAll,
  takeAddress,
} from "../../automation/demand/addresses.ts";
import { findLeftovers, removeLeftovers } from "../../automation/demand/leftovers.ts";
import { lifeOf, nameOf, spanText, stackOf } from "../../automation/demand/order.ts";
import { scrubbed } from "../../automation/demand/scrub.ts";
import { demandSettings } from "../../automation/demand/settings.ts";
import type { Engine } from "../../automation/engine.ts";
import { settingsWithoutSecrets } from "../../automation/stack-settings.ts";
import { PROJECT } from "../../automation/project.ts";
import { publicNamesOf } from "../../components/settings/derived.ts";
import { missingSecrets, parseSettings } from "../../components/settings/parse.ts";
import { placeholderSecrets } from "../../components/settings/secrets.ts";
import { stackFilesIn } from "../../components/settings/stack-file.ts";

describe("orders", () => {
  test.each(["login", "a", "od-login", "x1234567890123456789"])("%s is a name", (name) => {
    expect(stackOf(name)).toBe(`od-${nameOf(stackOf(name))}`);
  });

  test.each(["", "Login", "fix-login", "od-", "1st", "a".repeat(21), "a b", "../x"])("%j is none", (name) => {
    expect(() => stackOf(name)).toThrow(`name ${name}: not a name; give 1 to 20 lower-case letters`);
  });

  test.each([
    ["5m", 300_000],
    ["90m", 5_400_000],
    ["8h", 28_800_000],
    ["30d", 2_592_000_000],
  ])("%s is %d ms", (text, ms) => {
    expect(lifeOf(text)).toBe(ms);
  });

  test.each(["", "8", "4m", "31d", "721h", "-8h", "8 h", "1.5h", "8H", "0d", "1e3m"])(
    "%j is no time to live",
    (text) => {
      expect(() => lifeOf(text)).toThrow(
        `time to live ${text}: give one from 5m to 30d, such as 90m, 8h or 2d`,
      );
    },
  );

  test.each([
    [-5, "0 min"],
    [59_999, "0 min"],
    [28_799_000, "7 h 59 min"],
    [86_400_000, "1 d"],
    [90_060_000, "1 d 1 h"],
  ])("%d ms are %s", (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });
});

describe("a directory's people in other names", () => {
  const LDIF = `dn: uid=ada,ou=users,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: ssoAccount
cn: Ada Lovelace
mail: ada@example.org
userPassword:: e0FSR09OMn0k
ssoLastLogin: 20260102030405Z
ssoSpamLabel: sells watches for ada@example.org

dn:: ${Buffer.from("uid=Zoë,ou=users,dc=example,dc=org").toString("base64")}
objectClass: inetOrgPerson
cn:: ${Buffer.from("Zoë").toString("base64")}

dn: cn=developers,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: developers
member: uid=ADA, ou=users,dc=example,dc=org
member:: ${Buffer.from("uid=Zoë,ou=users,dc=example,dc=org").toString("base64")}
member: cn=nobody

dn: cn=empty,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: empty
member: cn=nobody
`;
  const { people, groups } = scrubbed(LDIF, "dc=one,dc=test", "userPassword: given");

  test("have nothing of their own", () => {
    expect(people).toHaveLength(2);
    expect([...people, ...groups].join("")).not.toMatch(/ada|lovelace|zo|watches|example|ARGON|e0FS/i);
    expect(people[0]).toBe(
      `${[
        "dn: uid=person1,ou=users,dc=one,dc=test",
        "objectClass: inetOrgPerson",
        "objectClass: ssoAccount",
        "uid: person1",
        "cn: Person 1",
        "givenName: Person",
        "sn: 1",
        "mail: person1@people.test",
        "ssoLastLogin: 20260102030405Z",
        "ssoSpamLabel: spam",
        "userPassword: given",
      ].join("\n")}\n`,
    );
  });

  test("are in the groups that they were in", () => {
    expect(groups).toEqual([
      `${[
        "dn: cn=developers,ou=groups,dc=one,dc=test",
        "objectClass: groupOfNames",
        "cn: developers",
        "member: uid=person1,ou=users,dc=one,dc=test",
        "member: uid=person2,ou=users,dc=one,dc=test",
      ].join("\n")}\n`,
    ]);
  });
});

/** An engine of volumes, containers and ports, as far as the docker command is asked here. */
class FakeEngine implements Engine {
  public readonly name = "the engine";
  public readonly isLocal = false;
  public readonly volumes = new Map<string, string>();
  public ports = "";
  public containers: string[] = [];

  public readonly feed = (_: string, ...words: readonly string[]): Promise<string> => this.docker(...words);

  public readonly docker = (...words: readonly string[]): Promise<string> => {
    const [noun, verb] = words;
    const last = words.at(-1) ?? "";
    if (noun === "ps")
      return Promise.resolve(words.includes("--all") ? this.containers.join("\n") : this.ports);
    if (noun === "rm") this.containers = this.containers.filter((each) => !words.includes(each));
    if (noun !== "volume") return Promise.resolve("");
    if (verb === "create" && !this.volumes.has(last))
      this.volumes.set(last, (words[3] ?? "").split("=")[1] ?? "");
    if (verb === "rm") for (const name of words.slice(2)) this.volumes.delete(name);
    if (verb === "inspect") return Promise.resolve(this.volumes.get(last) ?? "");
    const wanted = words.find((word) => word.startsWith("label="))?.split("=")[2];
    const listed = [...this.volumes].filter(([, label]) => wanted === undefined || label === wanted);
    return Promise.resolve(verb === "ls" ? listed.map(([name]) => name).join("\n") : "");
  };
}

describe("addresses", () => {
  test("of a network come in any order, each once, without those that mean something else", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (random) => {
        const found = [...addressesIn("127.96.4.0/23", () => random)];
        expect(new Set(found).size).toBe(2 * 254);
        expect(found.every((address) => /^127\.96\.[45]\.\d+$/.test(address))).toBe(true);
        expect(found.filter((address) => /\.(0|255)$/.test(address))).toEqual([]);
      }),
    );
    expect([...addressesIn("192.0.2.7/32")]).toEqual(["192.0.2.7"]);
  });

  test("a public one has a loopback one for administration", () => {
    expect([adminAddressOf("192.0.2.7"), adminAddressOf("127.96.1.2")]).toEqual(["127.0.2.7", "127.96.1.2"]);
  });

  test("who publishes ports on an address is read from docker ps", () => {
    const list =
      "sso-dev-nginx\t127.0.0.1:443->8443/tcp, 127.0.0.1:80->8080/tcp\nsso-dev-openldap\t\nweb\t0.0.0.0:81->81/tcp, 8080/tcp";
    expect([...publishers(list)]).toEqual([
      ["127.0.0.1", "sso-dev-nginx"],
      ["0.0.0.0", "web"],
    ]);
  });

  test("are taken once each until there is none, and given back", async () => {
    const engine = new FakeEngine();
    engine.ports = "web\t127.96.0.1:443->443/tcp";
    const take = (id: string): Promise<readonly string[]> =>
      takeAddress(engine, id, { network: "127.96.0.0/29" });
    const taken = await Promise.all(["a", "b", "c", "d", "e", "f"].map(take));
    expect(new Set(taken.flat())).toEqual(
      new Set(["127.96.0.2", "127.96.0.3", "127.96.0.4", "127.96.0.5", "127.96.0.6", "127.96.0.7"]),
    );
    await expect(take("g")).rejects.toThrow(
      /^no free address in 127\.96\.0\.0\/29 \(7 tried; the last one: /,
    );
    const [address = ""] = taken[0] ?? [];
    await release(engine, "g", `sso-address-${address}`); // not its own
    await expect(take("g")).rejects.toThrow("no free address");
    await release(engine, "a", `sso-address-${address}`);
    expect(await take("g")).toEqual([address]);
  });

  test("a certain one that is taken is refused with who has it", async () => {
    const engine = new FakeEngine();
    engine.ports = "sso-dev-nginx\t192.0.2.7:443->8443/tcp";
    const take = (id: string, address: string): Promise<unknown> =>
      takeAddress(engine, id, { network: "192.0.2.0/24", address });
    await expect(take("a", "192.0.2.7")).rejects.toThrow(
      "address 192.0.2.7 is taken: container sso-dev-nginx publishes its ports there; give another one, or leave --address out",
    );
    expect(await take("a", "192.0.2.8")).toEqual(["192.0.2.8", "127.0.2.8"]);
    await expect(take("b", "127.0.2.8")).rejects.toThrow("another stack on demand has it");
    await expect(take("b", "10.0.2.8")).rejects.toThrow("another stack on demand has it");
    expect([...engine.volumes.keys()]).toEqual(["sso-address-192.0.2.8", "sso-address-127.0.2.8"]);
  });

  test("what one stack claims no other gets", async () => {
    const engine = new FakeEngine();
    expect(await claim(engine, "a", "sso-od-x-claim")).toBe(true);
    expect(await claim(engine, "a", "sso-od-x-claim")).toBe(true);
    expect(await claim(engine, "b", "sso-od-x-claim")).toBe(false);
    await release(engine, "b", "sso-od-x-claim");
    expect(await claim(engine, "b", "sso-od-x-claim")).toBe(false);
  });

  test("all that a stack has is given back, also what nobody has noted, and nothing of another one", async () => {
    const engine = new FakeEngine();
    await claim(engine, "a", "sso-od-a-claim");
    await takeAddress(engine, "a", { network: "127.96.0.1/32" });
    await claim(engine, "b", "sso-od-b-claim");
    await releaseAll(engine, "a");
    await releaseAll(engine, "nobody");
    expect([...engine.volumes.keys()]).toEqual(["sso-od-b-claim"]);
  });

  test("leftovers are a stack's own, never those of one whose name begins alike", async () => {
    const engine = new FakeEngine();
    engine.containers = ["sso-od-a-nginx", "sso-od-ab-nginx", "sso-od-nginx", "sso-dev-nginx"];
    for (const name of ["sso-od-a-ca", "sso-od-a-claim", "sso-od-ab-ca"]) engine.volumes.set(name, "");
    const own = ["container sso-od-a-nginx", "volume sso-od-a-ca"];
    expect(await findLeftovers(engine, "od-a")).toEqual(own);
    expect(await removeLeftovers(engine, "od-a")).toEqual(own);
    expect(engine.containers).toEqual(["sso-od-ab-nginx", "sso-od-nginx", "sso-dev-nginx"]);
    expect([...engine.volumes.keys()]).toEqual(["sso-od-a-claim", "sso-od-ab-ca"]);
  });
});

describe("settings of a stack on demand", () => {
  const ENGINE = "unix:///run/user/1000/docker.sock";

  const madeFrom = (from: string): ReturnType<typeof parseSettings> => {
    const own = demandSettings(settingsWithoutSecrets(from), {
      stack: "od-one",
      from,
      docker: ENGINE,
      addresses: ["127.96.1.2"],
      hasData: false,
    });
    const readBase = stackFilesIn(PROJECT, "sso");
    const secrets = placeholderSecrets(missingSecrets("od-one", own, readBase));
    return parseSettings("od-one", { ...own, secrets }, readBase);
  };

  test.each(["dev", "staging", "production"])(
    "from %s: its own names, and nothing that reaches outside",
    (from) => {
      const settings = madeFrom(from);
      expect(publicNamesOf(settings).every((name) => name.endsWith(".one.demand.test"))).toBe(true);
      expect(settings).toMatchObject({
        domain: "id.one.demand.test",
        host: { docker: ENGINE, bindAddress: "127.96.1.2", adminAddress: "127.96.1.2" },
        protect: false,
        certificates: { kind: "own" },
        smtp: { kind: "sink", except: [] },
      });
      expect(settings.dns).toBeUndefined();
      expect(settings.keycloak.memoryMiB).toBe(704);
      expect(
        settings.realms.some((realm) => realm.kind === "directory" && realm.recaptcha !== undefined),
      ).toBe(false);
    },
  );

  test("it runs on the engine that has taken its address, whatever another branch's file says", () => {
    const base = settingsWithoutSecrets("staging");
    const elsewhere = { ...base, demand: { ...base.demand, docker: "ssh://deploy@branch" } };
    const args = { stack: "od-one", from: "staging", addresses: ["127.96.1.2"], hasData: false };
    const { host } = demandSettings(elsewhere, { ...args, docker: "ssh://deploy@clone" });
    expect(host).toMatchObject({ docker: "ssh://deploy@clone" });
  });

  test("services and providers are those of the other stack", () => {
    const services = (settings: ReturnType<typeof parseSettings>): unknown =>
      settings.realms.map((realm) => [realm.name, realm.services]);
    expect(services(madeFrom("staging"))).toEqual(services(settingsWithoutSecrets("staging")));
  });
});
