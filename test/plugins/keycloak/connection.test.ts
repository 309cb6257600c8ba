import * as http from "node:http";
import type { AddressInfo } from "node:net";
import type { Properties } from "../../../plugins/core/definition.ts";
import { HalfMade } from "../../../plugins/core/provider.ts";
import { readSettings } from "../../../plugins/keycloak/settings.ts";
import { eventually } from "../../eventually.ts";
import { byHand, call, provider, server, unique } from "./server.ts";

const ROLE = "keycloak:index/role:Role";
const state: Properties = { realmId: "master", id: "nobody", name: "nobody" };

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A server between the plugin and the real one, which may interfere. */
class Middleman {
  public readonly requests: string[] = [];
  readonly #server: http.Server;

  private constructor(
    interfere: (request: http.IncomingMessage, seen: readonly string[]) => Answer | undefined,
  ) {
    this.#server = http.createServer((request, response) => {
      this.requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
      const answer = interfere(request, this.requests);
      if (answer === undefined) forward(request, response);
      else answer(request, response);
    });
  }

  public static async start(
    interfere: (request: http.IncomingMessage, seen: readonly string[]) => Answer | undefined,
  ): Promise<Middleman> {
    const middleman = new Middleman(interfere);
    await new Promise<void>((ready) => middleman.#server.listen(0, "127.0.0.1", ready));
    return middleman;
  }

  public get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}`;
  }

  public get logins(): number {
    return this.requests.filter((one) => one.endsWith("/token")).length;
  }

  public async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

function forward(request: http.IncomingMessage, response: http.ServerResponse): void {
  const { method, headers } = request;
  const onward = http.request(new URL(request.url ?? "", server().url), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  request.pipe(onward);
}

const reply =
  (status: number, body: Properties): Answer =>
  (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };

const isLogin = ({ url }: http.IncomingMessage): boolean => url?.endsWith("/token") === true;

let middleman: Middleman;

afterEach(async () => middleman.stop());

test("many requests at once share one login, a few run at a time, and none is lost", async () => {
  let [running, most] = [0, 0];
  middleman = await Middleman.start((request) => {
    if (isLogin(request)) return undefined;
    return (_request, response) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running -= 1;
        reply(404, { error: "not found" })(request, response);
      }, 20);
    };
  });
  const plugin = provider({ url: middleman.url });
  const all = await Promise.all(
    Array.from({ length: 40 }, () => plugin.read(ROLE, "nobody", {}, state, call("x"))),
  );
  expect(all.every((one) => one === undefined)).toBe(true);
  expect(middleman.logins).toBe(1);
  expect(middleman.requests).toHaveLength(41);
  expect(most).toBe(8);
});

test("a token is renewed before it ends", async () => {
  middleman = await Middleman.start((request) =>
    isLogin(request)
      ? reply(200, { access_token: "short", expires_in: 5 })
      : reply(404, { error: "not found" }),
  );
  const plugin = provider({ url: middleman.url });
  await plugin.read(ROLE, "nobody", {}, state, call("x"));
  await plugin.read(ROLE, "nobody", {}, state, call("x"));
  expect(middleman.logins).toBeGreaterThanOrEqual(2);
});

test("a login begun before a realm was made is not taken for one after it", async () => {
  const early = Promise.withResolvers<undefined>();
  const bearers: (string | undefined)[] = [];
  let logins = 0;
  middleman = await Middleman.start((request) => {
    if (!isLogin(request)) {
      bearers.push(request.headers.authorization);
      return reply(404, { error: "not found" });
    }
    const login = (logins += 1);
    return (_request, response) => {
      void (login === 1 ? early.promise : Promise.resolve()).then(() => {
        reply(200, { access_token: `login-${String(login)}`, expires_in: 60 })(request, response);
      });
    };
  });
  const rest = byHand({ url: middleman.url });
  const before = rest.find("/before");
  await eventually("the first login", () => logins === 1, { withinMs: 5000, everyMs: 10 });
  rest.renewLogin();
  const after = rest.find("/after");
  await eventually("the second login", () => logins === 2, { withinMs: 2000, everyMs: 10 });
  await after;
  early.resolve(undefined);
  await before;
  await rest.find("/later");
  expect(bearers.at(0)).toBe("Bearer login-2");
  expect(bearers.at(-1)).toBe("Bearer login-2");
  expect(logins).toBe(2);
});

test("a token that Keycloak no longer takes is replaced once", async () => {
  middleman = await Middleman.start((_request, seen) =>
    seen.length === 2 ? reply(401, { error: "HTTP 401 Unauthorized" }) : undefined,
  );
  const plugin = provider({ url: middleman.url });
  expect(await plugin.read(ROLE, "nobody", {}, state, call("x"))).toBeUndefined();
  expect(middleman.logins).toBe(2);
});

test("a token that is refused again is an error with the remedy", async () => {
  middleman = await Middleman.start((request) =>
    isLogin(request) ? undefined : reply(401, { error: "HTTP 401 Unauthorized" }),
  );
  const reading = provider({ url: middleman.url }).read(ROLE, "nobody", {}, state, call("x"));
  await expect(reading).rejects.toThrow(/\(401\): HTTP 401 Unauthorized; check clientId and clientSecret/);
  expect(middleman.logins).toBe(2);
});

test("a wrong secret is named with the realm", async () => {
  middleman = await Middleman.start(() => undefined);
  const plugin = provider({ url: middleman.url, clientSecret: "wrong" });
  const { clientId } = server();
  await expect(plugin.read(ROLE, "nobody", {}, state, call("x"))).rejects.toThrow(
    new RegExp(
      `refused the login of ${clientId} to realm master \\(401\\): Invalid client or Invalid client credentials`,
    ),
  );
});

test("a realm to log in to that does not exist is an error, not a resource that is gone", async () => {
  middleman = await Middleman.start(() => undefined);
  const plugin = provider({ url: middleman.url, realm: "nowhere" });
  await expect(plugin.read(ROLE, "nobody", {}, state, call("x"))).rejects.toThrow("to realm nowhere (404)");
});

test("a lost connection names the address and the remedy", async () => {
  middleman = await Middleman.start(() => undefined);
  const { url } = middleman;
  await middleman.stop();
  await expect(provider({ url }).read(ROLE, "nobody", {}, state, call("x"))).rejects.toThrow(
    `cannot reach keycloak at ${url} for the login of ${server().clientId} to realm master (ECONNREFUSED); check that it is running`,
  );
});

test("a connection lost between two requests is an error too", async () => {
  middleman = await Middleman.start((request) =>
    isLogin(request)
      ? undefined
      : ({ socket }) => {
          socket.destroy();
        },
  );
  const reading = provider({ url: middleman.url }).read(ROLE, "nobody", {}, state, call("x"));
  await expect(reading).rejects.toThrow(
    `cannot reach keycloak at ${middleman.url} for GET realms/master/roles-by-id/nobody`,
  );
});

test("what was made when the connection was lost is in the state", async () => {
  const name = unique("cut-off");
  middleman = await Middleman.start((_request, seen) =>
    seen.some((one) => one.endsWith(`/roles/${name}`)) && !seen.at(-1)?.endsWith(`/roles/${name}`)
      ? ({ socket }) => {
          socket.destroy();
        }
      : undefined,
  );
  const role = { realmId: "master", name, compositeRoles: [] };
  const error: unknown = await provider({ url: middleman.url })
    .create(ROLE, role, call("x"))
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(HalfMade);
  const { message, kept } = error as HalfMade;
  expect(message).toMatch(
    /^cannot reach keycloak .* it could not be taken away again: cannot reach keycloak/,
  );
  const direct = provider();
  expect(await direct.read(ROLE, kept.id, role, kept.outputs, call("x"))).toMatchObject({
    outputs: { name },
  });
  await direct.delete(ROLE, kept.id, kept.outputs, call("x"));
});

test("an answer that does not come in time names the limit and how to raise it", async () => {
  middleman = await Middleman.start((request) => (isLogin(request) ? undefined : () => undefined));
  const plugin = provider({ url: middleman.url, clientTimeout: 1 });
  await expect(plugin.read(ROLE, "nobody", {}, state, call("x"))).rejects.toThrow(
    /did not answer GET .* within 1 s; raise clientTimeout/,
  );
});

test("a cancelled operation ends at once", async () => {
  middleman = await Middleman.start((request) => (isLogin(request) ? undefined : () => undefined));
  const stop = new AbortController();
  const reading = provider({ url: middleman.url }).read(ROLE, "nobody", {}, state, call("x", stop.signal));
  setTimeout(() => {
    stop.abort();
  }, 200);
  const started = Date.now();
  await expect(reading).rejects.toThrow("cancelled: GET realms/master/roles-by-id/nobody");
  expect(Date.now() - started).toBeLessThan(5000);
});

describe("something that is being made", () => {
  const direct = provider();

  /** What a create ends with that is cancelled while Keycloak makes the thing. */
  async function cancelledWhile(post: string, token: string, inputs: Properties): Promise<unknown> {
    const stop = new AbortController();
    middleman = await Middleman.start((request) => {
      if (request.method !== "POST" || request.url?.endsWith(post) !== true) return undefined;
      return (_request, response) => {
        stop.abort();
        forward(request, response);
      };
    });
    return provider({ url: middleman.url })
      .create(token, inputs, call("x", stop.signal))
      .catch((reason: unknown) => reason);
  }

  test.each([
    ["a role, whose ID is asked for afterwards", ROLE, "/roles"],
    ["a group", "keycloak:index/group:Group", "/groups"],
  ])("is in the state when it is cancelled: %s", async (_what, token, post) => {
    const inputs = { realmId: "master", name: unique("cancelled") };
    const error = await cancelledWhile(post, token, inputs);
    expect(error).toBeInstanceOf(HalfMade);
    const { message, kept } = error as HalfMade;
    expect(message).toMatch(/^cancelled: GET realms/);
    expect(await direct.read(token, kept.id, inputs, kept.outputs, call("x"))).toMatchObject({
      outputs: { name: inputs.name },
    });
    await direct.delete(token, kept.id, kept.outputs, call("x"));
  });

  test("is taken away again when it is cancelled before it is finished", async () => {
    const role = { realmId: "master", name: unique("unfinished"), compositeRoles: [] };
    const error = await cancelledWhile("/roles", ROLE, role);
    expect(error).not.toBeInstanceOf(HalfMade);
    expect(String(error)).toMatch(/^Error: cancelled: GET realms/);
    expect(await byHand().find(`/master/roles/${role.name}`)).toBeUndefined();
  });

  test("is not made when it is cancelled before", async () => {
    middleman = await Middleman.start(() => undefined);
    const role = { realmId: "master", name: unique("never") };
    const creating = provider({ url: middleman.url }).create(ROLE, role, call("x", AbortSignal.abort()));
    await expect(creating).rejects.toThrow("cancelled: POST realms/master/roles");
    expect(middleman.requests.filter((one) => !one.endsWith("/token"))).toEqual([]);
  });

  const silent: Answer = () => undefined;
  const cut: Answer = ({ socket }) => {
    socket.destroy();
  };

  test.each([
    ["does not answer", silent, "raise clientTimeout of the keycloak provider"],
    ["ends the connection", cut, "check that it is running and that url of the keycloak provider is right"],
  ])("may have been made where Keycloak %s, which is said", async (_what, answer, remedy) => {
    middleman = await Middleman.start((request) => (isLogin(request) ? undefined : answer));
    const plugin = provider({ url: middleman.url, clientTimeout: 1 });
    const creating = plugin.create(ROLE, { realmId: "master", name: unique("perhaps") }, call("x"));
    await expect(creating).rejects.toThrow(
      `${remedy}; it may have been made all the same: take it over with pulumi import, or remove it`,
    );
  });

  test("whose ID cannot be asked for is said to be made", async () => {
    middleman = await Middleman.start((request) =>
      request.method === "GET" ? reply(500, { error: "unknown_error" }) : undefined,
    );
    const name = unique("unidentified");
    const creating = provider({ url: middleman.url }).create(ROLE, { realmId: "master", name }, call("mine"));
    await expect(creating).rejects.toThrow(
      "unknown_error; mine was made: take it over with pulumi import, or remove it",
    );
    await byHand().remove(`/master/roles/${name}`);
  });
});

test("additional headers go with every request, and basePath before every path", async () => {
  const headers: (string | string[] | undefined)[] = [];
  middleman = await Middleman.start((request) => {
    headers.push(request.headers["x-tenant"]);
    return isLogin(request) ? reply(200, { access_token: "t", expires_in: 60 }) : reply(404, {});
  });
  const plugin = provider({
    url: `${middleman.url}/`,
    basePath: "/auth",
    additionalHeaders: { "x-tenant": "one" },
  });
  await plugin.read(ROLE, "nobody", {}, state, call("x"));
  expect(headers).toEqual(["one", "one"]);
  expect(middleman.requests).toEqual([
    "POST /auth/realms/master/protocol/openid-connect/token",
    "GET /auth/admin/realms/master/roles-by-id/nobody",
  ]);
});

describe("settings", () => {
  const given = { url: "https://id.example.test", clientId: "c", clientSecret: "s" };

  beforeEach(async () => {
    middleman = await Middleman.start(() => undefined);
  });

  test("what is left out has the official plugin's defaults", () => {
    expect(readSettings(given, {})).toEqual({
      url: "https://id.example.test",
      adminUrl: "https://id.example.test",
      realm: "master",
      login: { kind: "client", clientId: "c", clientSecret: "s" },
      timeoutMs: 5000,
      headers: {},
      insecure: false,
    });
  });

  test("the environment speaks where the program does not", () => {
    const environment = {
      KEYCLOAK_URL: "https://other.example.test",
      KEYCLOAK_CLIENT_ID: "e",
      KEYCLOAK_USER: "u",
      KEYCLOAK_PASSWORD: "p",
    };
    expect(readSettings({}, environment)).toMatchObject({
      url: "https://other.example.test",
      login: { kind: "password", clientId: "e", username: "u", password: "p" },
    });
    expect(readSettings(given, environment)).toMatchObject({ url: given.url });
  });

  test.each([
    [
      { ...given, url: "id.example.test" },
      'url must be an address such as https://id.example.org, got "id.example.test"',
    ],
    [
      { url: given.url, clientId: "c" },
      "set clientId and clientSecret, or clientId, username and password, or accessToken",
    ],
    [{ ...given, jwtSigningKey: "k" }, "jwtSigningKey is not supported by the built-in plugin"],
  ])("%j is refused", (config, message) => {
    expect(() => readSettings(config, {})).toThrow(message);
  });
});
