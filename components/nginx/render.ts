import type { UpstreamEndpoint } from "../endpoints.ts";
import type { FileSite } from "./files.ts";
import {
  adminLocation,
  fileLocations,
  keycloakLocation,
  linkLocations,
  ownHeaders,
  pages,
  shimLocation,
} from "./locations.ts";

export interface NginxConfArgs {
  /** Public host name of the id site. */
  readonly domain: string;
  readonly keycloak: UpstreamEndpoint;
  /** @default no such server in the stack */
  readonly shim?: UpstreamEndpoint;
  /** Whether the public sees a certificate of somebody else's, who may say that it is still good. @default false */
  readonly hasPublicCertificate?: boolean;
  /** Whether it is reached by IPv6 too. @default false */
  readonly hasIpv6?: boolean;
  /** Realm whose account console `/` leads to, and whose sessions `/logout` ends; any other's `/logout/REALM` does. */
  readonly homeRealm: string;
  /** Addresses that `/NAME` leads to, by name. */
  readonly shortLinks: Readonly<Record<string, string>>;
  /** Content of the id site's own files, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Host names beside the id site's, which serve files only. */
  readonly fileSites: readonly FileSite[];
  /** Networks that reach Keycloak's admin console and API, as `192.0.2.0/24`. */
  readonly adminNetworks: readonly string[];
  /** Most attempts to log in, register or reset a password of one client address (IPv6: a /64) in a minute. */
  readonly loginsPerMinute: number;
}

/** Where the answers to ACME challenges are mounted. */
export const CHALLENGES = "/var/lib/challenges";

/** Most requests of one client that are answered at a time; HTTP/2 has many on one connection. */
const REQUESTS_AT_ONCE = 200;

/**
 * Token requests for each login that a client may try. Services get a token for each login of their people and renew it
 * while they are there, all from one address; nginx cannot tell that from somebody who tries passwords there.
 */
const TOKENS_PER_LOGIN = 10;

/**
 * `nginx.conf`: TLS after Mozilla's intermediate profile (version 5.7), plain HTTP only as a redirect, unknown host names
 * refused, and nothing but Keycloak's public paths let through.
 */
export function renderNginxConf(args: NginxConfArgs): string {
  const { domain, keycloak, shim, fileSites } = args;
  const upstreams = shim === undefined ? [keycloak] : [keycloak, shim];
  return `# Written by Pulumi; changes here are lost.
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
worker_processes auto;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;

events {
    worker_connections 2048;
}

# A server may come back under another address, and an upstream of HTTP, which alone keeps connections alive, is looked
# up only once: its connections go through here, which asks Docker's DNS for each. What passes is the server's own TLS.
stream {
    resolver 127.0.0.11 valid=5s ipv6=off;
${upstreams.map(streamOf).join("")}}

http {
${common(args)}
${limits(args)}
${upstreams.map(upstreamOf).join("")}    server {
        listen 127.0.0.1:8081;
        access_log off;
        location = /alive {
            return 204;
        }
        location / {
            return 404;
        }
    }

    server {
${listen(args, "8080", "default_server")}        server_name _;
        return 444;
    }

    server {
${listen(args, "8080")}        server_name ${[domain, ...fileSites.map((site) => site.domain)].join(" ")};
        # Answers by which an ACME server finds out whose the names are (RFC 8555, section 8.3).
        location /.well-known/acme-challenge/ {
            root ${CHALLENGES};
            default_type text/plain;
        }
        location / {
            return 308 https://$host$request_uri;
        }
    }

    server {
${listen(args, "8443", "ssl http2 default_server")}        server_name _;
        ssl_reject_handshake on;
        # A client may name one host in the handshake and another in the request.
        return 444;
    }
${fileSites.map((site) => fileSite(args, site)).join("")}${idSite(args)}}
`;
}

function listen({ hasIpv6 = false }: NginxConfArgs, port: string, options?: string): string {
  const words = options === undefined ? "" : ` ${options}`;
  return ["", ...(hasIpv6 ? ["[::]:"] : [])].map((any) => `        listen ${any}${port}${words};\n`).join("");
}

/**
 * The issuer's word that the certificate is still good comes along with it (RFC 6066, section 8), so that nobody asks the
 * issuer who visits the site. Of a certificate that names nobody to ask, as Let's Encrypt's since 2025, nginx says so once
 * and goes on.
 */
const STAPLING = `    ssl_stapling on;
    resolver 127.0.0.11 valid=300s ipv6=off;
`;

/** What holds for every site. */
function common({ hasPublicCertificate = false }: NginxConfArgs): string {
  return `    # Not the query: it carries codes, tokens and keys of mailed links. Errors quote whole requests, so only those are
    # logged after which nothing works; what an upstream did to a request shows in its status.
    map $request_uri $path {
        "~^(?<before>[^?]*)" $before;
    }
    log_format structured escape=json '{"time":"$time_iso8601","client":"$remote_addr","method":"$request_method",'
        '"host":"$host","path":"$path","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,'
        '"upstreamSeconds":"$upstream_response_time","agent":"$http_user_agent"}';
    access_log /dev/stdout structured;
    error_log /dev/stderr crit;

    server_tokens off;
    # Each location says what it serves.
    types {}
    client_max_body_size 1m;
    # Of the handshake too; who sends nothing keeps no connection from others.
    client_header_timeout 10s;
    client_body_timeout 10s;
    keepalive_timeout 65s;
    # Keycloak's cookies and redirects make long headers.
    large_client_header_buffers 4 16k;

    client_body_temp_path /tmp/body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

    ssl_certificate /tmp/tls/tls.crt;
    ssl_certificate_key /tmp/tls/tls.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
    ssl_prefer_server_ciphers off;
    ssl_session_cache shared:tls:10m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;
${hasPublicCertificate ? STAPLING : ""}`;
}

/** All that takes a worker of the shim. */
const SHIM_ATTEMPT = `        "~ /shim/[a-z]+\\.php$" $client;
`;

/** Used in the shim's location alone, where nothing else is an attempt. */
const SHIM_ZONE = `    limit_conn_zone $attempt zone=shim:10m;
`;

/** What one client may do in a while. Half a minute's attempts may come at once, as after a talk. */
function limits({ loginsPerMinute, shim }: NginxConfArgs): string {
  const zones = { attempt: loginsPerMinute, token: loginsPerMinute * TOKENS_PER_LOGIN };
  return `    # A client has one IPv4 address, but a /64 of IPv6 at the least (RFC 6177).
    map $binary_remote_addr $client {
        default $binary_remote_addr;
        "~(?s)^(?<network>.{8}).{8}\\z" $network;
    }
    map "$request_method $uri" $attempt {
        default "";
        "~^POST /realms/[^/]+/login-actions/" $client;
${shim === undefined ? "" : SHIM_ATTEMPT}    }
    map "$request_method $uri" $token {
        default "";
        # Keycloak takes it with a slash too.
        "~^POST /realms/[^/]+/protocol/openid-connect/token/?$" $client;
    }
${Object.entries(zones).map(limitOf).join("")}    limit_req_status 429;
    limit_conn_zone $client zone=requests:10m;
${shim === undefined ? "" : SHIM_ZONE}    limit_conn requests ${REQUESTS_AT_ONCE};
    limit_conn_status 429;
`;
}

function limitOf([what, perMinute]: [what: string, perMinute: number]): string {
  return `    limit_req_zone $${what} zone=${what}s:10m rate=${perMinute}r/m;
    limit_req zone=${what}s burst=${Math.floor(perMinute / 2)} nodelay;
`;
}

function idSite(args: NginxConfArgs): string {
  const { domain, homeRealm, keycloak, shim, adminNetworks } = args;
  const realms = `https://${domain}/realms`;
  // Keycloak asks before it ends a session, since any site can send people here.
  const logoutOf = (realm: string): string =>
    `${realms}/${realm}/protocol/openid-connect/logout?client_id=account-console` +
    `&post_logout_redirect_uri=${encodeURIComponent(realms)}%2F${realm}%2Faccount%2F`;
  return `${geo(adminNetworks)}
    server {
${listen(args, "8443", "ssl http2")}        server_name ${domain};

${ownHeaders()}
        # Locations are chosen by the decoded path, but Keycloak gets it as it came and takes an encoded slash for a letter.
        if ($request_uri ~* "^[^?]*%2f") {
            return 404;
        }

        location = / {
            return 302 ${realms}/${homeRealm}/account/;
        }

        location = /logout {
            return 302 ${logoutOf(homeRealm)};
        }

        location ~ ^/logout/([a-z0-9][a-z0-9-]*)$ {
            return 302 ${logoutOf("$1")};
        }
${[
  linkLocations(args.shortLinks),
  fileLocations(domain, args.files),
  keycloakLocation(keycloak, domain),
  adminNetworks.length === 0 ? "" : adminLocation(keycloak, domain),
  shim === undefined ? "" : shimLocation(shim, domain),
  pages(),
].join("")}
        location / {
            return 404;
        }
    }
`;
}

/** Whether a client's address is in one of the networks: `$is_admin`. */
function geo(networks: readonly string[]): string {
  if (networks.length === 0) return "";
  return `
    geo $is_admin {
        default 0;
${networks.map((network) => `        ${network} 1;\n`).join("")}    }
`;
}

function fileSite(args: NginxConfArgs, { domain, files }: FileSite): string {
  return `
    server {
${listen(args, "8443", "ssl http2")}        server_name ${domain};

${ownHeaders()}
        location = / {
            return 302 https://${args.domain}/;
        }
${fileLocations(domain, files)}
        location / {
            return 404;
        }
    }
`;
}

function socketOf({ host }: UpstreamEndpoint): string {
  return `unix:/tmp/${host}.sock`;
}

function streamOf(upstream: UpstreamEndpoint): string {
  const { host, port } = upstream;
  return `    map $server_port $${host} {
        default ${host}:${port};
    }
    server {
        listen ${socketOf(upstream)};
        proxy_pass $${host};
        proxy_connect_timeout 5s;
        # HTTP's own time limits are shorter.
        proxy_timeout 1h;
    }
`;
}

function upstreamOf(upstream: UpstreamEndpoint): string {
  return `    upstream ${upstream.host} {
        server ${socketOf(upstream)};
        keepalive 32;
    }

`;
}
