import { connectAdmin } from "../components/keycloak/admin-client.ts";
import { OperatorError } from "./fail.ts";
import type { StackView } from "./outputs.ts";

/**
 * Labels an account as spam, or takes the label away where no reason is given. What follows from a label is the
 * server's to do.
 *
 * @throws {OperatorError} when the realm has no such account
 */
export async function labelSpam(
  view: StackView,
  realm: string,
  username: string,
  reason: string | undefined,
): Promise<void> {
  const client = await connectAdmin(view.admin, view.caCertificate);
  const [found] = await client.users.find({ realm, username, exact: true });
  if (found?.id === undefined) throw new OperatorError(`no account ${username} in realm ${realm}`);
  const user = await client.users.findOne({ realm, id: found.id });
  const attributes = { ...(user?.attributes as Record<string, string[]> | undefined) };
  if (reason === undefined) delete attributes.spam;
  else attributes.spam = [reason];
  await client.users.update({ realm, id: found.id }, { ...user, attributes });
}
