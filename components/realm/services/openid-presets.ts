import * as paste from "./openid-pastes.ts";
import type { Claim, OpenidClient, OpenidPreset, OpenidPresetName, ServiceOf } from "./preset.ts";

/** Services that keep a secret, and whose preset knows where logins return to. */
type KnownService = ServiceOf<Exclude<OpenidPresetName, "oidc" | "zuul">>;

/** What there is to know of such a service. */
interface Facts {
  /** Path below the base URL that logins return to; it may name the service as this realm does. */
  readonly callback: (name: string) => string;
  /** Whether the service's current release sends PKCE challenges. */
  readonly pkce: boolean;
  readonly claims: readonly Claim[];
}

const PERSON = ["sub", "preferred_username", "name", "email"] as const;

const EVERYTHING = [...PERSON, "email_verified", "groups", "roles"] as const;

function known({ callback, pkce, claims }: Facts): (service: KnownService) => OpenidClient {
  return (service) => ({
    access: "confidential",
    flow: "code",
    pkce: service.pkce ?? pkce,
    redirectUris: service.redirectUris ?? [`${service.url}${callback(service.name)}`],
    postLogoutRedirectUris: [`${service.url}/`],
    webOrigins: [],
    claims,
    audience: false,
  });
}

const OPENID_2 = "speaks only OpenID 2.0 today; this is what its login over OpenID Connect will need";

/** Presets for services that speak OpenID Connect. */
export const OPENID_PRESETS: { readonly [Name in OpenidPresetName]: OpenidPreset<ServiceOf<Name>> } = {
  // gerrit.googlesource.com/plugins/oauth, KeycloakOAuthService
  gerrit: {
    protocol: "openid-connect",
    title: "Gerrit",
    client: known({ callback: () => "/oauth", pkce: true, claims: PERSON }),
    paste: paste.gerrit,
    note: "an OAuth plugin without enable-pkce needs pkce: false",
  },
  // storyboard/api/auth/openid_client.py
  storyboard: {
    protocol: "openid-connect",
    title: "StoryBoard",
    client: known({ callback: () => "/api/v1/openid/authorize_return", pkce: true, claims: EVERYTHING }),
    paste: paste.generic,
    note: OPENID_2,
  },
  // mediawiki.org/wiki/Extension:OpenID_Connect 8
  mediawiki: {
    protocol: "openid-connect",
    title: "MediaWiki",
    client: known({
      callback: () => "/index.php/Special:PluggableAuthLogin",
      pkce: true,
      claims: [...PERSON, "groups"],
    }),
    paste: paste.mediawiki,
    note: "another $wgArticlePath or language of special pages needs redirectUris",
  },
  // askbot/deps/django_authopenid/protocols/oidc of Askbot 0.13
  askbot: {
    protocol: "openid-connect",
    title: "Askbot",
    client: known({
      callback: () => "/account/signin/complete-oidc/",
      pkce: false,
      claims: ["sub", "name", "email"],
    }),
    paste: paste.askbot,
  },
  // refstack/api/controllers/auth.py
  refstack: {
    protocol: "openid-connect",
    title: "RefStack",
    client: known({ callback: () => "/v1/auth/signin_return", pkce: true, claims: EVERYTHING }),
    paste: paste.generic,
    note: OPENID_2,
  },
  // github.com/BDSU/limesurvey-oauth2
  limesurvey: {
    protocol: "openid-connect",
    title: "LimeSurvey",
    client: known({
      callback: () => "/index.php/admin/authentication/sa/login",
      pkce: false,
      claims: PERSON,
    }),
    paste: paste.limesurvey,
  },
  // zuul/driver/auth/jwt.py and the web interface of Zuul 14.3
  zuul: {
    protocol: "openid-connect",
    title: "Zuul",
    client: ({ url, redirectUris }) => ({
      access: "public",
      flow: "implicit",
      pkce: false,
      redirectUris: redirectUris ?? [`${url}/auth_callback`, `${url}/silent_callback`],
      postLogoutRedirectUris: [`${url}/`],
      webOrigins: [new URL(url).origin],
      claims: ["sub", "preferred_username", "name", "groups", "roles"],
      audience: true,
    }),
    paste: paste.zuul,
    note: "its web interface speaks only the implicit flow, which this client alone may use",
  },
  // docs.gitea.com, Authentication: OAuth2; Gitea sends no PKCE challenge (go-gitea/gitea#21376)
  gitea: {
    protocol: "openid-connect",
    title: "Gitea",
    client: known({
      callback: (name) => `/user/oauth2/${name}/callback`,
      pkce: false,
      claims: [...PERSON, "groups"],
    }),
    paste: paste.gitea,
  },
  // docs.allauth.org, OpenID Connect
  mailman3: {
    protocol: "openid-connect",
    title: "Mailman 3",
    client: known({
      callback: (name) => `/accounts/oidc/${name}/login/callback/`,
      pkce: true,
      claims: [...PERSON, "email_verified"],
    }),
    paste: paste.mailman3,
  },
  oidc: {
    protocol: "openid-connect",
    title: "OpenID Connect",
    client: ({ url, redirectUris, access, pkce }) => ({
      access,
      flow: "code",
      pkce: pkce ?? true,
      redirectUris,
      postLogoutRedirectUris: [`${url}/`],
      webOrigins: access === "public" ? [new URL(url).origin] : [],
      claims: EVERYTHING,
      audience: false,
    }),
    paste: paste.generic,
  },
};
