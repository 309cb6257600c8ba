import { execFileSync } from "node:child_process";
import { Naming } from "../../components/host/naming.ts";
import type { SharedStack } from "./shared.ts";

/** Values of an account's attribute, as the directory's root sees them. */
export function valuesOf(stack: SharedStack, username: string, attribute: string): string[] {
  const container = new Naming(stack.name).of("openldap");
  const search = ["ldapsearch", "-Q", "-LLL", "-o", "ldif-wrap=no", `(uid=${username})`, attribute];
  const ldif = execFileSync("docker", ["exec", container, ...search], { encoding: "utf8" });
  return [...ldif.matchAll(new RegExp(`^${attribute}:(:?) (.*)$`, "gm"))].map(([, encoded, value = ""]) =>
    encoded === ":" ? Buffer.from(value, "base64").toString() : value,
  );
}
