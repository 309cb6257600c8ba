import {
  type MainCfArgs,
  renderAliasLookup,
  renderBounces,
  renderClients,
  renderDirectoryTunnel,
  renderMainCf,
  renderMasterCf,
  renderOpendkimConf,
  renderSaslConf,
  renderSmarthostLogin,
  renderSrsArguments,
} from "../../components/postfix/render.ts";

const ARGS: MainCfArgs = {
  hostname: "mx.example.org",
  aliasDomains: ["alias.example.org", "alias.example.net"],
  postmaster: "operators@example.com",
  smarthost: { host: "smtp.example.com", port: 587 },
  smarthostLogin: true,
  plusAddressing: false,
  maxMessageMiB: 25,
  messagesPerMinute: 1200,
};

const DIRECTORY = {
  url: "ldaps://openldap:1636",
  baseDn: "dc=example,dc=org",
  bindDn: "cn=postfix,ou=system,dc=example,dc=org",
};

/** Value of a parameter of main.cf; there may be one only. */
function valueOf(name: string, args: Partial<MainCfArgs> = {}): string | undefined {
  const values = [...renderMainCf({ ...ARGS, ...args }).matchAll(new RegExp(`^${name} =(.*)$`, "gm"))];
  expect(values.length).toBeLessThanOrEqual(1);
  return values[0]?.[1]?.trim();
}

const PORTS = { domain: "id.example.org" };

test.each([
  ["main.cf", renderMainCf(ARGS)],
  ["master.cf", renderMasterCf(PORTS)],
  ["aliases.cf", renderAliasLookup({ ...ARGS, directory: DIRECTORY, bindPassword: "given" })],
  ["directory.conf", renderDirectoryTunnel(DIRECTORY)],
  ["clients.cidr", renderClients(["192.0.2.0/24", "2001:db8::/32"])],
  ["bounces.regexp", renderBounces()],
  ["sasl/smtpd.conf", renderSaslConf()],
  ["opendkim.conf", renderOpendkimConf({ domains: ["example.org", "id.example.org"], selector: "sso" })],
  [
    "srs.args",
    renderSrsArguments({ domain: "alias.example.org", ownDomains: ["alias.example.org", "id.example.org"] }),
  ],
])("%s for a deployment", (_, text) => {
  expect(text).toMatchSnapshot();
});

describe("main.cf", () => {
  test("mail to domains of one's own way goes there, and no other mail", () => {
    expect(valueOf("transport_maps")).toBeUndefined();
    const exceptions = {
      domains: ["example.com", "example.net"],
      smarthost: { host: "smtp.example.net", port: 465 },
    };
    expect(valueOf("transport_maps", { exceptions })).toBe(
      "inline:{ { example.com = smtp:[smtp.example.net]:465 }, { example.net = smtp:[smtp.example.net]:465 } }",
    );
    expect(valueOf("relayhost", { exceptions })).toBe("[smtp.example.com]:587");
  });

  test("trusts no network and has no mailbox", () => {
    expect(valueOf("mynetworks")).toBe("");
    expect(valueOf("mydestination")).toBe("");
  });

  test("sends to the smarthost only, with its certificate checked", () => {
    expect(valueOf("relayhost")).toBe("[smtp.example.com]:587");
    expect(valueOf("smtp_tls_security_level")).toBe("secure");
    expect(valueOf("smtp_tls_secure_cert_match")).toBe("nexthop");
  });

  test("says what Debian's default leaves open to smuggling", () => {
    expect(valueOf("smtpd_forbid_bare_newline")).toBe("normalize");
    expect(valueOf("smtpd_forbid_bare_newline_exclusions")).toBe("");
  });

  test("a smarthost without a login is asked for none", () => {
    expect(valueOf("smtp_sasl_auth_enable")).toBe("yes");
    expect(valueOf("smtp_sasl_auth_enable", { smarthostLogin: false })).toBeUndefined();
  });

  test.each([
    [true, "+"],
    [false, ""],
  ])("plus addressing: %s", (plusAddressing, delimiter) => {
    expect(valueOf("recipient_delimiter", { plusAddressing })).toBe(delimiter);
  });

  test("limits in the units that Postfix counts in", () => {
    expect(valueOf("message_size_limit", { maxMessageMiB: 2 })).toBe("2097152");
    expect(valueOf("smtpd_client_message_rate_limit", { messagesPerMinute: 7 })).toBe("7");
  });
});

test("every daemon of master.cf runs without Postfix's chroot", () => {
  const rows = renderMasterCf(PORTS)
    .split("\n")
    .filter((row) => /^\w/.test(row))
    .map((row) => row.split(" "));
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(row[4]).toBe("n");
});

test("an alias is looked up as Postfix's own account, and never with a spam label", () => {
  const text = renderAliasLookup({ ...ARGS, directory: DIRECTORY, bindPassword: "given" });
  expect(text).toContain("\nversion = 3\n");
  expect(text).toContain("\ndomain = alias.example.org, alias.example.net\n");
  expect(text).toContain("(!(ssoSpamLabel=*))");
});

test("the directory is reached over TLS, with its name and certificate checked", () => {
  const text = renderDirectoryTunnel(DIRECTORY);
  expect(text).toContain("\nconnect = openldap:1636\n");
  expect(text).toContain("\nverifyChain = yes\n");
  expect(text).toContain("\ncheckHost = openldap\n");
});

test.each([
  ["SRS0=abcd=XY=example.com=someone@alias.example.org", true],
  ["srs1+abcd=x.example==efgh=XY=example.com=someone@alias.example.org", true],
  ['"SRS0-abcd=XY=example.com=someone"@alias.example.org', true],
  ["srs0@alias.example.org", false],
  ["ada@alias.example.org", false],
])("bounces.regexp and %s: %s", (address, matches) => {
  const [, pattern = ""] = /^\/(.*)\/ bounces_only$/m.exec(renderBounces()) ?? [];
  expect(new RegExp(pattern, "i").test(address)).toBe(matches); // regexp_table(5): case does not count
});

test("the domain of rewritten senders is not among those left alone, or nothing would be returned", () => {
  expect(renderSrsArguments({ domain: "a.example", ownDomains: ["a.example", "b.example"] })).toBe(
    "-da.example\n-Xb.example\n-f10001\n-r10002\n",
  );
});

describe("smarthost.login", () => {
  test("is a line that Postfix finds by its next hop", () => {
    expect(renderSmarthostLogin(ARGS.smarthost, "relay", "a b:c=")).toBe(
      "[smtp.example.com]:587 relay:a b:c=\n",
    );
  });

  test.each([
    ["canary:user", "fine", /username has a space or colon/],
    ["canary user", "fine", /username has a space or colon/],
    ["relay", "canary\n[other]:25 x:y", /password begins or ends with a space, or has a line end/],
    ["relay", " canary", /password begins or ends with a space/],
  ])("%j with %j is refused, without a word of it", (username, password, message) => {
    const render = (): string => renderSmarthostLogin(ARGS.smarthost, username, password);
    expect(render).toThrow(message);
    expect(render).not.toThrow(/canary/);
  });
});
