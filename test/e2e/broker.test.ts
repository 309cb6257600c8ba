import type { Browser, Page } from "playwright-core";
import { outputOf } from "../stack/commands.ts";
import { type AdminApi, adminApi } from "../stack/keycloak.ts";
import {
  CAMPUS,
  GITHUB,
  GITHUB_HOST,
  GITHUB_PORT,
  makeOutside,
  OPENID,
  OUTSIDE,
  OUTSIDE_PASSWORD,
  UBUNTU_ONE,
  UNIVERSITY,
} from "../stack/outside.ts";
import { sharedStack } from "../stack/shared.ts";
import { startStandIn } from "../stack/stand-in.ts";
import { barriers, inWindow, openBrowser, visit } from "./browser.ts";
import { confirmAddress, confirmProfile, profileOn, untilAddressIsAsked } from "./first-login.ts";

const stack = sharedStack();
const REALM = "developers";
const ACCOUNT = `https://${stack.domain}/realms/${REALM}/account`;

/** By login at GitHub, the e-mail address it has there. */
const AT_GITHUB: Readonly<Record<string, string>> = {
  hedy: "hedy@outside.test",
  mallory: "grace@outside.test", // an address of someone else, stated as verified
  victor: "victim@outside.test",
};

let api: AdminApi;
let browser: Browser;
let removeGitHub: () => void;

beforeAll(async () => {
  api = adminApi(stack);
  await makeOutside(api, stack, [
    { username: "grace", email: "grace@outside.test" },
    { username: "eve", email: "eve@outside.test" },
    { username: "heidi", email: "heidi@outside.test" },
    { username: "trent", email: "victim@outside.test" }, // an address of someone else
  ]);
  const people = Object.entries(AT_GITHUB).map(([login, email], index) => [
    login,
    {
      user: { id: index + 1, login, name: `${login} Octocat`, email: null },
      emails: [{ email, primary: true, verified: true }],
    },
  ]);
  removeGitHub = await startStandIn(stack, {
    script: "github",
    host: GITHUB_HOST,
    containerPort: 8443,
    port: GITHUB_PORT,
    environment: { PEOPLE: JSON.stringify(Object.fromEntries(people)) },
  });
  browser = await openBrowser(stack, [GITHUB_HOST]);
});

afterAll(async () => {
  await browser.close();
  removeGitHub();
  await api.delete(`/${OUTSIDE}`);
});

const asPerson = <T>(work: (page: Page) => Promise<T>): Promise<T> => inWindow(browser, work);

async function signInOutside(page: Page, username: string): Promise<void> {
  await page.fill("#username", username);
  await page.fill("#password", OUTSIDE_PASSWORD);
  await page.click("#kc-login");
}

/** Comes with an outside identity, as far as the stack's own next page. */
async function comeBy(page: Page, provider: string, person: string): Promise<void> {
  await visit(page, `${ACCOUNT}/`, `#social-${provider}`);
  await page.click(`#social-${provider}`);
  if (provider === GITHUB) await page.click(`#${person}`);
  else await signInOutside(page, person);
}

/** Aliases of the providers that a page offers, in its order. */
function offeredBy(page: Page): Promise<(string | null)[]> {
  const links = page.locator("[id^=social-]");
  return links.all().then((all) => Promise.all(all.map((link) => link.getAttribute("id"))));
}

/** What the account console is told of who is logged in: `sub` and the token itself. */
async function tokenOf(page: Page): Promise<{ sub: string; token: string }> {
  const response = await page.waitForResponse((each) =>
    each.url().endsWith("/protocol/openid-connect/token"),
  );
  const { access_token: token } = (await response.json()) as { access_token: string };
  const { sub } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as {
    sub: string;
  };
  return { sub, token };
}

interface User {
  readonly id: string;
  readonly username: string;
  readonly emailVerified: boolean;
}

async function userOf(email: string): Promise<User> {
  const users = await api.get<User[]>(`/${REALM}/users?exact=true&email=${encodeURIComponent(email)}`);
  expect(users).toHaveLength(1);
  return users[0] as User;
}

async function identitiesOf(email: string): Promise<string[]> {
  const { id } = await userOf(email);
  const identities = await api.get<{ identityProvider: string; userName: string }[]>(
    `/${REALM}/users/${id}/federated-identity`,
  );
  return identities.map(({ identityProvider, userName }) => `${identityProvider} ${userName}`).sort();
}

let graceSub = "";

test("the login page offers the identity providers in their order, and nothing to type into", async () => {
  await asPerson(async (page) => {
    await visit(page, `${ACCOUNT}/`, `#social-${CAMPUS}`);
    const aliases = [GITHUB, CAMPUS, UNIVERSITY, UBUNTU_ONE, OPENID];
    expect(await offeredBy(page)).toEqual(aliases.map((alias) => `social-${alias}`));
    expect(await page.locator("input:not([type=hidden])").count()).toBe(0);
  });
});

test("a provider's button bears the icon that the settings name", async () => {
  await asPerson(async (page) => {
    const icon = page.waitForResponse((each) => each.url().includes("/img/provider-campus.svg"));
    await visit(page, `${ACCOUNT}/`, `#social-${CAMPUS}`);
    expect((await icon).headers()["content-type"]).toMatch(/^image\/svg/);
  });
});

test("a first login by OpenID Connect makes an account of a profile and an address that were confirmed", async () => {
  await asPerson(async (page) => {
    await comeBy(page, CAMPUS, "grace");
    await profileOn(page);
    expect(await barriers(page)).toEqual([]);
    await confirmProfile(page);
    await untilAddressIsAsked(page);
    expect(await barriers(page)).toEqual([]);
    const token = tokenOf(page);
    await confirmAddress(page, "grace@outside.test");
    graceSub = (await token).sub;
  });
  expect((await userOf("grace@outside.test")).id).toBe(graceSub);
  expect(await identitiesOf("grace@outside.test")).toEqual(["campus grace"]);
});

describe("an address that a provider states, but is somebody else's", () => {
  /** Comes with it, and is asked to confirm it. */
  const isAsked = (): Promise<void> =>
    asPerson(async (page) => {
      await comeBy(page, CAMPUS, "trent");
      await page.locator("#kc-idp-review-profile-form, .instruction").first().waitFor();
      if ((await page.locator("#kc-idp-review-profile-form").count()) > 0) await confirmProfile(page);
      await untilAddressIsAsked(page);
    });

  test("lets nobody in until its owner confirms it, however often one comes", async () => {
    await isAsked();
    await isAsked();
    expect(await userOf("victim@outside.test")).toMatchObject({ emailVerified: false });
  });

  /** Does something while links that are mailed to people live for so many seconds. */
  async function withLinksOf(seconds: number, work: () => Promise<void>): Promise<void> {
    const lifespan = "actionTokenGeneratedByUserLifespan";
    const { [lifespan]: usual } = await api.get<{ [lifespan]: number }>(`/${REALM}`);
    await api.put(`/${REALM}`, { [lifespan]: seconds });
    try {
      await work();
    } finally {
      await api.put(`/${REALM}`, { [lifespan]: usual });
    }
  }

  /** The owner of the address comes, and says that the profile is right. */
  async function comeAsOwner(page: Page): Promise<void> {
    await comeBy(page, GITHUB, "victor");
    await confirmProfile(page);
  }

  test("keeps it from its owner while it may still be confirmed, and no longer", async () => {
    const claimant = await userOf("victim@outside.test");
    await asPerson(async (page) => {
      await comeAsOwner(page);
      await page.waitForSelector("#linkAccount"); // control
    });
    await withLinksOf(1, async () => {
      await asPerson(async (page) => {
        await comeAsOwner(page);
        await untilAddressIsAsked(page);
      });
    });
    expect((await userOf("victim@outside.test")).id).not.toBe(claimant.id);
    expect(await identitiesOf("victim@outside.test")).toEqual(["github victor"]);
  });

  test("control: a realm that verifies no address lets in who states it", async () => {
    await api.put(`/${REALM}`, { verifyEmail: false });
    try {
      const { id } = await userOf("victim@outside.test");
      await api.put(`/${REALM}/users/${id}`, { requiredActions: [] }); // forgets that it was asked
      const sub = await asPerson(async (page) => {
        const token = tokenOf(page);
        await comeBy(page, GITHUB, "victor");
        return (await token).sub;
      });
      expect(sub).toBe(id);
    } finally {
      await api.put(`/${REALM}`, { verifyEmail: true });
    }
  });

  test("keeps it for good once somebody has been in the account", async () => {
    const { id } = await userOf("victim@outside.test");
    await withLinksOf(1, async () => {
      await asPerson(async (page) => {
        await comeBy(page, CAMPUS, "trent"); // as for the first time: that account is gone
        await confirmProfile(page);
        await page.waitForSelector("#linkAccount");
      });
    });
    expect((await userOf("victim@outside.test")).id).toBe(id);
  });
});

describe("an identity whose e-mail address belongs to an existing account", () => {
  test("is asked for proof, and nothing is linked before", async () => {
    await asPerson(async (page) => {
      await comeBy(page, GITHUB, "mallory");
      await confirmProfile(page);
      await page.waitForSelector("#linkAccount");
      expect(await barriers(page)).toEqual([]);
      await page.click("#linkAccount");
      await page.waitForSelector("#sso-proof");
      expect(await barriers(page)).toEqual([]);
      expect(await page.locator("input[type=password]").count()).toBe(0);
      expect(await offeredBy(page)).toEqual([`social-${CAMPUS}`]);
    });
    expect(await identitiesOf("grace@outside.test")).toEqual(["campus grace"]);
  });

  test("is not linked by a proof of somebody else", async () => {
    await asPerson(async (page) => {
      await comeBy(page, CAMPUS, "eve");
      await confirmProfile(page);
      const token = tokenOf(page);
      await confirmAddress(page, "eve@outside.test");
      await token;
    });
    await asPerson(async (page) => {
      await comeBy(page, GITHUB, "mallory");
      await confirmProfile(page);
      await page.click("#linkAccount");
      await page.click(`#social-${CAMPUS}`);
      await signInOutside(page, "eve");
      await page.getByText("does not belong to the account").waitFor();
    });
    expect(await identitiesOf("grace@outside.test")).toEqual(["campus grace"]);
  });

  test("control: a flow that links by e-mail lets it in, so the checks above can fail", async () => {
    const flow = "links by e-mail";
    await api.post(`/${REALM}/authentication/flows`, {
      alias: flow,
      providerId: "basic-flow",
      topLevel: true,
      builtIn: false,
    });
    const executions = `/${REALM}/authentication/flows/${encodeURIComponent(flow)}/executions`;
    for (const provider of ["idp-create-user-if-unique", "idp-auto-link"]) {
      await api.post(`${executions}/execution`, { provider });
    }
    for (const step of await api.get<object[]>(executions)) {
      await api.put(executions, { ...step, requirement: "ALTERNATIVE" });
    }
    const instance = `/${REALM}/identity-provider/instances/${GITHUB}`;
    const provider = await api.get<object>(instance);
    await api.put(instance, { ...provider, firstBrokerLoginFlowAlias: flow });
    try {
      const sub = await asPerson(async (page) => {
        const token = tokenOf(page);
        await comeBy(page, GITHUB, "mallory");
        return (await token).sub;
      });
      expect(sub).toBe(graceSub);
      expect(await identitiesOf("grace@outside.test")).toEqual(["campus grace", "github mallory"]);
    } finally {
      await api.delete(`/${REALM}/users/${graceSub}/federated-identity/${GITHUB}`);
      await api.put(instance, provider);
      const flows = await api.get<{ id: string; alias: string }[]>(`/${REALM}/authentication/flows`);
      for (const { id } of flows.filter(({ alias }) => alias === flow))
        await api.delete(`/${REALM}/authentication/flows/${id}`);
    }
  });

  test("is linked after a login with an identity of the account, and both lead to the same account", async () => {
    await asPerson(async (page) => {
      await comeBy(page, UNIVERSITY, "grace");
      await confirmProfile(page);
      await page.click("#linkAccount");
      await page.click(`#social-${CAMPUS}`);
      const token = tokenOf(page);
      // The outside realm, which plays both, knows grace already and asks for no password.
      expect((await token).sub).toBe(graceSub);
    });
    expect((await identitiesOf("grace@outside.test")).map((each) => each.split(" ")[0])).toEqual([
      CAMPUS,
      UNIVERSITY,
    ]);
    const sub = await asPerson(async (page) => {
      const token = tokenOf(page);
      await comeBy(page, UNIVERSITY, "grace");
      return (await token).sub;
    });
    expect(sub).toBe(graceSub);
  });
});

test("a person adds and removes identities in the account console, but not the last one", async () => {
  const linked = `${ACCOUNT}/account-security/linked-accounts`;
  await asPerson(async (page) => {
    await comeBy(page, GITHUB, "hedy");
    await confirmProfile(page);
    const token = tokenOf(page);
    await confirmAddress(page, "hedy@outside.test");
    await token;
    await visit(page, linked, `#${CAMPUS}-idp-link`);
    expect(await barriers(page)).toEqual([]);
    await page.click(`#${CAMPUS}-idp-link`);
    await page.click("#kc-continue");
    await signInOutside(page, "heidi");
    await page.waitForSelector(`#${CAMPUS}-idp-unlink`);
    expect(await identitiesOf("hedy@outside.test")).toEqual(["campus heidi", "github hedy"]);

    await page.click(`#${GITHUB}-idp-unlink`);
    await page.waitForSelector(`#${GITHUB}-idp-link`);
    expect(await identitiesOf("hedy@outside.test")).toEqual(["campus heidi"]);

    const last = page.waitForResponse((each) => each.request().method() === "DELETE");
    await page.click(`#${CAMPUS}-idp-unlink`);
    expect((await last).status()).toBe(400);
    expect(await identitiesOf("hedy@outside.test")).toEqual(["campus heidi"]);
  });
});

describe("an account whose only identities are elsewhere", () => {
  const accounts = (...words: string[]): string =>
    outputOf(["automation/accounts.ts", ...words, "--realm", REALM, "--stack", stack.name], stack);

  test("has the time of its last login", async () => {
    const { id } = await userOf("grace@outside.test");
    const { attributes } = await api.get<{ attributes: Record<string, string[]> }>(`/${REALM}/users/${id}`);
    expect(attributes.lastLogin).toEqual([expect.stringMatching(/^20\d{12}Z$/)]);
  });

  test("a spam label ends its session, and it cannot come back until that is taken away", async () => {
    const { username } = await userOf("grace@outside.test");
    await asPerson(async (page) => {
      const token = tokenOf(page);
      await comeBy(page, CAMPUS, "grace");
      expect((await token).sub).toBe(graceSub);
      const again = tokenOf(page);
      await visit(page, `${ACCOUNT}/`);
      expect((await again).sub).toBe(graceSub); // control: the browser is remembered

      accounts("spam", username, "--reason", "sells watches");
      await visit(page, `${ACCOUNT}/`, `#social-${CAMPUS}`);
      await page.click(`#social-${CAMPUS}`); // where she is still logged in
      await page.getByText("Account is disabled").waitFor();
    });
    accounts("unspam", username);
    await asPerson(async (page) => {
      const token = tokenOf(page);
      await comeBy(page, CAMPUS, "grace");
      expect((await token).sub).toBe(graceSub);
    });
  });
});
