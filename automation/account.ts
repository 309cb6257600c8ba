/** A person's account, from whichever store its realm keeps it in. */
export interface Account {
  readonly username: string;
  readonly email?: string;
  /** ISO 8601, UTC. */
  readonly created?: string;
  /** ISO 8601, UTC; absent when nobody ever logged in. */
  readonly lastLogin?: string;
  /** Why it is labelled as spam. */
  readonly spam?: string;
}

/** What an account must be to be listed; what is left out does not matter. */
export interface AccountFilter {
  /** @default false */
  readonly neverLoggedIn?: boolean;
  /** @default false */
  readonly spam?: boolean;
  /** Only for a realm that gives aliases. @default false */
  readonly withoutAlias?: boolean;
  /** Made before this time. */
  readonly before?: Date;
}

/** The key with its value, or nothing where there is none. */
export function present(key: keyof Account, value: string | undefined): Partial<Account> {
  return value === undefined ? {} : { [key]: value };
}

/** A time that LDAP wrote, in ISO 8601. */
export function isoTime(generalized: string | undefined): string | undefined {
  return generalized?.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d).*$/, "$1-$2-$3T$4:$5:$6Z");
}

/** ISO 8601, UTC, to the second. */
export function withoutMilliseconds(time: Date): string {
  return time.toISOString().replace(/\.\d+/, "");
}
