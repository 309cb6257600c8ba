import { Naming } from "../../components/host/naming.ts";
import { docker } from "../stack/containers.ts";
import { lastLoginOf } from "../stack/directory.ts";
import { withFederation } from "../stack/federation.ts";
import { grantByPassword } from "../stack/grant.ts";
import { adminApi } from "../stack/keycloak.ts";
import { newPerson, PASSWORD } from "../stack/people.ts";
import { sharedStack } from "../stack/shared.ts";

const stack = sharedStack();
const REALM = "community";
const USER = "trent";
const DIRECTORY = new Naming(stack.name).of("openldap");
const LOGINS = 5;

/** How many connections the directory has taken since it started, by its kernel's count (RFC 4022, tcpPassiveOpens). */
function taken(): number {
  const [names = "", values = ""] = docker("exec", DIRECTORY, "cat", "/proc/net/snmp")
    .split("\n")
    .filter((line) => line.startsWith("Tcp: "));
  return Number(values.split(" ")[names.split(" ").indexOf("PassiveOpens")]);
}

async function logIn(times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const { status } = await grantByPassword(stack, REALM, USER, PASSWORD);
    expect(status).toBe(200);
  }
  await lastLoginOf(stack, USER); // which is written a little later
}

/** Connections that the directory takes while somebody logs in a few times. */
async function takenByLogins(): Promise<number> {
  await logIn(2); // fills what Keycloak keeps
  const before = taken();
  await logIn(LOGINS);
  return taken() - before;
}

test("a login opens one connection to the directory, to prove the password; all else goes by ones that are kept", async () => {
  await newPerson(adminApi(stack), REALM, USER);
  expect(await takenByLogins()).toBeLessThan(2 * LOGINS);
  const withoutPool = await withFederation(stack, REALM, { connectionPooling: "false" }, takenByLogins);
  expect(withoutPool).toBeGreaterThanOrEqual(2 * LOGINS); // positive control
});
