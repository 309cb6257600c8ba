import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { AdminApi } from "./keycloak.ts";
import type { SharedStack } from "./shared.ts";
import type { Throwaway } from "./throwaway.ts";

/**
 * A realm beside the stack's own that plays outside identity providers: one by OpenID Connect, one by SAML. The
 * stack's broker realm `developers` is set up for it before it is there, so its key is made beforehand.
 */
export const OUTSIDE = "outside";

/** Names of the providers in the broker realm, and the secret that the first one gave it. */
export const CAMPUS = "campus";
export const UNIVERSITY = "university";
export const GITHUB = "github";
export const CLIENT_SECRET = "given-by-an-outside-provider";

/** Where GitHub's stand-in is found, by the browser and by Keycloak. */
export const GITHUB_HOST = "github.outside.test";
export const GITHUB_PORT = 8443;

/**
 * Where Ubuntu One's stand-in is found, by the browser and by the shim; `OPENID` is for OpenIDs that people enter, and
 * `PINNED` leads to the stand-in as to any other provider of OpenID 2.0.
 */
export const UBUNTU_ONE = "ubuntuone";
export const UBUNTU_ONE_HOST = "ubuntuone.outside.test";
export const UBUNTU_ONE_PORT = 8444;
export const OPENID = "openid";
export const PINNED = "pinned";
export const TEAMS = ["builders", "reviewers"];

export const BROKER = "developers";

/** Password of everyone in the outside realm. */
export const OUTSIDE_PASSWORD = "an outside password 1";

/** The broker realm for the outside ones, as settings. */
export function brokerSettings(throwaway: Throwaway): Record<string, unknown> {
  const outside = `https://${throwaway.domain}/realms/${OUTSIDE}`;
  const github = `https://${GITHUB_HOST}:${GITHUB_PORT}`;
  const endpoint = `https://${UBUNTU_ONE_HOST}:${UBUNTU_ONE_PORT}/+openid`;
  return {
    kind: "broker",
    name: BROKER,
    displayName: "Developers",
    identityProviders: [
      { kind: "github", alias: GITHUB, clientId: BROKER, baseUrl: github, apiUrl: github },
      {
        kind: "oidc",
        alias: CAMPUS,
        displayName: "Campus",
        icon: "test/stack/campus.svg",
        clientId: BROKER,
        issuer: outside,
        authorizationUrl: `${outside}/protocol/openid-connect/auth`,
        // Keycloak itself finds the realm beside the one that asks.
        tokenUrl: `https://keycloak:8443/realms/${OUTSIDE}/protocol/openid-connect/token`,
        jwksUrl: `https://keycloak:8443/realms/${OUTSIDE}/protocol/openid-connect/certs`,
      },
      {
        kind: "saml",
        alias: UNIVERSITY,
        displayName: "University",
        entityId: outside,
        singleSignOnUrl: `${outside}/protocol/saml`,
        signingCertificate: signingKey(throwaway).certificate,
      },
      {
        kind: "ubuntuone",
        endpoint,
        teams: TEAMS,
        claims: { fullname: "fullname", timezone: "timezone" },
      },
      { kind: "openid2", alias: OPENID },
      { kind: "openid2", alias: PINNED, endpoint, hideOnLoginPage: true },
    ],
  };
}

/** A person of the outside realm. */
export interface Outsider {
  readonly username: string;
  readonly email: string;
}

/** Makes the outside realm with its clients and people; the stack must be up. */
export async function makeOutside(
  api: AdminApi,
  stack: SharedStack,
  people: readonly Outsider[],
): Promise<void> {
  const broker = `https://${stack.domain}/realms/${BROKER}`;
  await api.post("", {
    realm: OUTSIDE,
    enabled: true,
    clients: [
      {
        clientId: BROKER,
        secret: CLIENT_SECRET,
        redirectUris: [`${broker}/broker/${CAMPUS}/endpoint`],
        attributes: { "pkce.code.challenge.method": "S256" },
      },
      {
        clientId: broker,
        protocol: "saml",
        redirectUris: [`${broker}/broker/${UNIVERSITY}/endpoint`],
        attributes: {
          "saml.assertion.signature": "true",
          "saml.server.signature": "true",
          "saml.client.signature": "false",
          saml_name_id_format: "persistent",
          saml_force_name_id_format: "true",
        },
        protocolMappers: ["email", "firstName", "lastName"].map((property) => ({
          name: property,
          protocol: "saml",
          protocolMapper: "saml-user-property-mapper",
          config: {
            "user.attribute": property,
            "attribute.name": property,
            "friendly.name": property,
            "attribute.nameformat": "Basic",
          },
        })),
      },
    ],
    users: people.map(({ username, email }) => ({
      username,
      email,
      emailVerified: true,
      enabled: true,
      firstName: username,
      lastName: "Outside",
      credentials: [{ type: "password", value: OUTSIDE_PASSWORD }],
    })),
  });
  await useKey(api, signingKey(stack));
}

/** Has the outside realm sign with the key whose certificate the broker realm knows. */
async function useKey(api: AdminApi, { key, certificate }: SigningKey): Promise<void> {
  await api.post(`/${OUTSIDE}/components`, {
    name: "known-key",
    providerId: "rsa",
    providerType: "org.keycloak.keys.KeyProvider",
    config: {
      priority: ["1000"],
      enabled: ["true"],
      active: ["true"],
      algorithm: ["RS256"],
      privateKey: [key],
      certificate: [certificate],
    },
  });
}

interface SigningKey {
  /** PEM. */
  readonly key: string;
  /** Base64 without its BEGIN and END lines. */
  readonly certificate: string;
}

/** The outside realm's key, made once a throwaway stack. */
function signingKey({ folder }: Throwaway): SigningKey {
  const [key, certificate] = ["outside.key", "outside.crt"].map((name) => path.join(folder, name)) as [
    string,
    string,
  ];
  if (!fs.existsSync(certificate)) {
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=outside",
        "-keyout",
        key,
        "-out",
        certificate,
      ],
      { stdio: "ignore" },
    );
  }
  const lines = fs.readFileSync(certificate, "utf8").split("\n");
  return {
    key: fs.readFileSync(key, "utf8"),
    certificate: lines.filter((line) => !line.startsWith("-----")).join(""),
  };
}
