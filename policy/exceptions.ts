/**
 * What a community has looked at and permits for itself. Each entry is a decision: it says why, and it is reviewed with
 * the pull request that adds it.
 */

/** An outside identity provider whose e-mail addresses count as verified. */
export interface TrustedEmail {
  readonly realm: string;
  readonly alias: string;
  /** How the provider verifies every address that it states. */
  readonly why: string;
}

/** `trustEmail: true` in a stack file is refused unless the provider is listed here. */
export const TRUSTED_EMAIL: readonly TrustedEmail[] = [];

/** A public client that may use the implicit flow, by its client ID. */
export interface ImplicitClient {
  readonly clientId: string;
  readonly why: string;
}

export const IMPLICIT_CLIENTS: readonly ImplicitClient[] = [
  { clientId: "zuul", why: "Zuul's web interface speaks no other flow" },
];

/** Stacks that hold nothing worth keeping: a developer's own, those of tests, and those made on demand. */
export const THROWAWAY_STACKS: readonly RegExp[] = [/^dev$/, /^test-[0-9a-z-]+$/, /^od-[0-9a-z-]+$/];
