import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Certificates } from "./certificates/certificates.ts";
import { ZoneUpdates } from "./dns/zone-updates.ts";
import { zoneTexts } from "./dns/zones.ts";
import type { LdapEndpoint } from "./endpoints.ts";
import { Naming } from "./host/naming.ts";
import { Segments } from "./host/segments.ts";
import { ServiceImage } from "./host/service-image.ts";
import { DOCKER_SSH_OPTIONS, isSsh } from "./host/ssh.ts";
import { Keycloak, KEYCLOAK_UID } from "./keycloak/keycloak.ts";
import { themesOf } from "./keycloak/theme/theme.ts";
import { Knot } from "./knot/knot.ts";
import { MAIL_SINK_UID, MailSink } from "./mail-sink/mail-sink.ts";
import { Nginx, NGINX_UID } from "./nginx/nginx.ts";
import { OpenLdap, OPENLDAP_UID } from "./openldap/openldap.ts";
import { certificateSource, dnsServer, readOwn, smtpServer, tsigSecret } from "./outside.ts";
import { Postfix, POSTFIX_UID, type PostfixArgs } from "./postfix/postfix.ts";
import { Postgres, POSTGRES_UID } from "./postgres/postgres.ts";
import { PublicCertificate } from "./public-certificate/public-certificate.ts";
import { BrokerRealm } from "./realm/broker-realm.ts";
import { DirectoryRealm } from "./realm/directory-realm.ts";
import { entityIdForShim, isThroughShim, type ThroughShim } from "./realm/identity-providers.ts";
import {
  aliasDomainsOf,
  bindAddressesOf,
  homeRealmOf,
  leastPasswordLength,
  publicNamesOf,
  senderDomainsOf,
  signedDomainsOf,
  sitesOf,
} from "./settings/derived.ts";
import type { RealmSettings, Settings } from "./settings/schema.ts";
import type { RealmOutputs, StackOutputs } from "./stack-outputs.ts";
import type { ShimProvider } from "./simplesamlphp/render.ts";
import { SIMPLESAMLPHP_UID, SimpleSamlPhp } from "./simplesamlphp/simplesamlphp.ts";

/** A whole single sign-on service: the only place where services are wired to each other. */
export class SsoStack extends pulumi.ComponentResource {
  public readonly outputs: StackOutputs;

  /** @param name name of the Pulumi stack; everything on the host is called after it */
  public constructor(name: string, settings: Settings, opts?: pulumi.ComponentResourceOptions) {
    super("sso:index:SsoStack", name, {}, { ...opts, providers: [engineOf(name, settings)] });
    const { host, protect } = settings;
    const inStack = { parent: this };
    const naming = new Naming(name);
    const image = (service: string): pulumi.Output<string> =>
      new ServiceImage(`${service}-image`, { naming, service }, inStack).imageId;

    const needsShim = settings.realms.some((realm) => providersThroughShim(realm).length > 0);

    const bindAddresses = bindAddressesOf(settings);
    const segments = new Segments("segments", { naming, hasIpv6: host.bindAddress6 !== undefined }, inStack);
    const certificates = new Certificates(
      "certificates",
      {
        naming,
        imageId: image("certificates"),
        commonName: `${settings.domain} CA`,
        leaves: leavesOf(settings, needsShim),
        protectData: protect,
      },
      inStack,
    );
    const postgres = new Postgres(
      "postgres",
      {
        naming,
        imageId: image("postgres"),
        segments,
        tls: certificates.filesOf("postgres"),
        adminAddress: host.adminAddress,
        adminPort: host.adminPorts.postgres,
        memoryMiB: settings.postgres.memoryMiB,
        protectData: protect,
      },
      inStack,
    );
    const openldap =
      settings.openldap === undefined
        ? undefined
        : new OpenLdap(
            "openldap",
            {
              naming,
              imageId: image("openldap"),
              segments,
              tls: certificates.filesOf("openldap"),
              suffix: settings.openldap.suffix,
              ...(settings.openldap.seed === undefined
                ? {}
                : { seedLdif: readOwn("openldap.seed", settings.openldap.seed) }),
              passwordPolicy: { minLength: leastPasswordLength(settings) },
              memoryMiB: settings.openldap.memoryMiB,
              protectData: protect,
            },
            inStack,
          );
    const publicCertificate =
      settings.certificates.kind === "own"
        ? undefined
        : new PublicCertificate("public-certificate", { naming, protectData: protect }, inStack);
    const publicTls = publicCertificate === undefined ? {} : { publicTls: publicCertificate.endpoint };
    const directory = (service: "keycloak" | "postfix"): LdapEndpoint => {
      if (openldap === undefined) throw new pulumi.RunError(`${service}: the stack has no directory`);
      return openldap.endpointFor(service);
    };
    const outgoing =
      settings.smtp.kind === "sink"
        ? new MailSink(
            "mail-sink",
            { naming, imageId: image("mail-sink"), segments, tls: certificates.filesOf("mail-sink") },
            inStack,
          ).smtp
        : smtpServer(settings.smtp, settings.secrets);
    const postfix =
      settings.relay === undefined
        ? undefined
        : new Postfix(
            "postfix",
            {
              naming,
              imageId: image("postfix"),
              segments,
              tls: certificates.filesOf("postfix"),
              ...publicTls,
              domain: settings.domain,
              hostname: settings.relay.hostname,
              aliasDomains: aliasDomainsOf(settings),
              postmaster: settings.relay.postmaster,
              senderDomains: senderDomainsOf(settings),
              signedDomains: signedDomainsOf(settings),
              directory: directory("postfix"),
              smarthost: outgoing,
              ...mailExceptions(settings),
              senderNetworks: [...settings.relay.senders.listed, ...settings.relay.senders.extra],
              plusAddressing: settings.relay.plusAddressing,
              maxMessageMiB: settings.relay.maxMessageMiB,
              messagesPerMinute: settings.relay.messagesPerMinute,
              bindAddresses,
              port: settings.relay.port,
              memoryMiB: settings.relay.memoryMiB,
              protectData: protect,
            },
            inStack,
          );
    const keycloak = new Keycloak(
      "keycloak",
      {
        naming,
        imageId: image("keycloak"),
        segments,
        tls: certificates.filesOf("keycloak"),
        caCertificate: certificates.caCertificate,
        database: postgres.addDatabase("keycloak"),
        domain: settings.domain,
        adminAddress: host.adminAddress,
        adminPort: host.adminPorts.keycloak,
        hasPublicConsole: settings.nginx.adminNetworks.length > 0,
        themes: themesOf(settings.realms),
        memoryMiB: settings.keycloak.memoryMiB,
        logLevel: settings.keycloak.logLevel,
      },
      inStack,
    );
    const shim = needsShim
      ? new SimpleSamlPhp(
          "simplesamlphp",
          {
            naming,
            imageId: image("simplesamlphp"),
            segments,
            tls: certificates.filesOf("simplesamlphp"),
            domain: settings.domain,
            providers: settings.realms.flatMap((realm) => shimProvidersOf(realm, keycloak)),
            ...settings.simplesamlphp,
          },
          inStack,
        )
      : undefined;
    const nginx = new Nginx(
      "nginx",
      {
        naming,
        imageId: image("nginx"),
        segments,
        tls: certificates.filesOf("nginx"),
        ...publicTls,
        domain: settings.domain,
        hasIpv6: host.bindAddress6 !== undefined,
        keycloak: keycloak.upstream,
        ...(shim === undefined ? {} : { shim: shim.upstream }),
        homeRealm: homeRealmOf(settings).name,
        shortLinks: settings.nginx.shortLinks,
        files: settings.nginx.files,
        fileSites: sitesOf(settings),
        adminNetworks: settings.nginx.adminNetworks,
        loginsPerMinute: settings.nginx.loginsPerMinute,
        bindAddresses,
        memoryMiB: settings.nginx.memoryMiB,
      },
      inStack,
    );

    const realms = settings.realms.map((realm): [string, RealmOutputs] => {
      const args = {
        issuer: keycloak.issuer,
        caCertificate: certificates.caCertificate,
        smtp: postfix?.endpointFor("keycloak") ?? outgoing,
        secrets: settings.secrets[realm.name] ?? {},
        provider: keycloak.provider,
        deletedWith: keycloak.server,
        protectData: protect,
      };
      const name = `realm-${realm.name}`;
      if (realm.kind === "broker") {
        const { issuer, services } = new BrokerRealm(
          name,
          { ...args, settings: realm, shim: shim?.endpoint },
          inStack,
        );
        return [realm.name, { issuer, accountConsole: accountConsoleOf(issuer), services }];
      }
      const { issuer, services, federationId } = new DirectoryRealm(
        name,
        { ...args, settings: realm, ldap: directory("keycloak") },
        inStack,
      );
      return [realm.name, { issuer, accountConsole: accountConsoleOf(issuer), services, federationId }];
    });

    const { dns } = settings;
    if (dns !== undefined) zoneTexts(settings, dns); // records that clash are named before anything is made
    const dkim = pulumi.output(postfix?.outputs.dkim);
    const zones = dns === undefined ? undefined : dkim.apply((key) => zoneTexts(settings, dns, key));
    const knot =
      dns?.kind === "knot"
        ? new Knot(
            "knot",
            {
              naming,
              imageId: image("knot"),
              segments,
              zones: dns.zones,
              nameServer: dns.nameServers[0].name,
              secondaries: dns.secondaries.map(({ key, ...server }) => ({ ...server, key: key.name })),
              keys: dns.secondaries.map(({ key }) => ({ ...key, secret: tsigSecret(key, settings.secrets) })),
              ...(challengedByDns(settings) ? { challenged: publicNamesOf(settings) } : {}),
              bindAddresses,
              memoryMiB: dns.memoryMiB,
              protectData: protect,
            },
            inStack,
          )
        : undefined;
    const nameServer = dns?.kind === "update" ? dnsServer(dns, settings.secrets) : knot?.updates;
    const updates =
      nameServer === undefined || zones === undefined
        ? []
        : [
            new ZoneUpdates(
              "dns",
              { naming, imageId: image("dns"), segments, server: nameServer, zones: zones.zones },
              inStack,
            ),
          ];

    if (settings.certificates.kind !== "own") {
      publicCertificate?.keep({
        imageId: image("public-certificate"),
        segments,
        source: certificateSource(settings.certificates, knot?.challenges ?? nameServer),
        names: publicNamesOf(settings),
        // The ACME server looks the names up, and a failed order is tried again much later.
        after: [nginx, ...(knot === undefined ? [] : [knot]), ...updates],
      });
    }

    this.outputs = {
      url: nginx.url,
      realms: Object.fromEntries(realms),
      caCertificate: certificates.caCertificate,
      ...(zones === undefined ? {} : { dns: zones }),
      admin: {
        url: keycloak.issuer.adminUrl,
        clientId: keycloak.issuer.adminClientId,
        clientSecret: keycloak.issuer.adminClientSecret,
      },
      ...(postfix === undefined ? {} : { relay: postfix.outputs }),
    };
    this.registerOutputs(this.outputs);
  }
}

/** Servers of the stack that its own CA certifies, with their names. */
function leavesOf(settings: Settings, needsShim: boolean) {
  const { openldap, smtp, relay, host } = settings;
  return {
    postgres: { uid: POSTGRES_UID, names: ["postgres", "localhost", host.adminAddress] },
    ...(openldap === undefined ? {} : { openldap: { uid: OPENLDAP_UID, names: ["openldap", "localhost"] } }),
    ...(smtp.kind === "sink" ? { "mail-sink": { uid: MAIL_SINK_UID, names: ["mail-sink"] } } : {}),
    ...(relay === undefined ? {} : { postfix: { uid: POSTFIX_UID, names: ["postfix", relay.hostname] } }),
    keycloak: { uid: KEYCLOAK_UID, names: ["keycloak", "localhost", host.adminAddress] },
    nginx: { uid: NGINX_UID, names: publicNamesOf(settings) },
    ...(needsShim ? { simplesamlphp: { uid: SIMPLESAMLPHP_UID, names: ["simplesamlphp"] } } : {}),
  };
}

/** The engine of the stack's host. */
function engineOf(name: string, settings: Settings): docker.Provider {
  const { docker: host } = settings.host;
  return new docker.Provider(`${name}-engine`, {
    ...(host === undefined ? {} : { host }),
    ...(isSsh(host) ? { sshOpts: [...DOCKER_SSH_OPTIONS] } : {}),
  });
}

/** Domains whose people get mail although the stack has a sink. */
function mailExceptions({ smtp, secrets }: Settings): Pick<PostfixArgs, "exceptions"> {
  if (smtp.kind !== "sink" || smtp.through === undefined) return {};
  return { exceptions: { domains: smtp.except, smarthost: smtpServer(smtp.through, secrets) } };
}

/** Providers of a realm that people come from through the shim; without any in the stack, there is no shim. */
function providersThroughShim(realm: RealmSettings): ThroughShim[] {
  return realm.kind === "broker" ? realm.identityProviders.filter(isThroughShim) : [];
}

function shimProvidersOf(realm: RealmSettings, { issuer, upstream }: Keycloak): ShimProvider[] {
  return providersThroughShim(realm).map((provider) => {
    const { alias, endpoint } = provider;
    const path = `realms/${realm.name}`;
    return {
      entityId: entityIdForShim(`${issuer.publicUrl}/${path}`, alias),
      descriptorUrl: `https://${upstream.host}:${upstream.port}/${path}/broker/${alias}/endpoint/descriptor`,
      ...(endpoint === undefined ? {} : { endpoint }),
      teams: provider.kind === "ubuntuone" ? provider.teams : [],
    };
  });
}

function challengedByDns({ certificates }: Settings): boolean {
  return certificates.kind === "acme" && certificates.challenge === "dns-01";
}

function accountConsoleOf(issuer: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.interpolate`${issuer}/account/`;
}
