import * as path from "node:path";
import type { z } from "zod";
import { faultOfPicture } from "../keycloak/theme/picture.ts";
import { faultOfOwn } from "../outside.ts";
import { addFault } from "./fault.ts";
import type { UncheckedSettings } from "./schema.ts";

/** Refuses files that the program, which reads them likewise, could not use. */
export function checkFiles(context: z.core.ParsePayload<UncheckedSettings>, folder: string): void {
  const { openldap, certificates, realms } = context.value;
  const check = (
    at: readonly PropertyKey[],
    file: string | undefined,
    faultOf: (file: string) => string | undefined,
  ): void => {
    const fault = file === undefined ? undefined : faultOf(path.resolve(folder, file));
    if (fault !== undefined) addFault(context, at, `another file: this one ${fault}`);
  };
  check(["openldap", "seed"], openldap?.seed, faultOfOwn);
  if (certificates.kind === "acme") check(["certificates", "serverCa"], certificates.serverCa, faultOfOwn);
  for (const [index, realm] of realms.entries()) {
    check(["realms", index, "theme", "logo"], realm.theme.logo, faultOfPicture);
    if (realm.kind !== "broker") continue;
    for (const [order, { icon }] of realm.identityProviders.entries())
      check(["realms", index, "identityProviders", order, "icon"], icon, faultOfPicture);
  }
}
