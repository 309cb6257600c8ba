import type { UpstreamEndpoint } from "../endpoints.ts";
import { OWN_PAGES, PAGES, SITES } from "./files.ts";

/**
 * What the public may ask Keycloak for; everything else, the admin console and API first, is not found. No path has a
 * semicolon (`\x3b`, as nginx has a use for the sign itself): some servers take what follows one for parameters, and
 * `master;x` for `master`.
 */
const PUBLIC_PATHS = String.raw`^/(realms/(?!master/)[a-z0-9-]+/[^\x3b]*|resources/[^\x3b]*|robots\.txt)$`;

/** The admin console and API, and the realm that its people log in to. */
const ADMIN_PATHS = "^/(admin|realms/master)(/|$)";

/** All that the shim has. */
const SHIM_PATHS = String.raw`^/shim/((sso|enter|return)\.php|style\.css|resources/[a-z]+\.(js|css))$`;

/** Most requests to the shim of one client that are answered at a time, so that it leaves workers to others. */
const SHIM_REQUESTS_AT_ONCE = 3;

/** Media type of a file by the end of its name. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  html: "text/html",
  json: "application/json",
  xml: "application/xml",
};

/** Headers of every answer. */
const HEADERS: Readonly<Record<string, string>> = {
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
};

/** What nginx's own pages may load: nothing but the style in them. */
const OWN_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

function headers(indent: string, all: Readonly<Record<string, string>>): string {
  return Object.entries(all)
    .map(([name, value]) => `${indent}add_header ${name} "${value}" always;\n`)
    .join("");
}

/** Headers of what nginx itself answers. A location that adds a header has only its own. */
export function ownHeaders(): string {
  return headers("        ", { ...HEADERS, "Content-Security-Policy": OWN_POLICY });
}

export function keycloakLocation(keycloak: UpstreamEndpoint, domain: string): string {
  return `
        location ~ ${PUBLIC_PATHS} {
${passToKeycloak(keycloak, domain)}
        }
`;
}

/** The admin console, for whom `$is_admin` says so; to others it is not there. */
export function adminLocation(keycloak: UpstreamEndpoint, domain: string): string {
  return `
        location ~ ${ADMIN_PATHS} {
            if ($is_admin = 0) {
                return 404;
            }
${passToKeycloak(keycloak, domain)}
        }
`;
}

/**
 * The shim has eight workers, each of which waits for an outside provider for as long as half a minute, also when whoever
 * asked has gone.
 */
export function shimLocation(shim: UpstreamEndpoint, domain: string): string {
  return `
        location ~ ${SHIM_PATHS} {
            limit_conn shim ${SHIM_REQUESTS_AT_ONCE};
            proxy_ignore_client_abort on;
${passTo(shim, domain)}
        }
`;
}

export function linkLocations(links: Readonly<Record<string, string>>): string {
  return Object.entries(links)
    .map(
      ([name, url]) => `
        location = /${name} {
            return 302 "${quoted(url)}";
        }
`,
    )
    .join("");
}

/** A URL inside quotes, where nginx would take `$` for a variable and a backslash for an escape. */
function quoted(url: string): string {
  return new URL(url).href.replaceAll("$", "%24").replaceAll("\\", "%5C");
}

/** Locations of a site's files, which are mounted under their own names. */
export function fileLocations(domain: string, files: Readonly<Record<string, string>>): string {
  return Object.keys(files)
    .map(
      (name) => `
        location = /${name} {
            root ${SITES}/${domain};
            default_type "${MEDIA_TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "text/plain"}; charset=utf-8";
        }
`,
    )
    .join("");
}

/** nginx's own pages: Keycloak is away, or a client has had its share. */
export function pages(): string {
  const added = { ...HEADERS, "Content-Security-Policy": OWN_POLICY, "Retry-After": "60" };
  const locations = Object.keys(OWN_PAGES).map(
    (name) => `
        location = /${name} {
            internal;
            root ${PAGES};
            default_type "text/html; charset=utf-8";
${headers("            ", added)}        }
`,
  );
  return `
        error_page 502 504 =503 /maintenance.html;
        error_page 429 /busy.html;
${locations.join("")}`;
}

function passToKeycloak(keycloak: UpstreamEndpoint, domain: string): string {
  return `${passTo(keycloak, domain)}

            proxy_buffer_size 16k;
            proxy_buffers 8 16k;
            proxy_busy_buffers_size 32k;`;
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
            proxy_set_header X-Forwarded-Port 443;
            proxy_set_header X-Forwarded-Prefix "";

            # The server behind has a policy of its own for its pages.
${headers("            ", HEADERS).trimEnd()}
            proxy_hide_header Strict-Transport-Security;
            proxy_hide_header X-Content-Type-Options;
            proxy_hide_header Referrer-Policy;`;
}
