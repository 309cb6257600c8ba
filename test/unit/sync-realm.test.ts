import type { StackView } from "../../automation/outputs.ts";
import { inTurn, syncRealm } from "../../automation/sync-realm.ts";

const IGNORED = { ignored: true, status: "Synchronization ignored as it's already in progress" };

/** What Keycloak answers to one sync after the other. */
let mockAnswers: object[] = [];

jest.mock("node:timers/promises", () => ({ setTimeout: () => Promise.resolve() }));
jest.mock("../../components/keycloak/admin-client.ts", () => ({
  connectAdmin: () => ({
    components: { findOne: () => ({}) },
    realms: { testLDAPConnection: () => ({}) },
    userStorageProvider: { sync: () => Promise.resolve(mockAnswers.shift()) },
  }),
}));

const VIEW: StackView = {
  stack: "dev",
  url: "https://id.example.org",
  realms: { community: { issuer: "", accountConsole: "", services: {}, federationId: "ldap" } },
  caCertificate: "",
  admin: { url: "https://127.0.0.1:18443", clientId: "admin", clientSecret: "" },
};

let said: jest.SpyInstance;
beforeEach(() => {
  said = jest.spyOn(console, "error").mockImplementation();
});
afterEach(() => {
  said.mockRestore();
});

const sync = (): Promise<string> => syncRealm(VIEW, "community", "triggerFullSync");

test("a sync waits for another one, and says so once", async () => {
  mockAnswers = [IGNORED, IGNORED, { status: "2 imported users" }];
  expect(await sync()).toBe("2 imported users");
  expect(mockAnswers).toEqual([]);
  expect(said.mock.calls).toEqual([["realm community: another sync is running; waiting for it …"]]);
});

test("one that waits for nothing says nothing", async () => {
  mockAnswers = [{ status: "2 imported users" }];
  expect(await sync()).toBe("2 imported users");
  expect(said.mock.calls).toEqual([]);
});

test("another one that does not end is an error", async () => {
  const ignored = (): Promise<object> => Promise.resolve(IGNORED);
  await expect(inTurn("community", ignored, { withinMs: 0, everyMs: 0 })).rejects.toThrow(
    /^realm community: another sync is running; run this again when it has ended$/,
  );
});

test("where accounts fail, the log that says why is named", async () => {
  mockAnswers = [{ failed: 2 }];
  await expect(sync()).rejects.toThrow(
    "realm community: 2 accounts failed to sync; see: docker logs sso-dev-keycloak",
  );
});
