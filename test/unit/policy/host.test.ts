import { imageRules } from "../../../policy/rules/images.ts";
import { networkRules } from "../../../policy/rules/networks.ts";
import { statefulRules } from "../../../policy/rules/stateful.ts";
import { unknownCheckingProxy as unknown } from "../../../policy/unknown.ts";
import { testRules, UNKNOWN, without } from "./cases.ts";
import { ADMIN_SERVICE, DNS_JOB, JOB, NETWORK, REALM, SERVICE } from "./samples.ts";

testRules([...imageRules, ...networkRules, ...statefulRules], {
  "image-by-digest": {
    of: "container",
    passes: [
      { inputs: SERVICE },
      { inputs: { ...SERVICE, image: `debian@sha256:${"0".repeat(64)}` } },
      { inputs: unknown({ ...SERVICE, image: UNKNOWN }) },
    ],
    refused: [
      [{ inputs: { ...SERVICE, image: "nginx:1.22" } }, 'image is "nginx:1.22"'],
      [{ inputs: { ...JOB, image: "nginx" } }, 'image is "nginx"'],
      [{ inputs: { ...SERVICE, image: "sha256:abc" } }, 'image is "sha256:abc"'],
    ],
  },
  "image-of-our-own": {
    of: "remoteImage",
    passes: [
      { inputs: { name: "sso-dev/nginx:0123", build: { context: "components/nginx/image" } } },
      { inputs: { name: `debian@sha256:${"0".repeat(64)}` } },
    ],
    refused: [[{ inputs: { name: "nginx:latest" } }, '"nginx:latest" is pulled']],
  },
  "listed-networks": {
    of: "network",
    passes: [
      { inputs: NETWORK },
      { inputs: { name: "sso-production-edge" } },
      {
        inputs: {
          name: "sso-production-admin",
          options: { "com.docker.network.bridge.enable_ip_masquerade": "false" },
        },
      },
    ],
    refused: [
      [{ inputs: { name: "sso-production-egress" } }, "sso-production-egress is none of edge, identity"],
      [{ inputs: { ...NETWORK, internal: false } }, "internal must be true for data"],
      [{ inputs: { name: "sso-production-data" } }, "internal must be true for data"],
      [{ inputs: { name: "sso-production-mail" } }, "internal must be true for mail"],
      [{ inputs: { name: "sso-production-admin" } }, 'must be "false" for admin'],
      [{ inputs: { name: "company-edge" } }, "company-edge is none of edge"],
      [{ inputs: NETWORK, stack: "staging" }, "sso-production-data is none of edge"],
      [{ inputs: { name: "sso-production-edge", driver: "macvlan" } }, 'driver is "macvlan"; give bridge'],
      [{ inputs: { ...NETWORK, driver: "ipvlan" } }, 'driver is "ipvlan"; give bridge'],
      [
        { inputs: { ...NETWORK, options: { "com.docker.network.bridge.name": "br0" } } },
        "option com.docker.network.bridge.name may tie it",
      ],
    ],
  },
  "joined-networks": {
    of: "container",
    passes: [
      { inputs: SERVICE },
      { inputs: JOB },
      { inputs: DNS_JOB },
      { inputs: unknown({ ...SERVICE, networksAdvanced: [{ name: UNKNOWN }] }) },
      { inputs: unknown({ ...DNS_JOB, networkMode: UNKNOWN }) },
    ],
    refused: [
      [
        { inputs: { ...SERVICE, networksAdvanced: [{ name: "sso-production-data" }] } },
        "sso-production-data is not for it; allowed: edge, identity",
      ],
      [
        {
          inputs: {
            ...ADMIN_SERVICE,
            name: "sso-production-openldap",
            hostname: "openldap",
            networksAdvanced: [{ name: "sso-production-edge" }],
          },
        },
        "sso-production-edge is not for it; allowed: data",
      ],
      [
        { inputs: { ...SERVICE, networksAdvanced: [{ name: "company-edge" }] } },
        "company-edge is not for it",
      ],
      [
        { inputs: { ...ADMIN_SERVICE, name: "sso-staging-keycloak" }, stack: "staging" },
        "sso-production-data is not for it; allowed: identity, data, mail",
      ],
      [{ inputs: { ...SERVICE, name: "company-web" } }, "sso-production-edge is not for it; allowed: none"],
      [
        { inputs: { ...DNS_JOB, name: "company-dns-update" } },
        "sso-production-edge is not for it; allowed: none",
      ],
      [{ inputs: { ...SERVICE, networkMode: "company-lan" } }, "company-lan is not for it"],
      [{ inputs: { ...SERVICE, networksAdvanced: [] } }, "joins Docker's default one"],
      [{ inputs: without(JOB, "networkMode") }, "joins Docker's default one"],
      [
        { inputs: { ...JOB, networkMode: "sso-production-edge" } },
        "sso-production-edge is not for it; allowed: none",
      ],
    ],
  },
  "protected-volumes": {
    of: "volume",
    passes: [
      { inputs: { name: "sso-production-postgres-data" }, isProtected: true },
      { inputs: { name: "sso-production-nginx-config" } },
      { inputs: { name: "sso-dev-postgres-data" }, stack: "dev" },
      { inputs: { name: "sso-test-1a2b3c-ca" }, stack: "test-1a2b3c" },
    ],
    refused: [
      [
        { inputs: { name: "sso-production-postgres-data" } },
        "volume sso-production-postgres-data is not protected",
      ],
      [{ inputs: { name: "sso-production-ca" } }, "sso-production-ca is not protected"],
      [{ inputs: { name: "sso-staging-openldap-data" }, stack: "staging" }, "sso-staging-openldap-data"],
      [{ inputs: { name: "sso-developers-ca" }, stack: "developers" }, "sso-developers-ca"],
    ],
  },
  "protected-realms": {
    of: "realm",
    passes: [
      { inputs: REALM, isProtected: true },
      { inputs: REALM, stack: "dev" },
    ],
    refused: [[{ inputs: REALM, name: "realm-community-realm" }, "realm-community-realm is not protected"]],
  },
});
