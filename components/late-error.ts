import * as pulumi from "@pulumi/pulumi";

/**
 * A fault that is found once the program has run through: Pulumi prints the stack of what is thrown then, where there is
 * one, and an operator wants the message alone.
 */
export function lateError(message: string): pulumi.RunError {
  return Object.assign(new pulumi.RunError(message), { stack: "" });
}
