import { execFileSync } from "node:child_process";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { fetchOf, formOf, textOf, Visitor } from "../stack/visitor.ts";
import { loginUrl } from "../stack/authorization.ts";
import { outputOf, up } from "../stack/commands.ts";
import { valuesOf } from "../stack/directory.ts";
import { type Granted, grantByPassword, grantByRefresh } from "../stack/grant.ts";
import { adminApi } from "../stack/keycloak.ts";
import { BROKER, brokerSettings, CAMPUS, CLIENT_SECRET, PINNED } from "../stack/outside.ts";
import { newPerson, PASSWORD } from "../stack/people.ts";
import { openShared, sharedStack } from "../stack/shared.ts";
import { startStandIn } from "../stack/stand-in.ts";
import { environmentOf, settingsOf, writeStackFile } from "../stack/throwaway.ts";

/** Four more broker realms beside the one that is there, as for the tenants of a Zuul. */
const TENANTS = ["airship", "openstack", "starlingx", "zuul"];

/** A second realm of the directory. */
const MEMBERS = "members";

const CAPTCHA = { siteKey: "site", secretKey: "captcha-secret", person: "a person", doubtful: "a doubt" };

const stack = sharedStack();
const AS_IT_WAS = settingsOf(stack) as {
  realms: [{ aliasDomain: string }, object];
  secrets: Record<string, Record<string, string>>;
};

let opened: automation.Stack;
beforeAll(async () => {
  opened = await openShared();
});

afterAll(async () => {
  writeStackFile(stack, AS_IT_WAS);
  await opened.up();
});

/** Brings the stack to other settings; gives the kinds of change. */
async function change(settings: Readonly<Record<string, unknown>>): Promise<string[]> {
  writeStackFile(stack, { ...AS_IT_WAS, ...settings });
  const { summary } = await opened.up();
  return Object.keys(summary.resourceChanges ?? {}).sort();
}

describe("realms that are added to a running stack, and a captcha", () => {
  async function changeCaptcha(version: "v2" | "v3"): Promise<void> {
    const [directory, broker] = AS_IT_WAS.realms;
    const secrets = { ...AS_IT_WAS.secrets, community: { recaptcha: CAPTCHA.secretKey } };
    const ofTenants = TENANTS.map((name) => [name, { github: CLIENT_SECRET, campus: CLIENT_SECRET }]);
    await change({
      realms: [
        { ...directory, recaptcha: { version, siteKey: CAPTCHA.siteKey } },
        broker,
        ...TENANTS.map((name) => ({ ...brokerSettings(stack), name, displayName: name })),
        { kind: "directory", name: MEMBERS, displayName: "Members", aliasDomain: directory.aliasDomain },
      ],
      secrets: { ...secrets, ...Object.fromEntries(ofTenants) },
    });
  }

  beforeAll(async () => {
    await changeCaptcha("v2");
  });

  test("each has a login page of its own, and nothing is left to do", async () => {
    for (const realm of TENANTS) {
      const { page } = await new Visitor(stack).open(loginUrl(stack, realm));
      expect(page).toContain(`/realms/${realm}/broker/${CAMPUS}/login`);
    }
    expect(Object.keys((await opened.preview()).changeSummary)).toEqual(["same"]);
  });

  describe("in two realms of the directory an account is one", () => {
    const USER = "dora";
    const api = adminApi(stack);
    const enter = (): Promise<Granted> => grantByPassword(stack, MEMBERS, USER, PASSWORD);

    beforeAll(async () => {
      await newPerson(api, "community", USER);
      const [user] = await api.get<{ id: string }[]>(`/${MEMBERS}/users?exact=true&username=${USER}`);
      const path = `/${MEMBERS}/users/${user?.id ?? "nobody"}`;
      await api.put(path, { ...(await api.get<object>(path)), emailVerified: true });
    });

    test("a spam label in one ends sessions in the other, and lets nobody in there", async () => {
      const first = await enter();
      expect(first).toMatchObject({ status: 200 });
      const { status, refreshToken } = await grantByRefresh(stack, MEMBERS, first.refreshToken);
      expect(status).toBe(200); // positive control
      const label = (action: string): string =>
        outputOf(
          ["automation/accounts.ts", action, USER, "--stack", stack.name, "--realm", "community"],
          stack,
        );
      label("spam");
      expect((await grantByRefresh(stack, MEMBERS, refreshToken)).status).toBe(400);
      expect((await enter()).status).toBe(400);
      label("unspam");
      expect((await enter()).status).toBe(200);
    });
  });

  describe("registration asks Google whether it is a person", () => {
    let remove: () => void;
    beforeAll(async () => {
      remove = await startStandIn(stack, {
        script: "recaptcha",
        host: "www.google.com",
        containerPort: 443,
        environment: { SECRET: CAPTCHA.secretKey, PERSON: CAPTCHA.person, DOUBTFUL: CAPTCHA.doubtful },
      });
    });
    afterAll(() => {
      remove();
    });

    async function register(username: string, answer: string): Promise<string> {
      const visitor = new Visitor(stack);
      const { action, fields } = formOf(await visitor.open(loginUrl(stack, "community", "registrations")));
      const person = {
        username,
        email: `${username}@people.test`,
        firstName: username,
        lastName: "Tester",
        "g-recaptcha-response": answer,
      };
      return textOf((await visitor.submit({ action, fields: { ...fields, ...person } })).page);
    }

    test("the page may frame the captcha, and nothing else from elsewhere", async () => {
      const answer = await fetchOf(stack)(loginUrl(stack, "community", "registrations"));
      expect(answer.headers.get("content-security-policy")).toBe(
        "frame-src 'self' https://www.google.com/recaptcha/ https://recaptcha.google.com/recaptcha/; frame-ancestors 'self'; object-src 'none';",
      );
      expect(await answer.text()).toContain(`data-sitekey="${CAPTCHA.siteKey}"`);
    });

    test("what it does not take for one makes no account", async () => {
      for (const answer of ["", "a robot"]) {
        expect(await register("robot", answer)).toContain("Invalid Recaptcha");
      }
      expect(await adminApi(stack).get("/community/users?exact=true&username=robot")).toEqual([]);
    });

    const REGISTERED = "You need to verify your email address";

    test("a person registers; so does whom v2 does not see through", async () => {
      expect(await register("rosie", CAPTCHA.person)).toContain(REGISTERED);
      expect(await register("robby", CAPTCHA.doubtful)).toContain(REGISTERED); // control for v3
      expect(valuesOf(stack, "rosie", "mail")).toEqual(["rosie@people.test"]); // before any login
    });

    test("with v3, who scores low makes no account either, and a person does", async () => {
      await changeCaptcha("v3");
      for (const answer of ["a robot", CAPTCHA.doubtful])
        expect(await register("robin", answer)).toContain("Invalid Recaptcha");
      expect(await adminApi(stack).get("/community/users?exact=true&username=robin")).toEqual([]);
      expect(await register("rosalind", CAPTCHA.person)).toContain(REGISTERED);
    });
  });
});

test("they go again with their settings", async () => {
  expect(await change({})).toContain("delete");
  const { status } = await new Visitor(stack).open(loginUrl(stack, "zuul"));
  expect(status).toBe(404);
});

test("a protected realm under another name is refused before anything is touched", async () => {
  const flows = (): Promise<object> => adminApi(stack).get("/community/authentication/flows");
  const before = await flows();
  await change({ protect: true });
  try {
    const [directory, broker] = AS_IT_WAS.realms;
    const renamed = [{ ...directory, name: "people" }, broker];
    writeStackFile(stack, { ...AS_IT_WAS, protect: true, realms: renamed });
    const { status, error } = up(stack);
    expect(status).toBe(1);
    expect(error).toMatch(/^error: realm-community-\S+: protected, .* nothing was changed\./);
    expect(await flows()).toEqual(before);
  } finally {
    await change({});
  }
});

test("so is a protected identity provider, until the command is run that the refusal names", async () => {
  const [directory, broker] = AS_IT_WAS.realms as [object, { identityProviders: { alias?: string }[] }];
  const aliases = async (): Promise<string[]> => {
    const all: { alias: string }[] = await adminApi(stack).get(`/${BROKER}/identity-provider/instances`);
    return all.map(({ alias }) => alias).sort();
  };
  const before = await aliases();
  await change({ protect: true });
  try {
    const identityProviders = broker.identityProviders.filter(({ alias }) => alias !== PINNED);
    writeStackFile(stack, {
      ...AS_IT_WAS,
      protect: true,
      realms: [directory, { ...broker, identityProviders }],
    });
    const { status, error } = up(stack);
    expect(status).toBe(1);
    expect(error).toMatch(new RegExp(`^error: \\S+-${PINNED}: protected, .* nothing was changed\\.`));
    expect(await aliases()).toEqual(before);

    const command = /^ {2}(pulumi state unprotect .+)$/m.exec(error)?.[1] ?? "";
    execFileSync("sh", ["-c", command], { env: { ...process.env, ...environmentOf(stack) }, stdio: "pipe" });
    expect(up(stack)).toMatchObject({ status: 0 });
    expect(await aliases()).toEqual(before.filter((alias) => alias !== PINNED));
  } finally {
    await change({});
  }
  expect(await aliases()).toEqual(before);
});
