// One of each resource type, with fixed names, so that two plugin sets can be compared on the same program.
// Needs two images: any Postgres 15 and Keycloak 26.7 that take these variables.
import * as docker from "@pulumi/docker";
import * as keycloak from "@pulumi/keycloak";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

const step = Number(process.env.PARITY_STEP ?? "1"); // 2 changes some inputs in place, 3 forces replacements
const pgPassword = pulumi.secret("pg-secret-1");
const kcSecret = pulumi.secret("kc-secret-1");

// random
new random.RandomPassword("password", { length: 24, special: false });
new random.RandomPassword("password-special", {
  length: 20,
  overrideSpecial: "-_",
  minUpper: 2,
  minNumeric: 2,
  minLower: 2,
  minSpecial: 1,
});
new random.RandomPassword("password-bcrypt", { length: 12, keepers: { rotation: step === 3 ? "2" : "1" } });
new random.RandomString("string", { length: 8, special: false, upper: false });
new random.RandomId("id", { byteLength: 8, prefix: "sso-" });
new random.RandomUuid("uuid", {});
new random.RandomBytes("bytes", { length: 32 });
new random.RandomInteger("integer", { min: 1, max: 65000, seed: "fixed" });
new random.RandomPet("pet", { length: 2 });

// docker
const net = new docker.Network("net", {
  name: "parity-net",
  internal: false,
  labels: [{ label: "stack", value: "parity" }],
});
const netFull = new docker.Network("net-full", {
  name: "parity-net-full",
  driver: "bridge",
  internal: true,
  attachable: true,
  options: { "com.docker.network.bridge.name": "parity0" },
  ipamConfigs: [{ subnet: "172.31.250.0/24", gateway: "172.31.250.1" }],
});
new docker.Volume("volume", { name: "parity-vol", labels: [{ label: "stack", value: "parity" }] });
const pgData = new docker.Volume("pg-data", { name: "parity-pg" });
const built = new docker.RemoteImage("built", {
  name: "parity/hello:1",
  build: {
    context: `${import.meta.dirname}/hello`,
    tags: ["parity/hello:1"],
    buildArgs: { GREETING: step >= 2 ? "hej" : "hi" },
  },
  triggers: { greeting: step >= 2 ? "hej" : "hi" },
  keepLocally: false,
  forceRemove: true,
});
new docker.Container("plain", {
  name: "parity-plain",
  image: built.imageId,
  networksAdvanced: [{ name: net.name }],
});
new docker.Container("full", {
  name: "parity-full",
  image: built.imageId,
  hostname: "full",
  user: "1000:1000",
  workingDir: "/tmp",
  command: ["sleep", "86400"],
  envs: ["A=1", "B=two words"],
  labels: [
    { label: "stack", value: "parity" },
    { label: "role", value: "full" },
  ],
  networksAdvanced: [
    { name: netFull.name, aliases: ["full", "alias"], ipv4Address: "172.31.250.10" },
    { name: net.name, aliases: ["full"] },
  ],
  ports: [
    { internal: 8080, external: 58990, ip: "127.0.0.1" },
    { internal: 8053, external: 58953, ip: "127.0.0.1", protocol: "udp" },
  ],
  mounts: [
    { type: "tmpfs", target: "/run", tmpfsOptions: { sizeBytes: 1048576, mode: 0o1777 } },
    { type: "volume", source: "parity-vol", target: "/data", readOnly: false },
  ],
  tmpfs: { "/scratch": "rw,size=65536k" },
  uploads: [
    { file: "/etc/parity/config", content: "key = value\n" },
    { file: "/etc/parity/secret", content: pulumi.secret("canary"), permissions: "0400" },
    { file: "/etc/parity/run", contentBase64: "IyEvYmluL3NoCg==", executable: true },
  ],
  capabilities: { drops: ["ALL"], adds: ["CHOWN"] },
  securityOpts: ["no-new-privileges:true"],
  memory: step >= 2 ? 96 : 64,
  memorySwap: step >= 2 ? 96 : 64,
  cpuShares: 256,
  shmSize: 16,
  ulimits: [{ name: "nofile", soft: 1024, hard: 2048 }],
  restart: "unless-stopped",
  maxRetryCount: 0,
  init: true,
  stopSignal: "SIGTERM",
  stopTimeout: 5,
  destroyGraceSeconds: 5,
  logDriver: "json-file",
  logOpts: { "max-size": "1m", "max-file": "2" },
  dns: ["127.0.0.1"],
  hosts: [{ host: "example.test", ip: "127.0.0.1" }],
  sysctls: { "net.core.somaxconn": "256" },
  healthcheck: {
    tests: ["CMD", "cat", "/greeting"],
    interval: "1s",
    timeout: "2s",
    retries: 10,
    startPeriod: "1s",
  },
  wait: true,
  waitTimeout: 30,
});
new docker.Container("readonly", {
  name: "parity-readonly",
  image: built.imageId,
  networkMode: "none",
  readOnly: true,
  mustRun: true,
}); // uploads and readOnly exclude each other
const pg = new docker.Container("pg", {
  name: "parity-pg",
  image: process.env.PARITY_POSTGRES_IMAGE ?? "sso/postgres",
  envs: [pulumi.interpolate`POSTGRES_PASSWORD=${pgPassword}`],
  networksAdvanced: [{ name: net.name, aliases: ["postgres"] }],
  ports: [{ internal: 5432, external: 58432, ip: "127.0.0.1" }],
  volumes: [{ volumeName: pgData.name, containerPath: "/var/lib/postgresql/data" }],
  healthcheck: {
    tests: ["CMD", "/usr/lib/postgresql/15/bin/pg_isready", "-h", "127.0.0.1"],
    interval: "1s",
    timeout: "3s",
    retries: 30,
  },
  wait: true,
  waitTimeout: 60,
});

// postgresql
const pgp = new postgresql.Provider(
  "pg",
  {
    host: "127.0.0.1",
    port: 58432,
    username: "postgres",
    password: pgPassword,
    sslmode: "disable",
    superuser: true,
  },
  { dependsOn: pg },
);
const inPg = { provider: pgp, deletedWith: pg };
const role = new postgresql.Role(
  "keycloak",
  { name: "keycloak", login: true, password: pgPassword, connectionLimit: step >= 2 ? 60 : 50 },
  inPg,
);
const reader = new postgresql.Role(
  "reader",
  {
    name: "reader",
    login: true,
    password: pulumi.secret("r"),
    roles: [],
    searchPaths: ["public"],
    statementTimeout: 5000,
  },
  inPg,
);
const db = new postgresql.Database(
  "keycloak",
  {
    name: "keycloak",
    owner: role.name,
    encoding: "UTF8",
    lcCollate: "C",
    lcCtype: "C",
    template: "template0",
    connectionLimit: 80,
  },
  inPg,
);
const schema = new postgresql.Schema("app", { name: "app", database: db.name, owner: role.name }, inPg);
new postgresql.Grant(
  "reader-connect",
  { database: db.name, role: reader.name, objectType: "database", privileges: ["CONNECT"] },
  inPg,
);
new postgresql.Grant(
  "reader-usage",
  { database: db.name, role: reader.name, schema: schema.name, objectType: "schema", privileges: ["USAGE"] },
  inPg,
);
new postgresql.DefaultPrivileges(
  "reader-tables",
  {
    database: db.name,
    role: reader.name,
    owner: role.name,
    schema: schema.name,
    objectType: "table",
    privileges: ["SELECT"],
  },
  inPg,
);
new postgresql.Extension("pgcrypto", { name: "pgcrypto", database: db.name }, inPg);
new postgresql.GrantRole("monitor", { role: reader.name, grantRole: "pg_monitor" }, inPg);

// keycloak
const kc = new docker.Container(
  "kc",
  {
    name: "parity-kc",
    image: process.env.PARITY_KEYCLOAK_IMAGE ?? "sso/keycloak",
    command: [
      "start",
      "--optimized",
      "--hostname-strict=false",
      "--http-enabled=true",
      "--db-url-host=postgres",
      "--db-username=keycloak",
    ],
    envs: [
      pulumi.interpolate`KC_DB_PASSWORD=${pgPassword}`,
      "KC_BOOTSTRAP_ADMIN_CLIENT_ID=pulumi",
      pulumi.interpolate`KC_BOOTSTRAP_ADMIN_CLIENT_SECRET=${kcSecret}`,
    ],
    networksAdvanced: [{ name: net.name, aliases: ["keycloak"] }],
    ports: [{ internal: 8080, external: 58980, ip: "127.0.0.1" }],
    healthcheck: {
      tests: ["CMD", "curl", "-fs", "http://127.0.0.1:9000/health/ready"],
      interval: "1s",
      timeout: "3s",
      retries: Number(process.env.PARITY_KEYCLOAK_SEC ?? 120),
    },
    wait: true,
    waitTimeout: Number(process.env.PARITY_KEYCLOAK_SEC ?? 180),
  },
  { dependsOn: [db] },
);
const kcp = new keycloak.Provider(
  "kc",
  { url: "http://127.0.0.1:58980", clientId: "pulumi", clientSecret: kcSecret, realm: "master" },
  { dependsOn: kc },
);
const inKc = { provider: kcp, deletedWith: kc };
const realm = new keycloak.Realm(
  "community",
  {
    realm: "community",
    displayName: "Community",
    displayNameHtml: "<b>Community</b> is moving",
    enabled: true,
    loginTheme: "keycloak",
    emailTheme: "keycloak",
    accountTheme: "keycloak.v3",
    registrationAllowed: true,
    registrationEmailAsUsername: false,
    verifyEmail: true,
    resetPasswordAllowed: true,
    rememberMe: true,
    loginWithEmailAllowed: true,
    duplicateEmailsAllowed: false,
    editUsernameAllowed: false,
    sslRequired: "external",
    passwordPolicy: "length(12) and notUsername(undefined)",
    attributes: { "acr.loa.map": "{}" },
    accessTokenLifespan: step >= 2 ? "10m0s" : "5m0s",
    ssoSessionIdleTimeout: "30m0s",
    ssoSessionMaxLifespan: "10h0m0s",
    ssoSessionIdleTimeoutRememberMe: "168h0m0s",
    ssoSessionMaxLifespanRememberMe: "720h0m0s",
    revokeRefreshToken: true,
    refreshTokenMaxReuse: 0,
    internationalization: { supportedLocales: ["en", "de"], defaultLocale: "en" },
    smtpServer: {
      host: "smtp.example.test",
      port: "587",
      from: "id@example.test",
      fromDisplayName: "ID",
      starttls: true,
      auth: { username: "id", password: pulumi.secret("smtp") },
    },
    securityDefenses: {
      headers: {
        contentSecurityPolicy: "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
        strictTransportSecurity: "max-age=63072000; includeSubDomains",
      },
      bruteForceDetection: {
        permanentLockout: false,
        maxLoginFailures: 10,
        waitIncrementSeconds: 60,
        maxFailureWaitSeconds: 900,
        quickLoginCheckMilliSeconds: 1000,
        minimumQuickLoginWaitSeconds: 60,
        failureResetTimeSeconds: 43200,
      },
    },
    otpPolicy: { type: "totp", algorithm: "HmacSHA256", digits: 6, period: 30, lookAheadWindow: 1 },
    webAuthnPolicy: { relyingPartyEntityName: "community", signatureAlgorithms: ["ES256"] },
  },
  inKc,
);
const minimal = new keycloak.Realm("minimal", { realm: "minimal" }, inKc);
new keycloak.RealmEvents(
  "events",
  {
    realmId: realm.id,
    eventsEnabled: true,
    eventsExpiration: 7776000,
    adminEventsEnabled: true,
    adminEventsDetailsEnabled: true,
    eventsListeners: ["jboss-logging"],
    enabledEventTypes: ["LOGIN", "LOGIN_ERROR", "LOGOUT", "REGISTER"],
  },
  inKc,
);
new keycloak.RealmUserProfile(
  "profile",
  {
    realmId: realm.id,
    unmanagedAttributePolicy: "ADMIN_EDIT",
    groups: [{ name: "personal", displayHeader: "Personal" }],
    attributes: [
      {
        name: "username",
        displayName: "${username}",
        permissions: { views: ["admin", "user"], edits: ["admin"] },
        validators: [{ name: "length", config: { min: "3", max: "64" } }],
      },
      {
        name: "email",
        displayName: "${email}",
        requiredForRoles: ["user"],
        permissions: { views: ["admin", "user"], edits: ["admin", "user"] },
        validators: [{ name: "email" }],
      },
      {
        name: "firstName",
        group: "personal",
        permissions: { views: ["admin", "user"], edits: ["admin", "user"] },
      },
      {
        name: "lastName",
        group: "personal",
        permissions: { views: ["admin", "user"], edits: ["admin", "user"] },
      },
      {
        name: "alias",
        permissions: { views: ["admin", "user"], edits: ["admin"] },
        annotations: { inputType: "text" },
      },
    ],
  },
  inKc,
);
new keycloak.RequiredAction(
  "terms",
  {
    realmId: realm.id,
    alias: "TERMS_AND_CONDITIONS",
    name: "Terms and Conditions",
    enabled: true,
    defaultAction: false,
    priority: 60,
  },
  inKc,
);
new keycloak.RealmLocalization(
  "texts",
  { realmId: realm.id, locale: "en", texts: { signOut: "Sign out" } },
  inKc,
);
new keycloak.RealmKeystoreRsaGenerated(
  "rsa",
  {
    realmId: realm.id,
    name: "rsa-4096",
    enabled: true,
    active: true,
    priority: 200,
    algorithm: "RS256",
    keySize: 4096,
  },
  inKc,
);
const admins = new keycloak.Role(
  "admins",
  { realmId: realm.id, name: "admins", description: "Administrators" },
  inKc,
);
const devs = new keycloak.Role(
  "devs",
  { realmId: realm.id, name: "devs", compositeRoles: [admins.id] },
  inKc,
);
const group = new keycloak.Group(
  "infra",
  { realmId: realm.id, name: "infra", attributes: { tenant: "one" } },
  inKc,
);
const child = new keycloak.Group("child", { realmId: realm.id, parentId: group.id, name: "root" }, inKc);
new keycloak.GroupRoles(
  "infra-roles",
  { realmId: realm.id, groupId: group.id, roleIds: [admins.id], exhaustive: true },
  inKc,
);
new keycloak.DefaultGroups("default-groups", { realmId: realm.id, groupIds: [child.id] }, inKc);
new keycloak.DefaultRoles(
  "default-roles",
  { realmId: realm.id, defaultRoles: ["offline_access", "uma_authorization", devs.name] },
  inKc,
);
const scope = new keycloak.openid.ClientScope(
  "groups",
  { realmId: realm.id, name: "groups", description: "Groups", includeInTokenScope: true, guiOrder: 1 },
  inKc,
);
new keycloak.openid.GroupMembershipProtocolMapper(
  "groups",
  { realmId: realm.id, clientScopeId: scope.id, name: "groups", claimName: "groups", fullPath: false },
  inKc,
);
const gerrit = new keycloak.openid.Client(
  "gerrit",
  {
    realmId: realm.id,
    clientId: "gerrit",
    name: "Gerrit",
    accessType: "CONFIDENTIAL",
    clientSecret: pulumi.secret("gerrit-secret"),
    standardFlowEnabled: true,
    directAccessGrantsEnabled: false,
    validRedirectUris: ["https://review.example.test/oauth"],
    validPostLogoutRedirectUris: ["https://review.example.test/"],
    webOrigins: ["https://review.example.test"],
    rootUrl: "https://review.example.test",
    baseUrl: "/",
    pkceCodeChallengeMethod: "S256",
    consentRequired: false,
    fullScopeAllowed: step < 2,
    frontchannelLogoutEnabled: false,
    backchannelLogoutUrl: "https://review.example.test/backchannel",
    backchannelLogoutSessionRequired: true,
    accessTokenLifespan: "300",
  },
  inKc,
);
const zuul = new keycloak.openid.Client(
  "zuul",
  {
    realmId: realm.id,
    clientId: "zuul",
    accessType: "PUBLIC",
    standardFlowEnabled: true,
    validRedirectUris: ["https://zuul.example.test/*"],
    webOrigins: ["https://zuul.example.test"],
    pkceCodeChallengeMethod: "S256",
  },
  inKc,
);
new keycloak.openid.Client(
  "generated",
  { realmId: realm.id, clientId: "generated", accessType: "CONFIDENTIAL", serviceAccountsEnabled: true },
  inKc,
);
new keycloak.openid.ClientDefaultScopes(
  "gerrit",
  {
    realmId: realm.id,
    clientId: gerrit.id,
    defaultScopes: ["profile", "email", "roles", "web-origins", "acr", "basic", scope.name],
  },
  inKc,
);
new keycloak.openid.ClientOptionalScopes(
  "gerrit",
  { realmId: realm.id, clientId: gerrit.id, optionalScopes: ["offline_access"] },
  inKc,
);
new keycloak.openid.AudienceProtocolMapper(
  "zuul",
  { realmId: realm.id, clientId: zuul.id, name: "aud", includedCustomAudience: "zuul" },
  inKc,
);
new keycloak.openid.UserAttributeProtocolMapper(
  "alias",
  { realmId: realm.id, clientId: gerrit.id, name: "alias", userAttribute: "alias", claimName: "email" },
  inKc,
);
new keycloak.openid.UserPropertyProtocolMapper(
  "username",
  { realmId: realm.id, clientId: gerrit.id, name: "nick", userProperty: "username", claimName: "nickname" },
  inKc,
);
new keycloak.openid.UserRealmRoleProtocolMapper(
  "roles",
  { realmId: realm.id, clientId: gerrit.id, name: "roles", claimName: "roles", multivalued: true },
  inKc,
);
new keycloak.openid.HardcodedClaimProtocolMapper(
  "tenant",
  { realmId: realm.id, clientId: gerrit.id, name: "tenant", claimName: "tenant", claimValue: "one" },
  inKc,
);
new keycloak.openid.FullNameProtocolMapper(
  "fullname",
  { realmId: realm.id, clientId: zuul.id, name: "fullname" },
  inKc,
);
const atlassian = new keycloak.saml.Client(
  "atlassian",
  {
    realmId: realm.id,
    clientId: "https://auth.atlassian.test/saml/1",
    name: "atlassian",
    signDocuments: true,
    signAssertions: false,
    includeAuthnStatement: true,
    clientSignatureRequired: false,
    forcePostBinding: true,
    frontChannelLogout: true,
    nameIdFormat: "email",
    forceNameIdFormat: true,
    signatureAlgorithm: "RSA_SHA256",
    signatureKeyName: "KEY_ID",
    validRedirectUris: ["https://auth.atlassian.test/login/callback"],
    assertionConsumerPostUrl: "https://auth.atlassian.test/login/callback",
    idpInitiatedSsoUrlName: "atlassian",
    fullScopeAllowed: false,
  },
  inKc,
);
new keycloak.saml.UserAttributeProtocolMapper(
  "alias",
  {
    realmId: realm.id,
    clientId: atlassian.id,
    name: "alias",
    userAttribute: "alias",
    samlAttributeName: "email",
    samlAttributeNameFormat: "Basic",
  },
  inKc,
);
new keycloak.saml.UserPropertyProtocolMapper(
  "given",
  {
    realmId: realm.id,
    clientId: atlassian.id,
    name: "given",
    userProperty: "firstName",
    samlAttributeName: "givenname",
    samlAttributeNameFormat: "Unspecified",
  },
  inKc,
);
new keycloak.GenericProtocolMapper(
  "nameid",
  {
    realmId: realm.id,
    clientId: atlassian.id,
    name: "nameid",
    protocol: "saml",
    protocolMapper: "saml-user-attribute-nameid-mapper",
    config: {
      "user.attribute": "alias",
      "mapper.nameid.format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    },
  },
  inKc,
);
const ldap = new keycloak.ldap.UserFederation(
  "ldap",
  {
    realmId: realm.id,
    name: "ldap",
    enabled: true,
    priority: 0,
    importEnabled: true,
    editMode: "WRITABLE",
    syncRegistrations: true,
    vendor: "OTHER",
    usernameLdapAttribute: "uid",
    rdnLdapAttribute: "uid",
    uuidLdapAttribute: "entryUUID",
    userObjectClasses: ["inetOrgPerson"],
    connectionUrl: "ldap://openldap:389",
    usersDn: "ou=users,dc=example,dc=test",
    bindDn: "cn=keycloak,ou=system,dc=example,dc=test",
    bindCredential: pulumi.secret("bind"),
    searchScope: "ONE_LEVEL",
    usePasswordModifyExtendedOp: true,
    validatePasswordPolicy: true,
    trustEmail: false,
    useTruststoreSpi: "ALWAYS",
    connectionTimeout: "5s",
    readTimeout: "10s",
    pagination: true,
    batchSizeForSync: 1000,
    fullSyncPeriod: 604800,
    changedSyncPeriod: 86400,
    cache: { policy: "DEFAULT" },
  },
  inKc,
);
new keycloak.ldap.UserAttributeMapper(
  "mail",
  {
    realmId: realm.id,
    ldapUserFederationId: ldap.id,
    name: "mail-mapper",
    ldapAttribute: "mail",
    userModelAttribute: "email",
    isMandatoryInLdap: true,
  },
  inKc,
);
new keycloak.ldap.GroupMapper(
  "groups",
  {
    realmId: realm.id,
    ldapUserFederationId: ldap.id,
    name: "groups",
    ldapGroupsDn: "ou=groups,dc=example,dc=test",
    groupNameLdapAttribute: "cn",
    groupObjectClasses: ["groupOfNames"],
    membershipAttributeType: "DN",
    membershipLdapAttribute: "member",
    membershipUserLdapAttribute: "uid",
    memberofLdapAttribute: "memberOf",
    mode: "LDAP_ONLY",
    preserveGroupInheritance: false,
  },
  inKc,
);
new keycloak.ldap.FullNameMapper(
  "cn",
  {
    realmId: realm.id,
    ldapUserFederationId: ldap.id,
    name: "cn",
    ldapFullNameAttribute: "cn",
    readOnly: false,
    writeOnly: true,
  },
  inKc,
);
new keycloak.ldap.HardcodedAttributeMapper(
  "hard",
  {
    realmId: realm.id,
    ldapUserFederationId: ldap.id,
    name: "hard",
    attributeName: "o",
    attributeValue: "community",
  },
  inKc,
);
const github = new keycloak.oidc.GithubIdentityProvider(
  "github",
  {
    realm: realm.id,
    clientId: "gh",
    clientSecret: pulumi.secret("gh"),
    trustEmail: false,
    syncMode: "IMPORT",
    guiOrder: "1",
  },
  inKc,
);
new keycloak.oidc.GoogleIdentityProvider(
  "google",
  {
    realm: realm.id,
    clientId: "go",
    clientSecret: pulumi.secret("go"),
    hostedDomain: "",
    useUserIpParam: false,
    trustEmail: false,
    syncMode: "IMPORT",
  },
  inKc,
);
const oidc = new keycloak.oidc.IdentityProvider(
  "openstackid",
  {
    realm: realm.id,
    alias: "openstackid",
    displayName: "OpenStackID",
    authorizationUrl: "https://openstackid.example.test/auth",
    tokenUrl: "https://openstackid.example.test/token",
    userInfoUrl: "https://openstackid.example.test/userinfo",
    jwksUrl: "https://openstackid.example.test/certs",
    issuer: "https://openstackid.example.test",
    validateSignature: true,
    clientId: "os",
    clientSecret: pulumi.secret("os"),
    clientAuthMethod: "client_secret_basic" as never,
    defaultScopes: "openid profile email",
    syncMode: "IMPORT",
    trustEmail: false,
    storeToken: false,
    backchannelSupported: true,
    firstBrokerLoginFlowAlias: "first broker login",
    extraConfig: { pkceEnabled: "true", pkceMethod: "S256" },
  } as keycloak.oidc.IdentityProviderArgs,
  inKc,
);
const saml = new keycloak.saml.IdentityProvider(
  "ubuntuone",
  {
    realm: realm.id,
    alias: "ubuntuone",
    displayName: "Ubuntu One",
    entityId: "https://id.example.test/realms/community",
    singleSignOnServiceUrl: "https://shim.example.test/saml2/idp/SSOService.php",
    singleLogoutServiceUrl: "https://shim.example.test/saml2/idp/SingleLogoutService.php",
    validateSignature: true,
    wantAssertionsSigned: true,
    signingCertificate: "MIIBszCCAVmgAwIBAgIUZ",
    nameIdPolicyFormat: "Persistent",
    postBindingResponse: true,
    postBindingAuthnRequest: true,
    principalType: "SUBJECT",
    syncMode: "IMPORT",
    trustEmail: false,
  },
  inKc,
);
new keycloak.AttributeImporterIdentityProviderMapper(
  "saml-email",
  {
    realm: realm.id,
    identityProviderAlias: saml.alias,
    name: "email",
    attributeName: "email",
    userAttribute: "email",
    extraConfig: { syncMode: "INHERIT" },
  },
  inKc,
);
new keycloak.AttributeImporterIdentityProviderMapper(
  "oidc-email",
  {
    realm: realm.id,
    identityProviderAlias: oidc.alias,
    name: "email",
    claimName: "email",
    userAttribute: "email",
    extraConfig: { syncMode: "INHERIT" },
  },
  inKc,
);
new keycloak.UserTemplateImporterIdentityProviderMapper(
  "github-username",
  {
    realm: realm.id,
    identityProviderAlias: github.alias,
    name: "username",
    template: "${CLAIM.login}",
    extraConfig: { syncMode: "IMPORT" },
  },
  inKc,
);
new keycloak.HardcodedRoleIdentityMapper(
  "github-role",
  {
    realm: realm.id,
    identityProviderAlias: github.alias,
    name: "role",
    role: devs.name,
    extraConfig: { syncMode: "INHERIT" },
  },
  inKc,
);
new keycloak.HardcodedAttributeIdentityProviderMapper(
  "github-attr",
  {
    realm: realm.id,
    identityProviderAlias: github.alias,
    name: "via",
    attributeName: "via",
    attributeValue: "github",
    userSession: false,
    extraConfig: { syncMode: "INHERIT" },
  },
  inKc,
);
new keycloak.CustomIdentityProviderMapping(
  "github-custom",
  {
    realm: realm.id,
    identityProviderAlias: github.alias,
    name: "custom",
    identityProviderMapper: "hardcoded-attribute-idp-mapper",
    extraConfig: { syncMode: "INHERIT", attribute: "source", "attribute.value": "github" },
  },
  inKc,
);
const flow = new keycloak.authentication.Flow(
  "browser",
  { realmId: realm.id, alias: "sso browser", description: "Browser", providerId: "basic-flow" },
  inKc,
);
const cookie = new keycloak.authentication.Execution(
  "cookie",
  {
    realmId: realm.id,
    parentFlowAlias: flow.alias,
    authenticator: "auth-cookie",
    requirement: "ALTERNATIVE",
    priority: 10,
  },
  inKc,
);
const idp = new keycloak.authentication.Execution(
  "idp",
  {
    realmId: realm.id,
    parentFlowAlias: flow.alias,
    authenticator: "identity-provider-redirector",
    requirement: "ALTERNATIVE",
    priority: 20,
  },
  { ...inKc, dependsOn: cookie },
);
new keycloak.authentication.ExecutionConfig(
  "idp",
  { realmId: realm.id, executionId: idp.id, alias: "default-idp", config: { defaultProvider: "github" } },
  inKc,
);
const forms = new keycloak.authentication.Subflow(
  "forms",
  {
    realmId: realm.id,
    parentFlowAlias: flow.alias,
    alias: "sso forms",
    requirement: "ALTERNATIVE",
    providerId: "basic-flow",
    priority: 30,
  },
  { ...inKc, dependsOn: idp },
);
new keycloak.authentication.Execution(
  "password",
  {
    realmId: realm.id,
    parentFlowAlias: forms.alias,
    authenticator: "auth-username-password-form",
    requirement: "REQUIRED",
    priority: 10,
  },
  inKc,
);
new keycloak.authentication.Bindings("bindings", { realmId: realm.id, browserFlow: flow.alias }, inKc);
const user = new keycloak.User(
  "user",
  {
    realmId: minimal.id,
    username: "ada",
    email: "ada@example.test",
    firstName: "Ada",
    lastName: "L",
    enabled: true,
    emailVerified: true,
    initialPassword: { value: pulumi.secret("start"), temporary: false },
  },
  inKc,
);
void user;
