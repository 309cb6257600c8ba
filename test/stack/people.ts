import type { AdminApi } from "./keycloak.ts";

/** Password of everyone that {@link newPerson} makes. */
export const PASSWORD = "correct horse battery 9";

/** Makes an account with a verified e-mail address in a directory realm; gives its ID. */
export function newPerson(api: AdminApi, realm: string, username: string): Promise<string> {
  return api.post(`/${realm}/users`, {
    username,
    firstName: username,
    lastName: "Tester",
    email: `${username}@people.test`,
    emailVerified: true,
    enabled: true,
    credentials: [{ type: "password", value: PASSWORD }],
  });
}
