import type { OpenidClient, OpenidPresetName, OpenidValues, Paste, ServiceOf } from "./preset.ts";

/**
 * What to paste into each service. The values that go in are host names, URLs, names of letters, digits and dashes,
 * and secrets of letters and digits, so no file format needs them quoted.
 */
type Paster<Name extends OpenidPresetName> = (
  values: OpenidValues,
  client: OpenidClient,
  service: ServiceOf<Name>,
) => readonly Paste[];

const endpoints = (issuer: string): string => `${issuer}/protocol/openid-connect`;

export const gerrit: Paster<"gerrit"> = (
  { publicUrl, realm, issuer, clientId, clientSecret },
  { pkce, postLogoutRedirectUris: [home = ""] },
) => {
  const plugin = `[plugin "gerrit-oauth-provider-keycloak-oauth"]`;
  return [
    {
      where: "etc/gerrit.config",
      text: `[auth]
  type = OAUTH
  gitBasicAuthPolicy = HTTP
  logoutUrl = "${endpoints(issuer)}/logout?client_id=${clientId}&post_logout_redirect_uri=${encodeURIComponent(home)}"
${plugin}
  root-url = ${publicUrl}
  realm = ${realm}
  client-id = ${clientId}
  enable-pkce = ${pkce}`,
    },
    { where: "etc/secure.config", text: `${plugin}\n  client-secret = ${clientSecret}` },
  ];
};

export const mediawiki: Paster<"mediawiki"> = ({ realm, issuer, clientId, clientSecret }, { pkce }) => [
  {
    where: "LocalSettings.php",
    text: `wfLoadExtension( 'PluggableAuth' );
wfLoadExtension( 'OpenIDConnect' );
$wgPluggableAuth_Config['${realm}'] = [
    'plugin' => 'OpenIDConnect',
    'data' => [
        'providerURL' => '${issuer}',
        'clientID' => '${clientId}',
        'clientsecret' => '${clientSecret}',
        'scope' => [ 'openid', 'profile', 'email' ],${pkce ? "\n        'codeChallengeMethod' => 'S256'," : ""}
    ],
];`,
  },
];

export const askbot: Paster<"askbot"> = ({ realm, issuer, clientId, clientSecret }) => [
  {
    where: "settings.py",
    text: `ASKBOT_CUSTOM_AUTH_MODULE = "sso_login"
OIDC_LOGIN_PROVIDER_NAME = "${realm}"`,
  },
  {
    where: "sso_login.py, beside settings.py",
    text: `NAME = "${realm}"
DISPLAY_NAME = "${realm}"
TYPE = "oidc"
ICON_MEDIA_PATH = "/images/openid/keycloak.png"
TRUST_EMAIL = False
OIDC_PROVIDER_URL = "${issuer}"
OIDC_CLIENT_ID = "${clientId}"
OIDC_CLIENT_SECRET = "${clientSecret}"
OIDC_AUDIENCE = "${clientId}"`,
  },
];

export const limesurvey: Paster<"limesurvey"> = ({ issuer, clientId, clientSecret }) => [
  {
    where: "Configuration, Plugins, AuthOAuth2",
    text: `Client ID: ${clientId}
Client Secret: ${clientSecret}
Authorize URL: ${endpoints(issuer)}/auth
Scopes: openid
Access Token URL: ${endpoints(issuer)}/token
User Details URL: ${endpoints(issuer)}/userinfo
Identifier Attribute: Username
Key for username in user details: preferred_username
Key for e-mail in user details: email
Key for display name in user details: name`,
  },
];

export const zuul: Paster<"zuul"> = ({ realm, issuer, clientId }) => [
  {
    where: "zuul.conf",
    text: `[auth "${realm}"]
driver=OpenIDConnect
realm=${realm}
issuer_id=${issuer}
client_id=${clientId}
uid_claim=preferred_username
scope=openid profile`,
  },
  {
    where: "main.yaml, in each tenant of this realm",
    text: `authentication-realm: ${realm}`,
  },
];

export const gitea: Paster<"gitea"> = ({ issuer, clientId, clientSecret }, _, { name }) => [
  {
    where: "Site Administration, Identity & Access, Authentication Sources, Add Authentication Source",
    text: `Authentication Type: OAuth2
Authentication Name: ${name}
OAuth2 Provider: OpenID Connect
Client ID (Key): ${clientId}
Client Secret: ${clientSecret}
OpenID Connect Auto Discovery URL: ${issuer}/.well-known/openid-configuration
Additional Scopes: profile email
Claim name providing group names for this source: groups`,
  },
];

export const mailman3: Paster<"mailman3"> = ({ issuer, clientId, clientSecret }, { pkce }, { name }) => [
  {
    where: "settings.py",
    text: `INSTALLED_APPS += ["allauth.socialaccount.providers.openid_connect"]
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": ${pkce ? "True" : "False"},
        "APPS": [
            {
                "provider_id": "${name}",
                "name": "${name}",
                "client_id": "${clientId}",
                "secret": "${clientSecret}",
                "settings": {"server_url": "${issuer}"},
            }
        ],
    }
}`,
  },
];

/** What any OpenID Connect client asks for. */
export const generic: Paster<"oidc" | "storyboard" | "refstack"> = (
  { issuer, clientId, clientSecret },
  { access, redirectUris, pkce },
) => [
  {
    where: "its OpenID Connect client",
    text: [
      `issuer: ${issuer}`,
      `client ID: ${clientId}`,
      ...(access === "public" ? [] : [`client secret: ${clientSecret}`]),
      ...redirectUris.map((uri) => `redirect URI: ${uri}`),
      "scope: openid profile email",
      `PKCE: ${pkce ? "S256" : "none"}`,
    ].join("\n"),
  },
];
