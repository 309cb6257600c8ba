import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../eventually.ts";
import { addEntry, modifyEntry } from "../stack/directory.ts";
import { withFederation } from "../stack/federation.ts";
import { adminApi } from "../stack/keycloak.ts";
import { sharedStack } from "../stack/shared.ts";

const stack = sharedStack();
const REALM = "community";

/** Seconds between two syncs: fewer than the settings allow, so that the test need not wait. */
const PERIOD_SEC = 3;

/** The last name of an account in Keycloak's copy. */
async function lastNameOf(username: string): Promise<string | undefined> {
  const [user] = await adminApi(stack).get<{ readonly lastName: string }[]>(
    `/${REALM}/users?exact=true&username=${username}`,
  );
  return user?.lastName;
}

test.each([
  ["changed accounts", "changedSyncPeriod", "fullSyncPeriod"],
  ["all accounts", "fullSyncPeriod", "changedSyncPeriod"],
])("Keycloak reads %s from the directory by itself, as often as it was told", async (_, period, other) => {
  const username = period.toLowerCase();
  addEntry(stack, username, { sn: "before" });
  expect(await lastNameOf(username)).toBe("before"); // whoever is asked for is copied
  modifyEntry(stack, username, "sn", "after");
  await withFederation(stack, REALM, { [period]: "-1", [other]: "-1" }, async () => {
    await sleep(2 * PERIOD_SEC * 1000);
    expect(await lastNameOf(username)).toBe("before"); // control: nothing else brings it
  });
  await withFederation(stack, REALM, { [period]: String(PERIOD_SEC), [other]: "-1" }, () =>
    eventually("a sync has brought it", async () => (await lastNameOf(username)) === "after"),
  );
});
