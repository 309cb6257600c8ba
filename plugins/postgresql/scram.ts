/** Passwords as PostgreSQL keeps them, made here: the server, and so its log, never gets one as it is. */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** PostgreSQL's own numbers (src/include/common/scram-common.h). */
const ITERATIONS = 4096;
const SALT_BYTES = 16;

const VERIFIER = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)$/;
const MD5 = /^md5[0-9a-f]{32}$/;

/** What `ALTER ROLE … PASSWORD` takes: a verifier; one that is given as the password stays as it is. */
export async function verifierOf(password: string): Promise<string> {
  if (VERIFIER.test(password) || MD5.test(password)) return password;
  return makeVerifier(password, randomBytes(SALT_BYTES), ITERATIONS);
}

/** Whether `stored`, from the catalogue, was made of `password`. */
export async function isPasswordOf(stored: string, password: string, role: string): Promise<boolean> {
  if (stored === password) return true;
  if (MD5.test(stored))
    return (
      stored ===
      `md5${createHash("md5")
        .update(password + role)
        .digest("hex")}`
    );
  const [, iterations, salt] = VERIFIER.exec(stored) ?? [];
  if (iterations === undefined || salt === undefined) return false;
  const made = await makeVerifier(password, Buffer.from(salt, "base64"), Number(iterations));
  return made.length === stored.length && timingSafeEqual(Buffer.from(made), Buffer.from(stored));
}

/** RFC 5802, in PostgreSQL's form `SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>`. */
async function makeVerifier(password: string, salt: Buffer, iterations: number): Promise<string> {
  const salted = await promisify(pbkdf2)(prepare(password), salt, iterations, 32, "sha256");
  const key = (name: string): Buffer => createHmac("sha256", salted).update(name).digest();
  const stored = createHash("sha256").update(key("Client Key")).digest();
  const parts = [stored, key("Server Key")].map((part) => part.toString("base64"));
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${parts.join(":")}`;
}

/** SASLprep (RFC 4013) as PostgreSQL's clients do it: spaces to one, what is invisible left out, then NFKC. */
function prepare(password: string): string {
  return password
    .replace(/[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu, " ")
    .replace(/\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu, "")
    .normalize("NFKC");
}
