import * as fs from "node:fs";
import * as tls from "node:tls";
import type { SharedStack } from "./shared.ts";

/** Keycloak's admin API as a test uses it, next to the program: paths are below `/admin/realms`. */
export interface AdminApi {
  get<T>(path: string): Promise<T>;
  /** Gives the new object's ID, from the `Location` of the answer. */
  post(path: string, body: unknown): Promise<string>;
  put(path: string, body: unknown): Promise<void>;
  delete(path: string): Promise<void>;
}

/** Logs in as the account that Pulumi uses. */
export async function adminApi({ view, caFile }: SharedStack): Promise<AdminApi> {
  tls.setDefaultCACertificates([...tls.getCACertificates("bundled"), fs.readFileSync(caFile, "utf8")]);
  const token = async (): Promise<string> => {
    const response = await fetch(`${view.admin.url}/realms/master/protocol/openid-connect/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: view.admin.clientId,
        client_secret: view.admin.clientSecret,
      }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const ask = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${view.admin.url}/admin/realms${path}`, {
      method,
      headers: { Authorization: `Bearer ${await token()}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    get: async <T>(path: string) => (await ask("GET", path)).json() as Promise<T>,
    post: async (path, body) => {
      const response = await ask("POST", path, body);
      return response.headers.get("Location")?.split("/").at(-1) ?? "";
    },
    put: async (path, body) => void (await ask("PUT", path, body)),
    delete: async (path) => void (await ask("DELETE", path)),
  };
}
