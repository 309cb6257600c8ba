import type { Properties, Value } from "../../core/definition.ts";
import type { Rest } from "../connection.ts";
import { entity, fill } from "../entity.ts";
import { native } from "../field.ts";
import { asObject, asObjects, idOf } from "../value.ts";

const top = native();

async function findByName(rest: Rest, where: Properties, username: Value): Promise<string | undefined> {
  const users = await rest.list(fill("/{realmId}/users", where), { username, exact: true });
  return idOf(users?.[0]);
}

const identities = (where: Properties): string => fill("/{realmId}/users/{id}/federated-identity", where);

/** Links to identity providers are requests of their own; a changed one is taken away and made anew. */
async function link(rest: Rest, where: Properties, wanted: readonly Properties[]): Promise<void> {
  const path = identities(where);
  const current = (await rest.list(path)) ?? [];
  const among = (all: readonly Properties[], one: Properties): boolean =>
    all.some((other) => ["identityProvider", "userId", "userName"].every((key) => other[key] === one[key]));
  const change = (all: readonly Properties[], call: (path: string, one: Properties) => Promise<void>) =>
    Promise.all(all.map((one) => call(path + fill("/{identityProvider}", one), one)));
  await change(
    current.filter((one) => !among(wanted, one)),
    (at) => rest.remove(at),
  );
  await change(
    wanted.filter((one) => !among(current, one)),
    (at, one) => rest.post(at, one),
  );
}

/** An account. Its password is set once, on creation: afterwards it is its owner's. */
export const user = entity({
  address: ["realmId"],
  collection: "/{realmId}/users",
  carry: "everything",
  renamed: { federatedIdentities: "federated_identity" },
  fields: {
    username: top.text("username"),
    email: top.text("email"),
    emailVerified: top.flag("emailVerified"),
    firstName: top.text("firstName"),
    lastName: top.text("lastName"),
    enabled: top.flag("enabled", { default: true }),
    attributes: top.multiMap("attributes"),
    requiredActions: top.list("requiredActions", { set: true }),
    federatedIdentities: { otherwise: [], set: true },
    initialPassword: {
      otherwise: null,
      // Only a new account gets it.
      same: () => true,
    },
    import: { otherwise: false },
  },
  validate: ({ username }) =>
    typeof username === "string" && username !== username.toLowerCase()
      ? [{ property: "username", reason: `must be in lower case, got ${username}` }]
      : [],
  adopt: ({ rest, where, inputs }) => findByName(rest, where, inputs["username"] ?? null),
  finish: async ({ rest, where, inputs, state }) => {
    const { value = null, temporary = null } = asObject(inputs["initialPassword"]);
    if (state === undefined && value !== null && inputs["import"] !== true) {
      const credential = { type: "password", value, temporary: temporary === true };
      await rest.put(fill("/{realmId}/users/{id}/reset-password", where), credential);
    }
    const links = inputs["federatedIdentities"] ?? null;
    if (links !== null || asObjects(state?.["federatedIdentities"]).length > 0)
      await link(rest, where, asObjects(links));
  },
  extend: async (_rep, prior, { rest, where }) => {
    const password = prior["initialPassword"] ?? null;
    return {
      federatedIdentities: (await rest.list(identities(where))) ?? [],
      initialPassword: password === null ? null : { temporary: false, ...asObject(password) },
    };
  },
});
