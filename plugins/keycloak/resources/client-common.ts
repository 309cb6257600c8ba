import type { Block } from "../field.ts";
import { dig, native } from "../field.ts";

const flows = native("authenticationFlowBindingOverrides");

/** Flows that a client uses instead of the realm's: a row of both kinds of client. */
export const flowOverrides = (module: "openid" | "saml"): Block => ({
  type: `keycloak:${module}/ClientAuthenticationFlowBindingOverrides:ClientAuthenticationFlowBindingOverrides`,
  set: true,
  present: (rep) => Object.keys(dig(rep, ["authenticationFlowBindingOverrides"]) ?? {}).length > 0,
  // Keycloak forgets an override whose ID is empty.
  cleared: { authenticationFlowBindingOverrides: { browser: "", direct_grant: "" } },
  fields: { browserId: flows.text("browser"), directGrantId: flows.text("direct_grant") },
});
