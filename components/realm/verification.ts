import type KeycloakAdminClient from "@keycloak/keycloak-admin-client";
import * as pulumi from "@pulumi/pulumi";
import type { IssuerEndpoint } from "../endpoints.ts";
import { connectAdmin } from "../keycloak/admin-client.ts";
import { lateError } from "../late-error.ts";

/** What Keycloak must say of one of its objects once all is in place. */
export interface Expectation {
  /** Name for people, such as `identity provider github`. */
  readonly of: string;
  /** Asks for it; `undefined` when it is not there. */
  readonly read: (client: KeycloakAdminClient, realm: string) => Promise<object | undefined>;
  /** Values by their path in the answer, such as `config.validateSignature`; lists in any order. */
  readonly values: Readonly<Record<string, string | boolean | string[] | undefined>>;
}

/** What must be true of a realm after an update, gathered while its parts are made. */
export class Expectations {
  private readonly all: pulumi.Output<Expectation>[] = [];

  /** Adds what a resource must have come to; it is asked when the resource has been updated. */
  public add(resource: pulumi.Resource, expectation: pulumi.Input<Expectation>): void {
    this.all.push(pulumi.all([expectation, resource.urn]).apply(([each]) => each));
  }

  public settled(): pulumi.Output<Expectation[]> {
    return pulumi.all(this.all);
  }
}

/**
 * Reads back what a realm's safety rests on, once all of it is updated: what another hand or a provider's slip has
 * changed fails the update with a {@link pulumi.RunError} that names each difference. Asks nothing in a preview.
 */
export function verify(
  realm: string,
  expectations: Expectations,
  issuer: IssuerEndpoint,
  caCertificate: pulumi.Output<string>,
): void {
  pulumi
    .all([expectations.settled(), issuer.adminClientSecret, caCertificate])
    .apply(async ([all, clientSecret, ca]) => {
      if (pulumi.runtime.isDryRun()) return;
      const account = { url: issuer.adminUrl, clientId: issuer.adminClientId, clientSecret };
      const client = await connectAdmin(account, ca);
      const faults = await Promise.all(all.map((each) => differences(each, client, realm)));
      const lines = faults.flat();
      if (lines.length === 0) return;
      throw lateError(
        `realm ${realm} is not what was asked for; run pulumi refresh and up again, and take away in the admin ` +
          `console what is too much even then:\n  ${lines.join("\n  ")}`,
      );
    });
}

/** What is not as expected, a line for each value. */
export async function differences(
  { of, read, values }: Expectation,
  client: KeycloakAdminClient,
  realm: string,
): Promise<string[]> {
  const found = await read(client, realm);
  if (found === undefined) return [`${of}: it is not there`];
  return Object.entries(values).flatMap(([path, expected]) => {
    const actual = valueAt(found, path);
    return comparable(actual) === comparable(expected)
      ? []
      : [`${of}: ${path} should be ${JSON.stringify(expected)}, the server says ${JSON.stringify(actual)}`];
  });
}

/** Keycloak keeps sets where it answers with lists. */
function comparable(value: unknown): string | undefined {
  return JSON.stringify(Array.isArray(value) ? value.map(String).sort() : value);
}

/** Names of attributes have dots too, so what is left of the path may be the name of one. */
function valueAt(found: object, path: string): unknown {
  const values = found as Record<string, unknown>;
  if (Object.hasOwn(values, path)) return values[path];
  const [step = "", ...rest] = path.split(".");
  const inner = values[step];
  return typeof inner === "object" && inner !== null ? valueAt(inner, rest.join(".")) : undefined;
}
