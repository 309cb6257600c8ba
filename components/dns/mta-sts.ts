import * as crypto from "node:crypto";

/** What sending servers must do about TLS towards a mail domain (RFC 8461). */
export interface MtaStsPolicy {
  /** `testing` only has failures reported, `enforce` has mail held back that cannot go by checked TLS. */
  readonly mode: "testing" | "enforce";
  /** Host names of the domain's mail servers. */
  readonly exchanges: readonly string[];
}

/** How long senders keep a policy: a week, within the weeks that RFC 8461, section 3.2 asks for. */
const MAX_AGE_SEC = 604_800;

/** The policy that `https://mta-sts.DOMAIN/.well-known/mta-sts.txt` serves (RFC 8461, section 3.2). */
export function renderMtaSts({ mode, exchanges }: MtaStsPolicy): string {
  const fields = [
    ["version", "STSv1"],
    ["mode", mode],
    ...exchanges.map((exchange) => ["mx", exchange]),
    ["max_age", String(MAX_AGE_SEC)],
  ];
  return fields.map(([key, value]) => `${key}: ${value}\r\n`).join("");
}

/** Changes when the policy does, which is how senders learn of it (RFC 8461, section 3.1). */
export function mtaStsId(policy: MtaStsPolicy): string {
  return crypto.createHash("sha256").update(renderMtaSts(policy)).digest("hex").slice(0, 16);
}
