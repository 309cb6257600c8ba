import type { KeycloakAdminClient } from "@keycloak/keycloak-admin-client/lib/client.js";
import type { RequestArgs } from "@keycloak/keycloak-admin-client/lib/resources/agent.js";
import Resource from "@keycloak/keycloak-admin-client/lib/resources/resource.js";
import type { Properties, Value } from "../core/definition.ts";
import { cancelled, explain, Refusal } from "./failure.ts";
import { Session } from "./session.ts";
import type { Settings } from "./settings.ts";

/** Requests at the same time. More make Keycloak slower, not faster: it hashes and writes on a few threads. */
const PARALLEL = 8;

/** A provider's way to one Keycloak. Nothing is opened before the first request. */
export class Connection {
  readonly #settings: Settings;
  readonly #session: Session;
  #free = PARALLEL;
  readonly #waiting: (() => void)[] = [];
  /** The last of the works that take turns, by what they take turns at. */
  readonly #turns = new Map<string, Promise<unknown>>();

  public constructor(settings: Settings) {
    this.#settings = settings;
    this.#session = new Session(settings);
  }

  /** Requests on behalf of one operation, which `signal` cancels. */
  public rest(signal: AbortSignal): Rest {
    return new Rest(this, this.#settings, this.#session, signal);
  }

  /** Runs `work` after all earlier ones with the same key, whether those succeeded or not. */
  public async inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#turns.set(key, mine);
    return mine;
  }

  /** Runs `work` as soon as fewer than `PARALLEL` others do. */
  public async limit<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resume) => this.#waiting.push(resume));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/**
 * Paths whose `PUT` writes the realm's own row. Keycloak writes it as a whole: of two changes at once one is
 * lost, even if they are of different settings.
 */
const REALM_ROW = /^\/([^/]+)(?:\/events\/config)?$/;

/** What the admin client's requests ask of their client. */
type Transport = Pick<
  KeycloakAdminClient,
  "baseUrl" | "getAccessToken" | "getGlobalRequestArgOptions" | "getRequestOptions"
>;

/**
 * The part of the admin client that makes requests. The whole of it would load the SDK of an experimental API
 * with each start, and knows neither a way to cancel nor one login for several.
 * @param signals what cuts requests off, besides their time limit
 */
function requests(settings: Settings, session: Session, ...signals: readonly AbortSignal[]): Resource {
  const transport: Transport = {
    baseUrl: settings.adminUrl,
    getAccessToken: () => session.token(),
    getGlobalRequestArgOptions: () => undefined,
    getRequestOptions: () => {
      const limits = { signal: AbortSignal.any([...signals, AbortSignal.timeout(settings.timeoutMs)]) };
      return { headers: settings.headers, ...limits };
    },
  };
  const getBaseUrl = (): string => settings.adminUrl;
  return new Resource(transport as KeycloakAdminClient, { path: "/admin/realms", getBaseUrl });
}

/** Keycloak's administration API, addressed by paths below `/admin/realms`. */
export class Rest {
  readonly #connection: Connection;
  readonly #settings: Settings;
  readonly #session: Session;
  readonly #signal: AbortSignal;
  readonly #resource: Resource;
  /** For requests that make something. */
  readonly #making: Resource;

  public constructor(connection: Connection, settings: Settings, session: Session, signal: AbortSignal) {
    this.#connection = connection;
    this.#settings = settings;
    this.#session = session;
    this.#signal = signal;
    this.#resource = requests(settings, session, signal);
    this.#making = requests(settings, session);
  }

  /** The same without the operator's signal, to see or to take away what was just made. */
  public get uncut(): Rest {
    return this.#connection.rest(new AbortController().signal);
  }

  /** The representation at a path; `undefined` when there is none. */
  public async find(path: string): Promise<Properties | undefined> {
    return this.#orAbsent(this.#send({ method: "GET", path }, {}) as Promise<Properties>);
  }

  /** A list at a path; `undefined` when what holds it is gone. */
  public async list(path: string, query: Properties = {}): Promise<Properties[] | undefined> {
    return this.#orAbsent(this.#send({ method: "GET", path }, query) as Promise<Properties[]>);
  }

  /**
   * Makes something new and gives the ID that Keycloak assigned. Once under way it is not cut off by the operator, or
   * nobody would know what it made.
   */
  public async create(path: string, body: Properties): Promise<string> {
    const location = { returnResourceIdInLocationHeader: { field: "id" } };
    const { id } = (await this.#send({ method: "POST", path, ...location }, body, true)) as { id: string };
    return decodeURIComponent(id);
  }

  /** Calls something that gives no ID. */
  public async post(path: string, body: Value): Promise<void> {
    await this.#send({ method: "POST", path }, body);
  }

  /** Replaces what is at a path. */
  public async put(path: string, body: Value = {}): Promise<void> {
    const put = (): Promise<unknown> => this.#send({ method: "PUT", path }, body);
    const realm = REALM_ROW.exec(path)?.[1];
    await (realm === undefined ? put() : this.#connection.inTurn(realm, put));
  }

  /** Takes away what is at a path; nothing happens if it is gone already. */
  public async remove(path: string, body: Value = {}): Promise<void> {
    await this.#orAbsent(this.#send({ method: "DELETE", path }, body));
  }

  /** Makes the next request log in anew: a token does not hold the roles of a realm made after it. */
  public renewLogin(): void {
    this.#session.forget();
  }

  async #orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return undefined;
      throw error;
    }
  }

  async #send(args: RequestArgs, payload: Value, makes = false): Promise<unknown> {
    const { adminUrl: url, timeoutMs } = this.#settings;
    const what = `${args.method} realms${args.path ?? ""}`;
    const attempt = { what, url, timeoutMs, ...(makes ? { makes } : { signal: this.#signal }) };
    const once = async (): Promise<unknown> => {
      if (this.#signal.aborted) throw cancelled(what);
      return perform(makes ? this.#making : this.#resource, args, payload);
    };
    return this.#connection.limit(async () => {
      const token = await this.#session.token();
      try {
        return await once();
      } catch (first) {
        const error = explain(first, attempt);
        if (!(error instanceof Refusal && error.status === 401 && this.#session.renewable)) throw error;
      }
      // The token may have been revoked, or Keycloak restarted with new keys: a fresh one decides.
      this.#session.forget(token);
      return once().catch((second: unknown) => {
        throw explain(second, attempt);
      });
    });
  }
}

function perform(resource: Resource, args: RequestArgs, payload: Value): Promise<unknown> {
  if (args.method === "GET") return resource.makeRequest<Value>(args)(payload as Properties);
  return resource.makeUpdateRequest<Properties, Value>(args)({}, payload);
}
