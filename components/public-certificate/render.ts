/** Where the challenges' answers are, in this container; nginx serves them from the same volume. */
export const CHALLENGES = "/var/lib/challenges";

export interface AcmeArgs {
  /** Address of the ACME server's directory (RFC 8555, section 7.1.1). */
  readonly directory: string;
  /** Where the ACME server writes when something is wrong. */
  readonly email: string;
}

/** `lego.args`: arguments of lego, one a line. */
export function renderLegoArgs({ directory, email }: AcmeArgs): string {
  const args = ["--server", directory, "--email", email, "--key-type", "ec256"];
  const challenge = ["--http", "--http.webroot", CHALLENGES];
  return [...args, ...challenge, ""].join("\n");
}

/** `names`: the host names that the certificate is for, one a line. */
export function renderNames(names: readonly string[]): string {
  return `${names.join("\n")}\n`;
}
