import type { Properties } from "../../../plugins/core/definition.ts";
import { Provider } from "../../../plugins/core/provider.ts";
import type { Call, Kept } from "../../../plugins/core/provider.ts";
import { Connection } from "../../../plugins/keycloak/connection.ts";
import type { Rest } from "../../../plugins/keycloak/connection.ts";
import { plugin } from "../../../plugins/keycloak/plugin.ts";
import { readSettings } from "../../../plugins/keycloak/settings.ts";

/** A running Keycloak, which the test runner starts. */
export interface Server {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const VARIABLES = {
  url: "SSO_TEST_KEYCLOAK_URL",
  clientId: "SSO_TEST_KEYCLOAK_CLIENT_ID",
  clientSecret: "SSO_TEST_KEYCLOAK_CLIENT_SECRET",
};

/** @throws if the runner did not say where it is */
export function server(): Server {
  const [url, clientId, clientSecret] = Object.values(VARIABLES).map((name) => process.env[name]);
  if (url === undefined || clientId === undefined || clientSecret === undefined) {
    const names = Object.values(VARIABLES).join(", ");
    throw new Error(`these tests need a running Keycloak: set ${names}, or use npm test, which starts one`);
  }
  return { url, clientId, clientSecret };
}

/** Making a large key takes longer than the default of the official plugin. */
const config = (): Properties => ({ ...server(), clientTimeout: 60 });

/** The plugin as the engine sees it. */
export function provider(overrides: Properties = {}): Provider<Connection> {
  const made = new Provider(plugin);
  made.configure({ ...config(), ...overrides });
  return made;
}

/** Requests of a person at the console, past the plugin's tables. */
export function byHand(overrides: Properties = {}): Rest {
  return new Connection(readSettings({ ...config(), ...overrides })).rest(new AbortController().signal);
}

/** What the engine says with each operation. */
export function call(name: string, signal = new AbortController().signal): Call {
  return { signal, name, status: () => undefined, warn: () => undefined };
}

/** A name nobody else uses on a shared server. */
export const unique = (name: string): string => `test-${String(process.pid)}-${name}`;

/** Checks and creates, as the engine does it. */
export async function create(
  made: Provider<Connection>,
  token: string,
  name: string,
  news: Properties,
): Promise<Kept & { inputs: Properties }> {
  const { inputs, failures } = made.check(token, { name, olds: {}, news });
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
  return { ...(await made.create(token, inputs, call(name))), inputs };
}
