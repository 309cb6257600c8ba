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
  /** What may cut it off, besides its time limit. @default nothing */
  readonly signal?: AbortSignal;
  /** It makes something, and may have done so where no answer comes. @default false */
  readonly makes?: boolean;
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: "; check clientId and clientSecret (or username and password) of the keycloak provider",
  403: "; the provider's account needs the role that allows it (`admin` in realm master allows everything)",
};

/** The remedy for what stands in the service and not in the state. */
export const TAKE_OVER = "take it over with pulumi import, or remove it";

/** Connections that ended when the request may have been under way. */
const UNDER_WAY = /^(?:UND_ERR_SOCKET|ECONNRESET|EPIPE)$/;

/** OpenSSL's and Node's names for a certificate that is not to be trusted. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;

/** Turns whatever went wrong with a request into one short message for a person. */
export function explain(error: unknown, attempt: Attempt): Error {
  if (error instanceof NetworkError) {
    const { status } = error.response;
    const reason = reasonOf(error.responseData) ?? error.response.statusText;
    const remedy = status === 409 && attempt.makes === true ? `; ${TAKE_OVER}` : (REMEDIES[status] ?? "");
    const said = remedy === "" ? reason : reason.replace(/\.$/, ""); // the sentence goes on
    return new Refusal(
      `keycloak at ${attempt.url} refused ${attempt.what} (${String(status)}): ${said}${remedy}`,
      status,
    );
  }
  if (attempt.signal?.aborted === true) return cancelled(attempt.what);
  const { name, message } = described(error);
  if (name === "TimeoutError") {
    const limit = `${String(attempt.timeoutMs / 1000)} s`;
    return new Error(
      `keycloak at ${attempt.url} did not answer ${attempt.what} within ${limit}; raise clientTimeout of the keycloak provider${mayBeMade(attempt)}`,
    );
  }
  if (name === "TypeError") return lost(error, attempt);
  return error instanceof Error ? error : new Error(message);
}

/** The operator's wish, before a request was sent or while it could be cut off. */
export const cancelled = (what: string): Error => new Error(`cancelled: ${what}`);

const mayBeMade = ({ makes }: Attempt): string =>
  makes === true ? `; it may have been made all the same: ${TAKE_OVER}` : "";

/** What `fetch` throws may come from another realm, where `instanceof` does not know it. */
function described(error: unknown): { name: string; message: string; code?: unknown; cause?: unknown } {
  if (typeof error === "object" && error !== null && "name" in error && "message" in error) {
    return error as { name: string; message: string };
  }
  return { name: "", message: String(error) };
}

/** `fetch` hides the reason for a failed connection in `cause`. */
function lost(error: unknown, attempt: Attempt): Error {
  const { url, what } = attempt;
  const { code, message } = described(described(error).cause);
  const reason = typeof code === "string" ? code : message;
  const remedy = UNTRUSTED.test(reason)
    ? "set rootCaCertificate of the keycloak provider to the certificate authority's PEM text"
    : "check that it is running and that url of the keycloak provider is right";
  const doubt = UNDER_WAY.test(reason) ? mayBeMade(attempt) : "";
  return new Error(`cannot reach keycloak at ${url} for ${what} (${reason}); ${remedy}${doubt}`);
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
