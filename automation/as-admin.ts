import type KeycloakAdminClient from "@keycloak/keycloak-admin-client";
import type { NetworkError } from "@keycloak/keycloak-admin-client";
import { connectAdmin } from "../components/keycloak/admin-client.ts";
import { OperatorError } from "./fail.ts";
import type { StackView } from "./outputs.ts";

/** Most of what Keycloak said that is repeated; a proxy may have said it with a whole page. */
const MOST_CHARACTERS = 200;

/**
 * Asks or changes something in a stack's Keycloak, by its administration API.
 *
 * @throws {OperatorError} naming the stack and the address where Keycloak is away or refuses
 */
export async function asAdmin<T>(
  { stack, admin, caCertificate }: StackView,
  use: (client: KeycloakAdminClient) => Promise<T>,
): Promise<T> {
  try {
    return await use(await connectAdmin(admin, caCertificate));
  } catch (error) {
    const code = codeOf(error);
    if (code !== undefined)
      throw new OperatorError(
        `Keycloak of stack ${stack} at ${admin.url} cannot be reached (${code}); see npm run status -- ${stack}`,
      );
    if (!isRefusal(error)) throw error;
    const { status, url } = error.response;
    throw new OperatorError(
      `Keycloak of stack ${stack} refuses ${new URL(url).pathname} with status ${status}: ${said(error.responseData)}; ` +
        `see npm run status -- ${stack} and npm run preview -- ${stack} --drift`,
    );
  }
}

/** Why there was no answer: what `fetch` has as its failure's cause. */
function codeOf(error: unknown): string | undefined {
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === "string" ? cause.code : undefined;
}

/** By its shape: its class is loaded only with the client. */
function isRefusal(error: unknown): error is NetworkError {
  return error instanceof Error && "response" in error && "responseData" in error;
}

/** What Keycloak answered, in its own words. */
function said(data: unknown): string {
  const { error_description, errorMessage, error } = Object(data) as Record<string, unknown>;
  const words = error_description ?? errorMessage ?? error ?? data;
  const text = typeof words === "string" ? words : JSON.stringify(words);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
}
