/** Logins at image registries, from the provider's `registryAuth`. */
import type { Properties } from "../../core/definition.ts";
import { isObject } from "../../core/values.ts";

export interface Login {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

/** Logins by the registry's host name. */
export type RegistryLogins = ReadonlyMap<string, Login>;

/** @throws when an entry wants a credential helper, which only the official plugin runs */
export function registryLogins(config: Properties): RegistryLogins {
  const entries = Array.isArray(config.registryAuth) ? config.registryAuth.filter(isObject) : [];
  return new Map(entries.filter((entry) => entry.authDisabled !== true).map(login));
}

function login(entry: Properties): [string, Login] {
  const { address, username, password } = entry;
  if (typeof address !== "string" || typeof username !== "string" || typeof password !== "string")
    throw new Error(
      "docker:registryAuth needs address, username and password; configuration files are not read",
    );
  const host = address.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  return [host, { username, password, serveraddress: address }];
}

/** The login for the registry that an image's name begins with, if there is one. */
export function loginFor(logins: RegistryLogins, image: string): Login | undefined {
  return image.includes("/") ? logins.get(image.split("/")[0] ?? "") : undefined;
}
