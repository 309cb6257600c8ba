import { UBUNTU_ONE_HOST, UBUNTU_ONE_PORT } from "./outside.ts";
import type { SharedStack } from "./shared.ts";
import { startStandIn } from "./stand-in.ts";

/** What Ubuntu One's stand-in says of a person. */
export interface UbuntuOnePerson {
  readonly nickname: string;
  readonly email: string;
  readonly fullname: string;
  readonly timezone: string;
  readonly teams: readonly string[];
}

const BASE = `https://${UBUNTU_ONE_HOST}:${UBUNTU_ONE_PORT}`;

/** What a person of the stand-in is known by for good. */
export function claimedIdOf(name: string): string {
  return `${BASE}/+id/${name}`;
}

/** An identifier whose page knows OpenID 1.1 only. */
export function oldIdentifierOf(name: string): string {
  return `${BASE}/old/${name}`;
}

/** Address of one of the stand-in's other pages. */
export function pageOf(path: string): string {
  return `${BASE}${path}`;
}

/** Starts Ubuntu One's stand-in, an implementation of OpenID by other people; gives what removes it. */
export function startUbuntuOne(
  stack: SharedStack,
  people: Readonly<Record<string, UbuntuOnePerson>>,
): Promise<() => void> {
  return startStandIn(stack, {
    script: "openid",
    image: "openid",
    host: UBUNTU_ONE_HOST,
    containerPort: UBUNTU_ONE_PORT,
    port: UBUNTU_ONE_PORT,
    environment: {
      HOST: UBUNTU_ONE_HOST,
      PORT: String(UBUNTU_ONE_PORT),
      PEOPLE: JSON.stringify(people),
    },
  });
}
