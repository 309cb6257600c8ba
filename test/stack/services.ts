/** The shared stack's directory realm. */
export const COMMUNITY = "community";

/** Where a service is; no such host exists but those that a test itself runs at the stack's address. */
const urlOf = (name: string): string => `https://${name}.services.test`;

interface OpenidService {
  readonly preset: "oidc";
  readonly name: string;
  readonly url: string;
  readonly redirectUris: readonly string[];
}

const openid = (name: string, url = urlOf(name)): OpenidService => ({
  preset: "oidc",
  name,
  url,
  redirectUris: [`${url}/callback`],
});

/** Its services, for the tests that play their part. */
export const SERVICES = {
  app: openid("app"),
  page: { ...openid("page"), access: "public" },
  rotated: openid("rotated"),
  docs: openid("docs", `${urlOf("docs")}:8443`),
  lists: { preset: "mailman3", name: "lists", url: `${urlOf("lists")}:8444` },
  zuul: { preset: "zuul", name: "zuul", url: urlOf("zuul") },
  atlassian: {
    preset: "atlassian",
    name: "atlassian",
    url: "https://community.atlassian.test",
    entityId: "https://auth.atlassian.test/saml/0b1c2d3e",
    acsUrl: "https://auth.atlassian.test/login/callback?connection=saml-0b1c2d3e",
  },
  library: {
    preset: "saml",
    name: "library",
    url: urlOf("library"),
    entityId: `${urlOf("library")}/saml`,
    acsUrl: `${urlOf("library")}/saml/acs`,
    singleLogoutUrl: `${urlOf("library")}/saml/logout`,
  },
} as const;

/** Nobody is in the group at first; ada and grace are in the group developers of the directory. */
export const SERVICE_SETTINGS = {
  roles: ["editor"],
  groups: [{ name: "editors", roles: ["editor"] }],
  services: Object.values(SERVICES),
};
