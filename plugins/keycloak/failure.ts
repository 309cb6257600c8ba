import { NetworkError } from "@keycloak/keycloak-admin-client/lib/utils/fetchWithError.js";

/** Keycloak understood the request and refused it. */
export class Refusal extends Error {
  public readonly status: number;

  public constructor(message: string, status: number) {
    super(message);
    this.name = "Refusal";
    this.status = status;
  }
}

/** What was being done, for messages. */
export interface Attempt {
  /** Such as `POST realms/community/roles`. */
  readonly what: string;
  /** Keycloak's base address. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: "; check clientId and clientSecret (or username and password) of the keycloak provider",
  403: "; the provider's account needs the role that allows it (`admin` in realm master allows everything)",
};

/** OpenSSL's and Node's names for a certificate that is not to be trusted. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;

/** Turns whatever went wrong with a request into one short message for a person. */
export function explain(error: unknown, attempt: Attempt): Error {
  if (error instanceof NetworkError) {
    const { status } = error.response;
    const reason = reasonOf(error.responseData) ?? error.response.statusText;
    return new Refusal(
      `keycloak at ${attempt.url} refused ${attempt.what} (${String(status)}): ${reason}${REMEDIES[status] ?? ""}`,
      status,
    );
  }
  if (attempt.signal.aborted) return new Error(`cancelled: ${attempt.what}`);
  const { name, message } = described(error);
  if (name === "TimeoutError") {
    const limit = `${String(attempt.timeoutMs / 1000)} s`;
    return new Error(
      `keycloak at ${attempt.url} did not answer ${attempt.what} within ${limit}; raise clientTimeout of the keycloak provider`,
    );
  }
  if (name === "TypeError") return lost(error, attempt);
  return error instanceof Error ? error : new Error(message);
}

/** What `fetch` throws may come from another realm, where `instanceof` does not know it. */
function described(error: unknown): { name: string; message: string; code?: unknown; cause?: unknown } {
  if (typeof error === "object" && error !== null && "name" in error && "message" in error) {
    return error as { name: string; message: string };
  }
  return { name: "", message: String(error) };
}

/** `fetch` hides the reason for a failed connection in `cause`. */
function lost(error: unknown, { url, what }: Attempt): Error {
  const { code, message } = described(described(error).cause);
  const reason = typeof code === "string" ? code : message;
  const remedy = UNTRUSTED.test(reason)
    ? "set rootCaCertificate of the keycloak provider to the certificate authority's PEM text"
    : "check that it is running and that url of the keycloak provider is right";
  return new Error(`cannot reach keycloak at ${url} for ${what} (${reason}); ${remedy}`);
}

/** Keycloak words its errors in several ways; validation of users and profiles lists them. */
function reasonOf(data: unknown): string | undefined {
  if (typeof data === "string" && data !== "") return data;
  if (typeof data !== "object" || data === null) return undefined;
  const { errors, errorMessage, error_description: description, error } = data as Record<string, unknown>;
  if (Array.isArray(errors) && errors.length > 0) {
    return errors.map((one) => `${fieldOf(one)}${reasonOf(one) ?? JSON.stringify(one)}`).join("; ");
  }
  return [errorMessage, description, error].find((text) => typeof text === "string");
}

function fieldOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("field" in error)) return "";
  return `${String(error.field)}: `;
}
