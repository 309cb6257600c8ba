import type * as keycloak from "@pulumi/keycloak";

/**
 * Slows guessing down without locking people out for good: ten wrong passwords, then a wait that grows by a
 * minute each time up to a quarter of an hour.
 */
export const BRUTE_FORCE: keycloak.types.input.RealmSecurityDefensesBruteForceDetection = {
  permanentLockout: false,
  maxLoginFailures: 10,
  waitIncrementSeconds: 60,
  maxFailureWaitSeconds: 900,
  quickLoginCheckMilliSeconds: 1000,
  minimumQuickLoginWaitSeconds: 60,
  failureResetTimeSeconds: 43_200,
};

/**
 * What Keycloak's pages may frame and by whom they may be framed: Keycloak's own default, stated so that a change
 * of it shows, and what `frames` adds, such as a captcha.
 */
export function contentSecurityPolicy(frames: readonly string[] = []): string {
  return `frame-src ${["'self'", ...frames].join(" ")}; frame-ancestors 'self'; object-src 'none';`;
}

/** Length counts; the account's own names are refused here, and recent passwords by the directory's own policy. */
export function passwordPolicyOf(minLength: number): string {
  return `length(${minLength}) and notUsername(undefined) and notEmail(undefined)`;
}

/** A duration as Keycloak's provider writes it (Go's `time.Duration`), such as `5m0s`. */
export function seconds(total: number): string {
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const rest = `${total % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
