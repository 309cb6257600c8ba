import type { RealmSettings, ServiceSettings, Settings } from "../components/settings/schema.ts";
import { OperatorError } from "./fail.ts";

/** A service and where it stands in the stack file. */
export interface FoundService {
  readonly realm: RealmSettings;
  readonly service: ServiceSettings;
  /** Where, as Pulumi writes it: `sso:realms[0].services[2]`. */
  readonly path: string;
}

/** How an operator calls `npm run services` for a service, whatever other realms have. */
export function callFor(action: string, { realm, service }: FoundService, stackName: string): string {
  return `npm run services -- ${action} ${service.name} ${stackName} --realm ${realm.name}`;
}

/** All services of a stack, in the order of its file. */
export function allServices(settings: Settings): FoundService[] {
  return settings.realms.flatMap((realm, at) =>
    realm.services.map((service, index) => ({
      realm,
      service,
      path: `sso:realms[${at}].services[${index}]`,
    })),
  );
}

/**
 * The service of a name.
 *
 * @param realmName realm to look in; needed where several have a service of that name
 * @throws {OperatorError} when there is none, or more than one
 */
export function findService(settings: Settings, name: string, realmName?: string): FoundService {
  const all = allServices(settings).filter(
    ({ realm }) => realmName === undefined || realm.name === realmName,
  );
  const [found, ...others] = all.filter(({ service }) => service.name === name);
  if (found === undefined) {
    const names = all.map(({ service }) => service.name).join(", ");
    throw new OperatorError(`no service ${name}; there ${names === "" ? "is none" : `are ${names}`}`);
  }
  if (others.length > 0) {
    const realms = [found, ...others].map(({ realm }) => realm.name).join(", ");
    throw new OperatorError(`service ${name} is in realms ${realms}: say which by --realm REALM`);
  }
  return found;
}
