import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { fetchWithError } from "@keycloak/keycloak-admin-client/lib/utils/fetchWithError.js";
import { accountsOnlyLinkedTo } from "../../automation/account-list.ts";
import { additionsTo } from "../../automation/additions.ts";
import type { StackView } from "../../automation/outputs.ts";
import { labelSpam } from "../../automation/spam-label.ts";
import { syncRealm } from "../../automation/sync-realm.ts";
import { connectAdmin } from "../../components/keycloak/admin-client.ts";

jest.mock("../../components/keycloak/admin-client.ts");

/** What the stand-in for Keycloak answers, by method and path. */
type Answers = Readonly<Record<string, readonly [status: number, body: unknown]>>;

const TOKEN = "POST /realms/master/protocol/openid-connect/token";
const LET_IN: Answers = { [TOKEN]: [200, { access_token: "token", expires_in: 60 }] };
const USERS = "GET /admin/realms/people/users";
const MALLORY = `${USERS}/1`;
const SAVE = MALLORY.replace("GET", "PUT");

beforeAll(() => {
  // Jest cannot load the client itself, so this asks as that does.
  jest.mocked(connectAdmin).mockImplementation(async ({ url }) => {
    const ask = (call: string, init: RequestInit = {}): Promise<Response> => {
      const [method = "", path = ""] = call.split(" ");
      return fetchWithError(`${url}${path}`, { method, ...init });
    };
    await ask(TOKEN);
    const users = {
      find: async () => (await ask(USERS)).json(),
      findOne: async () => (await ask(MALLORY)).json(),
      update: async (_: unknown, user: object) => ask(SAVE, { body: JSON.stringify(user) }),
    };
    return { users } as never;
  });
});

/** Where nobody listens any more. */
async function keycloakThatIsAway(): Promise<StackView> {
  const view = await keycloakThat({});
  await new Promise((resolve) => servers.pop()?.close(resolve));
  return view;
}

const servers: http.Server[] = [];

async function keycloakThat(answers: Answers): Promise<StackView> {
  const server = http.createServer(({ method = "", url = "" }, response) => {
    const [status, body] = answers[`${method} ${url.split("?")[0] ?? ""}`] ?? [
      404,
      { error: "no such thing" },
    ];
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return viewOf((server.address() as AddressInfo).port);
}

function viewOf(port: number): StackView {
  return {
    stack: "dev",
    url: "https://id.example-id.org",
    realms: { people: { issuer: "", accountConsole: "", services: {}, federationId: "directory" } },
    caCertificate: "",
    admin: { url: `http://127.0.0.1:${port}`, clientId: "stack", clientSecret: "canary" },
  };
}

afterAll(() => {
  for (const server of servers) server.close();
});

test.each<[string, (view: StackView) => Promise<unknown>]>([
  ["a sync", (view) => syncRealm(view, "people", "triggerFullSync")],
  ["accounts", (view) => accountsOnlyLinkedTo(view, "people", "github")],
  ["a label", (view) => labelSpam(view, "people", "mallory", "spam")],
  ["a look at what was added", (view) => additionsTo(view, [])],
])("%s says which Keycloak is away", async (_, ask) => {
  const view = await keycloakThatIsAway();
  await expect(ask(view)).rejects.toMatchObject({
    name: "OperatorError",
    message: `Keycloak of stack dev at ${view.admin.url} cannot be reached (ECONNREFUSED); see npm run status -- dev`,
  });
});

test.each<[string, Answers, string]>([
  [
    "the stack's account",
    { [TOKEN]: [401, { error: "unauthorized_client", error_description: "Invalid client credentials" }] },
    "/realms/master/protocol/openid-connect/token with status 401: Invalid client credentials; see",
  ],
  [
    "a question",
    { ...LET_IN, [USERS]: [403, { error: "HTTP 403 Forbidden" }] },
    "/admin/realms/people/users with status 403: HTTP 403 Forbidden; see",
  ],
  [
    "by a proxy's page",
    { ...LET_IN, [USERS]: [502, `<html>${"x".repeat(1000)}`] },
    `/admin/realms/people/users with status 502: <html>${"x".repeat(193)}…; see`,
  ],
])("says what Keycloak refuses: %s", async (_, answers, message) => {
  const asked = labelSpam(await keycloakThat(answers), "people", "mallory", "spam");
  await expect(asked).rejects.toMatchObject({
    name: "OperatorError",
    message: expect.stringContaining(`Keycloak of stack dev refuses ${message}`) as string,
  });
});

test.each([true, false])("without its label an account may be enabled, or not: %s", async (enabled) => {
  const view = await keycloakThat({
    ...LET_IN,
    [USERS]: [200, [{ id: "1", username: "mallory" }]],
    [MALLORY]: [200, { id: "1", username: "mallory", enabled, attributes: { spam: ["watches"] } }],
    [SAVE]: [204, ""],
  });
  await expect(labelSpam(view, "people", "mallory", undefined)).resolves.toBe(enabled);
});

test("an account that is not there is no fault of Keycloak's", async () => {
  const view = await keycloakThat({ ...LET_IN, [USERS]: [200, []] });
  await expect(labelSpam(view, "people", "nobody", undefined)).rejects.toThrow(
    "no account nobody in realm people",
  );
});
