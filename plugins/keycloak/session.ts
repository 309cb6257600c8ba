import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { getToken } from "@keycloak/keycloak-admin-client/lib/utils/auth.js";
import type { Credentials } from "@keycloak/keycloak-admin-client/lib/utils/auth.js";
import { explain } from "./failure.ts";
import type { Login, Settings } from "./settings.ts";

/** A token is renewed this long before it ends, so that it lasts for the request it is fetched for. */
const MARGIN_MS = 10_000;

/** One login for all requests of a provider: whoever needs a token while it is being fetched waits for the same. */
export class Session {
  readonly #settings: Settings;
  #token: { readonly value: string; readonly renewAt: number } | undefined;
  #pending: Promise<string> | undefined;
  /** Counts what every earlier login lacks, such as a realm that was made after it. */
  #generation = 0;

  public constructor(settings: Settings) {
    this.#settings = settings;
    trust(settings);
  }

  /** A token that is valid for the next seconds. */
  public async token(): Promise<string> {
    if (this.#settings.login.kind === "token") return this.#settings.login.accessToken;
    if (this.#token !== undefined && Date.now() < this.#token.renewAt) return this.#token.value;
    this.#pending ??= this.#fetch(this.#settings.login);
    return this.#pending;
  }

  /**
   * Gives up a token that Keycloak refused, or every one, also one under way, that lacks the roles of a realm made
   * after it.
   * @param value the refused one; another may be there already
   */
  public forget(value?: string): void {
    if (value === undefined) {
      this.#generation += 1;
      this.#pending = undefined;
      this.#token = undefined;
    } else if (this.#token?.value === value) this.#token = undefined;
  }

  /** Whether a new login could give a better token. */
  public get renewable(): boolean {
    return this.#settings.login.kind !== "token";
  }

  #fetch(login: Exclude<Login, { kind: "token" }>): Promise<string> {
    const mine = this.#login(login).finally(() => {
      if (this.#pending === mine) this.#pending = undefined;
    });
    return mine;
  }

  async #login(login: Exclude<Login, { kind: "token" }>): Promise<string> {
    const generation = this.#generation;
    const { url, realm, headers, timeoutMs } = this.#settings;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const { accessToken, expiresIn } = await getToken({
        baseUrl: url,
        realmName: realm,
        credentials: credentialsOf(login),
        requestOptions: { headers, signal },
      });
      // A token shorter than the margin is fetched anew each time.
      const renewAt = Date.now() + expiresIn * 1000 - MARGIN_MS;
      if (generation === this.#generation) this.#token = { value: accessToken, renewAt };
      return accessToken;
    } catch (error) {
      const what = `the login of ${login.clientId} to realm ${realm}`;
      const { message } = explain(error, { what, url, timeoutMs });
      // No `Refusal`: a realm that is not found here says nothing about the resource that was asked for.
      throw new Error(message, { cause: error });
    }
  }
}

function credentialsOf({ kind, ...given }: Exclude<Login, { kind: "token" }>): Credentials {
  return { ...given, grantType: kind === "client" ? "client_credentials" : "password" };
}

/** `fetch` takes its trust from the process. A plugin process serves one provider, so that is no wider than meant. */
function trust({ rootCaCertificate, insecure }: Settings): void {
  if (rootCaCertificate !== undefined) {
    setDefaultCACertificates([...getCACertificates("default"), rootCaCertificate]);
  }
  if (insecure) process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
}
