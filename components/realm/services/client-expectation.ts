import type * as pulumi from "@pulumi/pulumi";
import type { RealmScope } from "../realm.ts";
import type { Expectation } from "../verification.ts";

/** Expects a service's client to be there after an update, switched on, without Keycloak's full scope, as `values` say. */
export function expectClient(
  { expectations }: RealmScope,
  client: pulumi.Resource & { readonly clientId: pulumi.Output<string> },
  values: Expectation["values"],
): void {
  expectations.add(
    client,
    client.clientId.apply((clientId): Expectation => ({
      of: `client ${clientId}`,
      read: async ({ clients }, realm) => (await clients.find({ realm, clientId }))[0],
      values: { enabled: true, fullScopeAllowed: false, ...values },
    })),
  );
}
