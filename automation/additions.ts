import type KeycloakAdminClient from "@keycloak/keycloak-admin-client";
import type ClientRepresentation from "@keycloak/keycloak-admin-client/lib/defs/clientRepresentation.js";
import type AuthenticationFlowRepresentation from "@keycloak/keycloak-admin-client/lib/defs/authenticationFlowRepresentation.js";
import { z } from "zod";
import { KEYCLOAKS_OWN } from "../components/settings/service-presets.ts";
import { asAdmin } from "./as-admin.ts";
import type { Change } from "./changes.ts";
import type { StackView } from "./outputs.ts";

/** The realm of whoever administers Keycloak; the stack makes nothing in it but its own account. */
const MASTER = "master";

/** Something of a realm: its ID as the state has it, and its name in the console. */
interface Listed {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

const FEDERATION = "org.keycloak.storage.UserStorageProvider";
const LDAP_MAPPER = "org.keycloak.storage.ldap.mappers.LDAPStorageMapper";

/** Flows that are not Keycloak's own. */
async function flowsOf(
  { authenticationManagement }: KeycloakAdminClient,
  realm: string,
): Promise<AuthenticationFlowRepresentation[]> {
  const flows = await authenticationManagement.getFlows({ realm });
  return flows.filter(({ topLevel, builtIn }) => topLevel === true && builtIn !== true);
}

/** What is looked for in a realm, under the name that a report has for it. */
const KINDS: readonly {
  readonly type: string;
  readonly list: (client: KeycloakAdminClient, realm: string) => Promise<readonly Listed[]>;
}[] = [
  {
    type: "keycloak Client",
    list: async (client, realm) =>
      (await clientsOf(client, realm)).map(({ id, clientId }) => ({ id, name: clientId })),
  },
  {
    type: "keycloak ProtocolMapper",
    list: async (client, realm) =>
      (await clientsOf(client, realm)).flatMap(({ clientId = "", protocolMappers = [] }) =>
        protocolMappers.map(({ id, name = "" }) => ({ id, name: `${clientId}/${name}` })),
      ),
  },
  {
    type: "keycloak IdentityProvider",
    list: async ({ identityProviders }, realm) =>
      (await identityProviders.find({ realm })).map(({ alias }) => ({ id: alias, name: alias })),
  },
  {
    type: "keycloak IdentityProviderMapper",
    list: async ({ identityProviders }, realm) => {
      const aliases = (await identityProviders.find({ realm })).map(({ alias = "" }) => alias);
      const mappers = await Promise.all(
        aliases.map((alias) => identityProviders.findMappers({ realm, alias })),
      );
      return mappers.flat().map(({ id, name = "", identityProviderAlias = "" }) => ({
        id,
        name: `${identityProviderAlias}/${name}`,
      }));
    },
  },
  {
    type: "keycloak authentication Flow",
    list: async (client, realm) =>
      (await flowsOf(client, realm)).map(({ id, alias }) => ({ id, name: alias })),
  },
  {
    type: "keycloak authentication Execution",
    list: async (client, realm) => {
      const flows = (await flowsOf(client, realm)).map(({ alias = "" }) => alias);
      const steps = await Promise.all(
        flows.map(async (flow) => {
          const all = await client.authenticationManagement.getExecutions({ realm, flow });
          return all.map(({ id, flowId, displayName = "" }) => ({
            id: flowId ?? id,
            name: `${flow}/${displayName}`,
          }));
        }),
      );
      return steps.flat();
    },
  },
  {
    type: "keycloak ldap UserFederation",
    list: ({ components }, realm) => components.find({ realm, type: FEDERATION }),
  },
  {
    type: "keycloak ldap Mapper",
    list: async ({ components }, realm) => {
      const federations = await components.find({ realm, type: FEDERATION });
      const mappers = await Promise.all(
        federations.map(({ id = "" }) => components.find({ realm, parent: id, type: LDAP_MAPPER })),
      );
      return mappers.flat();
    },
  },
];

/** Clients that are not Keycloak's own; in the realm `master` it has one for each realm. */
async function clientsOf({ clients }: KeycloakAdminClient, realm: string): Promise<ClientRepresentation[]> {
  const all = await clients.find({ realm });
  return all.filter(
    ({ clientId = "" }) =>
      !KEYCLOAKS_OWN.includes(clientId) && !(realm === MASTER && clientId.endsWith("-realm")),
  );
}

/** What a state says of something in Keycloak; provider plugins name the realm either way. */
const resource = z.object({
  type: z.string().startsWith("keycloak:"),
  id: z.string(),
  outputs: z.object({ realmId: z.string().optional(), realm: z.string().optional() }),
});

/**
 * What somebody has added in Keycloak's console of the kinds above, which a refresh does not see: it asks only for what
 * the state has.
 *
 * @param resources what the stack's state says of them
 */
export function additionsTo(view: StackView, resources: readonly unknown[]): Promise<Change[]> {
  return asAdmin(view, (client) => additionsIn(client, view, knownTo(resources)));
}

async function additionsIn(
  client: KeycloakAdminClient,
  view: StackView,
  known: ReadonlySet<string>,
): Promise<Change[]> {
  const isOurs = (realm: string, name: string): boolean =>
    realm === MASTER && name.split("/")[0] === view.admin.clientId;
  const realms = (await client.realms.find({ briefRepresentation: true })).map(({ realm = "" }) => realm);
  const added: Change[] = [];
  for (const realm of realms) {
    if (realm !== MASTER && view.realms[realm] === undefined) {
      added.push(addition(realm, "keycloak Realm"));
      continue;
    }
    for (const { type, list } of KINDS)
      for (const { id = "", name = id } of await list(client, realm))
        if (!known.has(`${realm}/${id}`) && !isOurs(realm, name))
          added.push(addition(`${realm}/${name}`, type));
  }
  return added;
}

function addition(name: string, type: string): Change {
  return { kind: "create", name, type, isStateful: false, differences: [] };
}

/** `REALM/ID` of everything. */
function knownTo(resources: readonly unknown[]): ReadonlySet<string> {
  return new Set(
    resources.flatMap((each) => {
      const { data } = resource.safeParse(each);
      return data === undefined ? [] : [`${data.outputs.realmId ?? data.outputs.realm ?? ""}/${data.id}`];
    }),
  );
}
