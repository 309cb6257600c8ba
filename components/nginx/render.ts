import type { UpstreamEndpoint } from "../endpoints.ts";

/** What the public may ask Keycloak for; everything else, the admin console and API first, is not found. */
const PUBLIC_PATHS = "^/(realms/(?!master/)[^/]+/|resources/|robots\\.txt$)";

/** All that the shim has. */
const SHIM_PATHS = String.raw`^/shim/((sso|enter|return)\.php|style\.css|resources/[a-z]+\.(js|css))$`;

export interface NginxConfArgs {
  /** Public host name of the id site. */
  readonly domain: string;
  readonly keycloak: UpstreamEndpoint;
  /** @default no such server in the stack */
  readonly shim?: UpstreamEndpoint;
  /** Realm whose account console `/` leads to, and whose sessions `/logout` ends. */
  readonly homeRealm: string;
}

/**
 * `nginx.conf` for the id site: TLS after Mozilla's intermediate profile (version 5.7), plain HTTP only as a
 * redirect, unknown host names refused, and nothing but Keycloak's public paths let through.
 */
export function renderNginxConf(args: NginxConfArgs): string {
  const { domain, keycloak, shim, homeRealm } = args;
  const upstreams = shim === undefined ? [keycloak] : [keycloak, shim];
  const realmUrl = `https://${domain}/realms/${homeRealm}`;
  const accountConsole = `${realmUrl}/account/`;
  // Keycloak asks before it ends a session, since any site can send people here.
  const logout = new URL(`${realmUrl}/protocol/openid-connect/logout`);
  logout.search = String(
    new URLSearchParams({ client_id: "account-console", post_logout_redirect_uri: accountConsole }),
  );
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
    access_log /dev/stdout combined;
    server_tokens off;
    client_max_body_size 1m;
    keepalive_timeout 65s;
    # Keycloak's cookies and redirects make long headers.
    large_client_header_buffers 4 16k;

    client_body_temp_path /tmp/body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

    ssl_certificate /etc/sso-tls/tls.crt;
    ssl_certificate_key /etc/sso-tls/tls.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
    ssl_prefer_server_ciphers off;
    ssl_session_cache shared:tls:10m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;

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
        listen 8080 default_server;
        server_name _;
        return 444;
    }

    server {
        listen 8080;
        server_name ${domain};
        return 308 https://${domain}$request_uri;
    }

    server {
        listen 8443 ssl http2 default_server;
        server_name _;
        ssl_reject_handshake on;
    }

    server {
        listen 8443 ssl http2;
        server_name ${domain};

        add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;
        add_header X-Content-Type-Options nosniff always;
        add_header Referrer-Policy strict-origin-when-cross-origin always;
        add_header Permissions-Policy "camera=(), geolocation=(), microphone=()" always;

        location = / {
            return 302 ${accountConsole};
        }

        location = /logout {
            return 302 ${logout.href};
        }

        location ~ ${PUBLIC_PATHS} {
${passTo(keycloak, domain)}

            # nginx's own headers stand for these of Keycloak.
            proxy_hide_header Strict-Transport-Security;
            proxy_hide_header X-Content-Type-Options;
            proxy_hide_header Referrer-Policy;

            proxy_buffer_size 16k;
            proxy_buffers 8 16k;
            proxy_busy_buffers_size 32k;
        }
${shim === undefined ? "" : shimLocation(shim, domain)}
        location / {
            return 404;
        }
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

/** What a location says to pass requests on. */
function passTo({ host }: UpstreamEndpoint, domain: string): string {
  return `            proxy_pass https://${host};
            proxy_http_version 1.1;
            proxy_ssl_verify on;
            proxy_ssl_trusted_certificate /etc/sso-tls/ca.crt;
            proxy_ssl_name ${host};
            proxy_ssl_server_name on;
            proxy_ssl_protocols TLSv1.3;
            proxy_ssl_session_reuse on;

            # Set, never appended: what a client claims about itself is worth nothing.
            proxy_set_header Host ${domain};
            proxy_set_header Connection "";
            proxy_set_header Forwarded "";
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto https;
            proxy_set_header X-Forwarded-Host ${domain};
            proxy_set_header X-Forwarded-Port 443;`;
}

function shimLocation(shim: UpstreamEndpoint, domain: string): string {
  return `
        location ~ ${SHIM_PATHS} {
            # The query is a provider's answer with a person's data; the shim logs the rest.
            access_log off;
${passTo(shim, domain)}
        }
`;
}
