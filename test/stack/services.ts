/** Services of the shared stack's realm, for the tests that play their part. None of the hosts exists. */
export const SERVICES = [
  {
    preset: "oidc",
    name: "app",
    url: "https://app.services.test",
    redirectUris: ["https://app.services.test/callback"],
  },
  {
    preset: "oidc",
    name: "page",
    url: "https://page.services.test",
    redirectUris: ["https://page.services.test/callback"],
    access: "public",
  },
  {
    preset: "oidc",
    name: "rotated",
    url: "https://rotated.services.test",
    redirectUris: ["https://rotated.services.test/callback"],
  },
  { preset: "zuul", name: "zuul", url: "https://zuul.services.test:8445" },
  { preset: "mailman3", name: "lists", url: "https://lists.services.test:8444" },
  {
    preset: "oidc",
    name: "docs",
    url: "https://docs.services.test:8443",
    redirectUris: ["https://docs.services.test:8443/callback"],
  },
  {
    preset: "atlassian",
    name: "atlassian",
    url: "https://community.atlassian.test",
    entityId: "https://auth.atlassian.test/saml/0b1c2d3e",
    acsUrl: "https://auth.atlassian.test/login/callback?connection=saml-0b1c2d3e",
    nameId: "email",
  },
  {
    preset: "saml",
    name: "library",
    url: "https://library.services.test",
    entityId: "https://library.services.test/saml",
    acsUrl: "https://library.services.test/saml/acs",
    singleLogoutUrl: "https://library.services.test/saml/logout",
  },
];

/** Nobody is in it at first; ada and grace are in the group developers of the directory. */
export const GROUPS = [{ name: "editors", roles: ["editor"] }];

export const ROLES = ["editor"];
