import { asAdmin } from "./as-admin.ts";
import { OperatorError } from "./fail.ts";
import type { StackView } from "./outputs.ts";

/**
 * Labels an account as spam, or takes the label away where no reason is given. What follows from a label is the
 * server's to do.
 *
 * @returns whether the account can be logged in to now: one that somebody disabled otherwise stays so without its label
 * @throws {OperatorError} when the realm has no such account
 */
export function labelSpam(
  view: StackView,
  realm: string,
  username: string,
  reason: string | undefined,
): Promise<boolean> {
  return asAdmin(view, async ({ users }) => {
    const [found] = await users.find({ realm, username, exact: true });
    if (found?.id === undefined) throw new OperatorError(`no account ${username} in realm ${realm}`);
    const account = { realm, id: found.id };
    const user = await users.findOne(account);
    const attributes = { ...(user?.attributes as Record<string, string[]> | undefined) };
    delete attributes.lastLogin; // what a login has changed meanwhile would be refused
    if (reason === undefined) delete attributes.spam;
    else attributes.spam = [reason];
    await users.update(account, { ...user, attributes });
    return (await users.findOne(account))?.enabled === true;
  });
}
