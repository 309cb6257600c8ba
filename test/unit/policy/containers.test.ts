import { hardeningRules } from "../../../policy/rules/hardening.ts";
import { portRules } from "../../../policy/rules/ports.ts";
import { testRules, without } from "./cases.ts";
import { ADMIN_SERVICE, JOB, ROOT_SERVICE, SERVICE } from "./samples.ts";

const called = (service: string, more: object = {}): object => ({
  ...SERVICE,
  name: `sso-production-${service}`,
  hostname: service,
  ...more,
});

const port = (more: object): object => ({ ...SERVICE, ports: [{ ...SERVICE.ports[0], ...more }] });

testRules([...portRules, ...hardeningRules], {
  "published-ports": {
    of: "container",
    passes: [{ inputs: SERVICE }, { inputs: ADMIN_SERVICE }, { inputs: ROOT_SERVICE }, { inputs: JOB }],
    refused: [
      [{ inputs: port({ external: 8080 }) }, "port 8080 on 192.0.2.10: nginx publishes only 80 and 443"],
      [{ inputs: called("openldap") }, "openldap publishes none"],
      [{ inputs: called("someone") }, "someone publishes none"],
      [
        { inputs: { ...ROOT_SERVICE, name: "company-mail" } },
        "port 25 on 192.0.2.10: postfix publishes none",
      ],
      [{ inputs: { ...ROOT_SERVICE, hostname: "nginx" } }, "port 25 on 192.0.2.10: nginx publishes none"],
      [{ inputs: without(port({}), "hostname" as never) }, "sso-production-nginx publishes none"],
      [
        { inputs: { ...SERVICE, ports: [{ internal: 8443 }] } },
        "port of the engine's choice on every address",
      ],
      [{ inputs: { ...JOB, ports: SERVICE.ports } }, "port 80"],
    ],
  },
  "administration-on-loopback": {
    of: "container",
    passes: [{ inputs: SERVICE }, { inputs: ADMIN_SERVICE }, { inputs: { ...ADMIN_SERVICE, ports: [] } }],
    refused: [
      [
        { inputs: { ...ADMIN_SERVICE, ports: [{ ip: "192.0.2.10", external: 18443, internal: 8443 }] } },
        "administration port 18443 on 192.0.2.10",
      ],
      [{ inputs: { ...ADMIN_SERVICE, ports: [{ external: 18443, internal: 8443 }] } }, "on every address"],
      [
        { inputs: called("postgres", { ports: [{ ip: "10.0.0.1", internal: 5432 }] }) },
        "administration port 5432 on 10.0.0.1",
      ],
    ],
  },
  "ports-on-own-address": {
    of: "container",
    passes: [{ inputs: SERVICE }],
    refused: [
      [{ inputs: port({ ip: "0.0.0.0" }) }, "port 80 on every address"],
      [{ inputs: port({ ip: "::" }) }, "port 80 on every address"],
      [{ inputs: port({ ip: undefined }) }, "port 80 on every address"],
      [{ inputs: { ...SERVICE, publishAllPorts: true } }, "publishAllPorts is on"],
    ],
  },
  "read-only-root": {
    of: "container",
    passes: [{ inputs: SERVICE }, { inputs: JOB }],
    refused: [
      [{ inputs: { ...SERVICE, readOnly: false } }, "readOnly is false"],
      [{ inputs: without(SERVICE, "readOnly") }, "readOnly is nothing"],
      [{ inputs: { ...JOB, uploads: [] } }, "readOnly is false"],
    ],
  },
  capabilities: {
    of: "container",
    passes: [{ inputs: SERVICE }, { inputs: ROOT_SERVICE }, { inputs: JOB }],
    refused: [
      [{ inputs: { ...SERVICE, privileged: true } }, "privileged is true"],
      [{ inputs: without(SERVICE, "capabilities") }, "capabilities.drops is nothing; drop ALL"],
      [
        { inputs: { ...SERVICE, capabilities: { drops: ["ALL"], adds: ["CAP_NET_ADMIN"] } } },
        "capabilities.adds has CAP_NET_ADMIN; allowed: none",
      ],
      [
        { inputs: { ...ROOT_SERVICE, name: "company-mail" } },
        "capabilities.adds has CAP_KILL, CAP_SETGID, CAP_SETUID; allowed: none",
      ],
      [{ inputs: ROOT_SERVICE, stack: "staging" }, "capabilities.adds has CAP_KILL"],
      [
        { inputs: { ...JOB, capabilities: { drops: ["ALL"], adds: ["CAP_SYS_ADMIN", "CAP_CHOWN"] } } },
        "capabilities.adds has CAP_SYS_ADMIN; allowed: CAP_CHOWN",
      ],
    ],
  },
  "no-new-privileges": {
    of: "container",
    passes: [{ inputs: SERVICE }, { inputs: JOB }],
    refused: [
      [{ inputs: without(SERVICE, "securityOpts") }, "add no-new-privileges:true"],
      [{ inputs: { ...JOB, securityOpts: [] } }, "add no-new-privileges:true"],
      [
        { inputs: { ...SERVICE, securityOpts: ["no-new-privileges:true", "seccomp=unconfined"] } },
        "turns a profile off",
      ],
    ],
  },
  "own-name": {
    of: "container",
    passes: [
      { inputs: SERVICE },
      { inputs: { ...SERVICE, name: "sso-test-1a-nginx" }, stack: "Test-1a" },
      { inputs: JOB },
    ],
    refused: [
      [
        { inputs: { ...ROOT_SERVICE, name: "company-mail" } },
        'name is "company-mail"; give sso-production-postfix',
      ],
      [{ inputs: SERVICE, stack: "staging" }, 'name is "sso-production-nginx"; give sso-staging-nginx'],
      [{ inputs: without(SERVICE, "name") }, "name is nothing"],
    ],
  },
  "own-user": {
    of: "container",
    passes: [
      { inputs: SERVICE },
      { inputs: { ...SERVICE, groupAdds: ["7090"] } },
      { inputs: ROOT_SERVICE },
      { inputs: JOB },
    ],
    refused: [
      [{ inputs: { ...ROOT_SERVICE, name: "company-mail" } }, 'user is "0:0"'],
      [{ inputs: { ...SERVICE, groupAdds: ["7090", "0"] } }, 'groupAdds is ["7090","0"]'],
      [{ inputs: { ...SERVICE, groupAdds: ["root"] } }, 'groupAdds is ["root"]'],
      [{ inputs: { ...SERVICE, user: "0:0" } }, 'user is "0:0"'],
      [{ inputs: { ...SERVICE, user: "7040:0" } }, 'user is "7040:0"'],
      [{ inputs: { ...SERVICE, user: "root" } }, 'user is "root"'],
      [{ inputs: without(SERVICE, "user") }, "user is nothing"],
    ],
  },
  "memory-limit": {
    of: "container",
    passes: [{ inputs: SERVICE }, { inputs: JOB }],
    refused: [
      [{ inputs: without(SERVICE, "memory", "memorySwap") }, "memory is not limited"],
      [{ inputs: { ...JOB, memorySwap: -1 } }, "memorySwap is -1"],
    ],
  },
  "process-limits": {
    of: "container",
    passes: [{ inputs: SERVICE }, { inputs: JOB }],
    refused: [
      [{ inputs: { ...SERVICE, ulimits: SERVICE.ulimits.slice(0, 1) } }, "no ulimit nproc"],
      [{ inputs: without(SERVICE, "ulimits") }, "no ulimit nofile"],
      [
        { inputs: { ...SERVICE, ulimits: SERVICE.ulimits.map((limit) => ({ ...limit, hard: -1 })) } },
        "no ulimit nofile",
      ],
      [{ inputs: without(JOB, "ulimits") }, "no ulimit nproc"],
    ],
  },
  healthcheck: {
    of: "container",
    passes: [{ inputs: SERVICE }, { inputs: JOB }],
    refused: [
      [{ inputs: without(SERVICE, "healthcheck") }, "no healthcheck"],
      [{ inputs: { ...SERVICE, healthcheck: { tests: ["NONE"] } } }, "turned off"],
      [{ inputs: { ...SERVICE, wait: false } }, "wait is false"],
    ],
  },
  "log-rotation": {
    of: "container",
    passes: [{ inputs: SERVICE }, { inputs: JOB }],
    refused: [
      [{ inputs: without(SERVICE, "logOpts") }, "give json-file with max-size and max-file"],
      [{ inputs: { ...SERVICE, logDriver: "syslog" } }, 'logDriver is "syslog"'],
      [{ inputs: { ...SERVICE, logOpts: { "max-size": "10m" } } }, "max-file"],
      [{ inputs: without(JOB, "logDriver", "logOpts") }, "logDriver is nothing with nothing"],
    ],
  },
  "restart-policy": {
    of: "container",
    passes: [{ inputs: SERVICE }, { inputs: JOB }],
    refused: [
      [{ inputs: { ...SERVICE, restart: "no" } }, 'restart is "no"'],
      [{ inputs: { ...JOB, restart: "always" } }, 'restart is "always"'],
    ],
  },
});
