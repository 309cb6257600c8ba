import * as keycloak from "@pulumi/keycloak";
import type * as pulumi from "@pulumi/pulumi";
import type { RealmScope } from "../realm.ts";
import { expectClient } from "./client-expectation.ts";
import type { SamlClient, SamlSource } from "./preset.ts";

/** NameID format of e-mail addresses (SAML 2.0 Core, section 8.3.2). */
const EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

/** One of Keycloak's mappers, and what it takes besides the attribute's name. */
interface Mapper {
  readonly protocolMapper: string;
  readonly config: Readonly<Record<string, string>>;
}

function mapperOf(source: SamlSource): Mapper {
  if (source === "groups") {
    return {
      protocolMapper: "saml-group-membership-mapper",
      config: { single: "true", "full.path": "false" },
    };
  }
  if ("property" in source) {
    return { protocolMapper: "saml-user-property-mapper", config: { "user.attribute": source.property } };
  }
  return "attribute" in source
    ? { protocolMapper: "saml-user-attribute-mapper", config: { "user.attribute": source.attribute } }
    : { protocolMapper: "saml-hardcode-attribute-mapper", config: { "attribute.value": source.constant } };
}

/** How an attribute is named: the claims of Microsoft's are URIs, others plain words. */
function namingOf(name: string): Readonly<Record<string, string>> {
  return URL.canParse(name)
    ? { "attribute.name": name, "attribute.nameformat": "URI Reference" }
    : { "attribute.name": name, "attribute.nameformat": "Basic", "friendly.name": name };
}

/** What tells the names of most attributes apart, also where they are URIs. */
function endOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

export interface SamlClientArgs extends RealmScope {
  readonly client: SamlClient;
  /** Name of the service in the realm; a link at the id site bears it. */
  readonly serviceName: string;
  /** Name that people see. */
  readonly title: string;
  /** Base URL of the service. */
  readonly url: string;
  /** Roles that assertions may tell, by name. */
  readonly roleIds: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * A SAML service provider: the POST binding, RSA-SHA256, the whole response signed, and answers to one exact address.
 */
export function newSamlClient(
  name: string,
  args: SamlClientArgs,
  options: pulumi.CustomResourceOptions,
): keycloak.saml.Client {
  const { realmId, client } = args;
  const { signingCertificate, singleLogoutUrl } = client;
  const made = new keycloak.saml.Client(
    `${name}-client`,
    {
      realmId,
      clientId: client.entityId,
      name: args.title,
      enabled: true,
      baseUrl: args.url,
      validRedirectUris: [client.acsUrl],
      assertionConsumerPostUrl: client.acsUrl,
      forcePostBinding: true,
      includeAuthnStatement: true,
      signDocuments: true,
      signAssertions: client.signAssertions,
      signatureAlgorithm: "RSA_SHA256",
      signatureKeyName: "NONE",
      canonicalizationMethod: "EXCLUSIVE",
      encryptAssertions: false,
      clientSignatureRequired: signingCertificate !== undefined,
      ...(signingCertificate === undefined
        ? {}
        : { signingCertificate: signingCertificate.replaceAll(/\s/g, "") }),
      nameIdFormat: client.nameId === "username" ? "username" : "email",
      forceNameIdFormat: true,
      fullScopeAllowed: false,
      consentRequired: false,
      frontChannelLogout: singleLogoutUrl !== undefined,
      ...(singleLogoutUrl === undefined ? {} : { logoutServicePostBindingUrl: singleLogoutUrl }),
      ...(client.startedHere
        ? { idpInitiatedSsoUrlName: args.serviceName, idpInitiatedSsoRelayState: args.url }
        : {}),
    },
    options,
  );
  expectClient(args, made, {
    redirectUris: [client.acsUrl],
    frontchannelLogout: singleLogoutUrl !== undefined,
    "attributes.saml_assertion_consumer_url_post": client.acsUrl,
    "attributes.saml.force.post.binding": "true",
    "attributes.saml.server.signature": "true",
    "attributes.saml.assertion.signature": String(client.signAssertions),
    "attributes.saml.signature.algorithm": "RSA_SHA256",
    "attributes.saml.client.signature": String(signingCertificate !== undefined),
  });
  const addMapper = (role: string, mapper: Mapper): void => {
    new keycloak.GenericProtocolMapper(
      `${name}-${role}`,
      { realmId, clientId: made.id, name: role, protocol: "saml", ...mapper },
      options,
    );
  };
  if (client.nameId === "alias") {
    addMapper("name-id", {
      protocolMapper: "saml-user-attribute-nameid-mapper",
      config: { "mapper.nameid.format": EMAIL_FORMAT, "user.attribute": "alias" },
    });
  }
  const names = Object.keys(client.attributes);
  for (const [attribute, source] of Object.entries(client.attributes)) {
    const { protocolMapper, config } = mapperOf(source);
    const isPlain = names.filter((each) => endOf(each) === endOf(attribute)).length === 1;
    const role = `attribute-${isPlain ? endOf(attribute) : attribute}`;
    addMapper(role, { protocolMapper, config: { ...config, ...namingOf(attribute) } });
  }
  if (client.roles) {
    for (const [role, roleId] of Object.entries(args.roleIds)) {
      new keycloak.GenericRoleMapper(`${name}-${role}`, { realmId, clientId: made.id, roleId }, options);
    }
  }
  return made;
}
