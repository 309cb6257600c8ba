import { entity, fill, pick } from "../entity.ts";
import { component, native } from "../field.ts";
import { setting } from "../setting.ts";
import { asTexts } from "../value.ts";
import { flowBindings } from "./realm.ts";

const top = native();
const config = component();

/** What Keycloak logs of logins and administration. */
export const realmEvents = setting({
  address: ["realmId"],
  path: "/{realmId}/events/config",
  fields: {
    adminEventsDetailsEnabled: top.flag("adminEventsDetailsEnabled"),
    adminEventsEnabled: top.flag("adminEventsEnabled"),
    enabledEventTypes: top.list("enabledEventTypes", { set: true }),
    eventsEnabled: top.flag("eventsEnabled"),
    eventsExpiration: top.integer("eventsExpiration"),
    eventsListeners: top.list("eventsListeners", { set: true }),
  },
  reset: {
    adminEventsDetailsEnabled: false,
    adminEventsEnabled: false,
    enabledEventTypes: [],
    eventsEnabled: false,
    eventsExpiration: 0,
    eventsListeners: [],
  },
  prepare: (rep) => {
    // Keycloak takes an empty list for "as before".
    rep["enabledEventTypes"] ??= [];
    rep["eventsListeners"] ??= [];
  },
  // A program that names no types means all of them; the list the server makes of that is no difference.
  extend: (rep, { enabledEventTypes }) =>
    asTexts(enabledEventTypes).length === 0
      ? { enabledEventTypes: enabledEventTypes ?? null }
      : pick(rep, ["enabledEventTypes"]),
});

/** Which flow serves which purpose. */
export const bindings = setting({
  address: ["realmId"],
  path: "/{realmId}",
  fields: flowBindings,
  reset: {
    browserFlow: "browser",
    registrationFlow: "registration",
    directGrantFlow: "direct grant",
    resetCredentialsFlow: "reset credentials",
    clientAuthenticationFlow: "clients",
    dockerAuthenticationFlow: "docker auth",
    firstBrokerLoginFlow: "first broker login",
  },
});

/** What a person must do before going on. An action the realm does not know yet is registered first. */
export const requiredAction = setting({
  autoName: "name",
  address: ["realmId", "alias"],
  path: "/{realmId}/authentication/required-actions/{alias}",
  carry: true,
  fields: {
    name: top.text("name"),
    enabled: top.flag("enabled"),
    defaultAction: top.flag("defaultAction"),
    priority: top.integer("priority", { kept: true }),
    config: top.stringMap("config"),
  },
  ensure: async ({ client, signal }, inputs) => {
    const rest = client.rest(signal);
    const actions = fill("/{realmId}/authentication", inputs);
    const unregistered = (await rest.list(`${actions}/unregistered-required-actions`)) ?? [];
    const missing = unregistered.find(({ providerId }) => providerId === inputs["alias"]);
    if (missing !== undefined) await rest.post(`${actions}/register-required-action`, missing);
  },
});

/** An RSA key pair that Keycloak makes. */
export const realmKeystoreRsaGenerated = entity({
  autoName: "name",
  address: ["realmId"],
  collection: "/{realmId}/components",
  carry: "none",
  fixed: { providerId: "rsa-generated", providerType: "org.keycloak.keys.KeyProvider" },
  fields: {
    name: top.text("name"),
    active: config.flag("active", { default: true }),
    enabled: config.flag("enabled", { default: true }),
    priority: config.integer("priority"),
    algorithm: config.text("algorithm", {
      default: "RS256",
      oneOf: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
    }),
    keySize: config.integer("keySize", { default: 2048 }),
  },
});
