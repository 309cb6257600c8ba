import * as crypto from "node:crypto";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { syncRealm } from "../../automation/sync-realm.ts";
import { listAccounts } from "../../automation/account-list.ts";
import { readOutputs } from "../../automation/outputs.ts";
import { Naming } from "../../components/host/naming.ts";
import { fetchOf, Visitor } from "../stack/visitor.ts";
import { lastLoginOf } from "../stack/directory.ts";
import { ALIAS_DOMAIN } from "../stack/dns.ts";
import { adminApi } from "../stack/keycloak.ts";
import { loseDatabase } from "../stack/lost-database.ts";
import { PASSWORD } from "../stack/people.ts";
import { share, SHARED_FILE_VARIABLE, type SharedStack, sharedStack } from "../stack/shared.ts";
import { openStackOf, settingsOf, SUFFIX, type Throwaway, writeStackFile } from "../stack/throwaway.ts";
import { fillDirectory, usernameOf } from "./accounts.ts";
import { compilerSecondsOf, cpuSecondsOf } from "./cpu.ts";
import { percentile, report, timed } from "./report.ts";

const REALM = "community";

/** Logins that the Java machine warms up with, blocks of those that count, and how many people log in at once. */
const LOGINS = { warmUp: 3000, blocks: 3, each: 250, atOnce: 2 } as const;

/** What takes part in a login. */
const SERVICES = ["nginx", "keycloak", "openldap", "postgres"] as const;

const CLIENT = { clientId: "bench", redirectUri: "https://app.test/" } as const;
const VERIFIER = "v".repeat(43);
const CHALLENGE = crypto.createHash("sha256").update(VERIFIER).digest("base64url");

/**
 * P4 and P5: logins by password, a first and a second full sync, the list of accounts nobody has used, and a refill of
 * a Keycloak that has lost its database.
 */
export async function benchDirectory(throwaway: Throwaway, accounts: number): Promise<void> {
  const realm = { kind: "directory", name: REALM, displayName: "Community", aliasDomain: ALIAS_DOMAIN };
  writeStackFile(
    throwaway,
    settingsOf(throwaway, {
      ...{ openldap: { suffix: SUFFIX }, realms: [realm], secrets: {}, dns: undefined, relay: undefined },
      nginx: { loginsPerMinute: 100_000 },
    }),
  );
  const stack = await openStackOf(throwaway);
  const { outputs } = await stack.up();
  const known = { ...throwaway, aliasDomain: ALIAS_DOMAIN, firstChanges: {} };
  process.env[SHARED_FILE_VARIABLE] = share(known, outputs);
  const shared = sharedStack();

  const seconds = await timed(() => {
    fillDirectory({ stackName: throwaway.name, suffix: SUFFIX, aliasDomain: ALIAS_DOMAIN }, accounts);
  });
  report(`${accounts} accounts added to the directory`, accounts / seconds, "/s");
  await benchSyncs(shared, accounts);
  const listing = await timed(() => listAccounts(stack, shared.view, REALM, { neverLoggedIn: true }));
  report(`accounts list --never-logged-in of ${accounts}`, listing, "s");
  await benchLogins(shared, accounts);
  await benchRefill(shared, stack, accounts);
  await stack.destroy();
}

/** The drill of the operator guide: an update and a sync bring back a Keycloak that has lost everything. */
async function benchRefill(shared: SharedStack, stack: automation.Stack, accounts: number): Promise<void> {
  await loseDatabase(shared);
  const updating = await timed(() => stack.up({ refresh: true }));
  const view = readOutputs(stack.name, await stack.outputs());
  const syncing = await timed(() => syncRealm(view, REALM, "triggerFullSync"));
  const known = await adminApi(shared).get<number>(`/${REALM}/users/count`);
  if (known !== accounts) throw new Error(`${known} of ${accounts} accounts came back`);
  report(`refill of an empty Keycloak with ${accounts} accounts: update`, updating, "s");
  report(`refill of an empty Keycloak with ${accounts} accounts: sync`, syncing, "s");
}

async function benchSyncs(shared: SharedStack, accounts: number): Promise<void> {
  const progress = await syncWithProgress(shared, accounts);
  const first = rateBetween(progress, 0, accounts / 5);
  const last = rateBetween(progress, (accounts * 4) / 5, accounts);
  const whole = rateBetween(progress, 0, accounts);
  report("P5 first full sync", whole, "/s");
  report("P5 its last fifth", last, "/s", { what: "its first fifth", value: first });
  const again = await timed(() => syncRealm(shared.view, REALM, "triggerFullSync"));
  report("second full sync", accounts / again, "/s");
}

/** How many accounts Keycloak knew at which second of a sync. */
type Progress = readonly (readonly [seconds: number, accounts: number])[];

async function syncWithProgress(shared: SharedStack, accounts: number): Promise<Progress> {
  const progress: [number, number][] = [[0, 0]];
  const start = performance.now();
  const note = (known: number): void => {
    progress.push([(performance.now() - start) / 1000, known]);
  };
  const summary = await syncRealm(shared.view, REALM, "triggerFullSync", note);
  const known = await adminApi(shared).get<number>(`/${REALM}/users/count`);
  if (known !== accounts) throw new Error(`${known} of ${accounts} accounts came in: ${summary}`);
  note(known);
  return progress;
}

/** Accounts a second between two counts, each at the time that a straight line between two looks gives it. */
function rateBetween(progress: Progress, from: number, to: number): number {
  const timeOf = (count: number): number => {
    const after = progress.findIndex(([, known]) => known >= count);
    const [endTime = 0, end = 0] = progress[after] ?? [];
    const [startTime = 0, start = 0] = progress[after - 1] ?? [];
    return after <= 0 ? 0 : startTime + ((count - start) / (end - start)) * (endTime - startTime);
  };
  return (to - from) / (timeOf(to) - timeOf(from));
}

async function benchLogins(shared: SharedStack, accounts: number): Promise<void> {
  await adminApi(shared).post(`/${REALM}/clients`, {
    clientId: CLIENT.clientId,
    publicClient: true,
    redirectUris: [CLIENT.redirectUri],
    attributes: { "pkce.code.challenge.method": "S256" },
  });
  // Whoever has not proved an address is asked to, which is no login.
  await adminApi(shared).put(`/${REALM}`, { verifyEmail: false });
  await logInMany(shared, 0, Math.min(LOGINS.warmUp, accounts));
  const noted: Logins[] = [];
  const unnoted: Logins[] = [];
  // In turn, so that a machine that slows down slows both.
  for (let block = 0; block < LOGINS.blocks; block++) {
    const from = (LOGINS.warmUp + 2 * block * LOGINS.each) % accounts;
    noted.push(await measured(shared, from));
    await lastLoginOf(shared, usernameOf(from)); // or what is measured is no noting
    await noteLogins(shared, false);
    unnoted.push(await measured(shared, (from + LOGINS.each) % accounts));
    await noteLogins(shared, true);
  }
  const cpu = cpuOf(noted);
  for (const [service, each] of Object.entries(cpu)) {
    report(`P4 login by password: CPU of ${service}`, each, "ms");
  }
  report("P4 login by password: of keycloak's, its compilers", millisecondsOf(noted, "compilers"), "ms");
  const without = sum(Object.values(cpuOf(unnoted)));
  const against = { what: "last login not noted", value: without };
  report("P4 login by password: CPU in all", sum(Object.values(cpu)), "ms", against);
  const slowest = (logins: readonly Logins[]): number =>
    percentile(
      logins.flatMap(({ times }) => times),
      0.95,
    ) * 1000;
  report(`P4 login by password: 95 % within, ${LOGINS.atOnce} at once`, slowest(noted), "ms", {
    what: "last login not noted",
    value: slowest(unnoted),
  });
}

/** A block of logins: how long each took, and the CPU time of each service and of Keycloak's compilers, in seconds. */
interface Logins {
  readonly times: readonly number[];
  readonly cpu: Readonly<Record<string, number>>;
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** CPU time of a login by service, in milliseconds. */
function cpuOf(logins: readonly Logins[]): Record<string, number> {
  return Object.fromEntries(SERVICES.map((service) => [service, millisecondsOf(logins, service)]));
}

function millisecondsOf(logins: readonly Logins[], consumer: string): number {
  const count = sum(logins.map(({ times }) => times.length));
  return (sum(logins.map(({ cpu }) => cpu[consumer] ?? 0)) / count) * 1000;
}

async function measured(shared: SharedStack, from: number): Promise<Logins> {
  const before = await cpuSeconds(shared);
  const times = await logInMany(shared, from, LOGINS.each);
  const after = await cpuSeconds(shared);
  const cpu = Object.keys(after).map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)] as const);
  return { times, cpu: Object.fromEntries(cpu) };
}

/** Switches on or off that the last login is written to the directory. */
async function noteLogins(shared: SharedStack, isOn: boolean): Promise<void> {
  const api = adminApi(shared);
  const path = `/${REALM}/events/config`;
  const config = await api.get<{ eventsListeners: string[] }>(path);
  const others = config.eventsListeners.filter((listener) => listener !== "sso-last-login");
  await api.put(path, { ...config, eventsListeners: isOn ? [...others, "sso-last-login"] : others });
}

/** Times of logins by different people, in seconds. */
async function logInMany(shared: SharedStack, from: number, count: number): Promise<number[]> {
  const times: number[] = [];
  let next = from;
  await Promise.all(
    Array.from({ length: LOGINS.atOnce }, async () => {
      while (next < from + count) {
        const username = usernameOf(next++);
        times.push(await timed(() => logIn(shared, username)));
      }
    }),
  );
  return times;
}

/** A whole login as a service's visitor has it: the page, the password, the code, the tokens. */
async function logIn(shared: SharedStack, username: string): Promise<void> {
  const endpoints = `https://${shared.domain}/realms/${REALM}/protocol/openid-connect`;
  const { clientId, redirectUri } = CLIENT;
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
  });
  const { leftFor, status } = await new Visitor(shared).signIn(
    `${endpoints}/auth?${query.toString()}`,
    username,
    PASSWORD,
  );
  const code = leftFor?.searchParams.get("code");
  if (code === undefined || code === null) throw new Error(`${username} was not logged in: ${status}`);
  const answer = await fetchOf(shared)(`${endpoints}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: clientId,
      redirect_uri: redirectUri,
      code,
      code_verifier: VERIFIER,
    }),
  });
  if (!answer.ok) throw new Error(`${username} got no tokens: ${answer.status} ${await answer.text()}`);
  await answer.body?.cancel();
}

/** CPU time that each service of a stack, and Keycloak's compilers, have taken since they started. */
async function cpuSeconds(shared: SharedStack): Promise<Record<string, number>> {
  const naming = new Naming(shared.name);
  const seconds = await cpuSecondsOf(SERVICES.map((service) => naming.of(service)));
  return {
    ...Object.fromEntries(SERVICES.map((service, index) => [service, seconds[index] ?? 0])),
    compilers: compilerSecondsOf(naming.of("keycloak")),
  };
}
