import { Naming } from "../../components/host/naming.ts";
import { docker, untilHealthy } from "../stack/containers.ts";
import { adminApi } from "../stack/keycloak.ts";
import { OPENID, PINNED, UBUNTU_ONE } from "../stack/outside.ts";
import { honest, outsideKey, responseOf, type Said, sign } from "../stack/saml-response.ts";
import { leftFor, ShimLogin, type Tampering, type Verdict } from "../stack/shim-login.ts";
import { sharedStack } from "../stack/shared.ts";
import { claimedIdOf, pageOf, startUbuntuOne } from "../stack/ubuntu-one.ts";
import { fetchOf, formOf, textOf, Visitor } from "../stack/visitor.ts";

const stack = sharedStack();
const naming = new Naming(stack.name);
const homeOn = (page: string): string | undefined => /id="home" href="([^"]*)"/.exec(page)?.[1];
const newLogin = (): ShimLogin => new ShimLogin(stack, new Visitor(stack));

/** A name that the stack's own Keycloak has on its network, as a rebound name of the Internet could lead there. */
const INSIDE = `${naming.of("keycloak")}.${naming.of("identity")}`;

let removeUbuntuOne: () => void;

beforeAll(async () => {
  const person = { email: "x@attack.test", fullname: "X", timezone: "UTC", teams: [] };
  removeUbuntuOne = await startUbuntuOne(stack, {
    victim: { ...person, nickname: "victim" },
    eve: { ...person, nickname: "eve" },
  });
});

afterAll(() => {
  removeUbuntuOne();
});

/** A whole login by Ubuntu One that the provider answers as it is told. */
async function answered(tampering: Tampering): Promise<Verdict> {
  const login = newLogin();
  return login.bring(await login.approve(await login.leave(UBUNTU_ONE), "eve", tampering));
}

describe("answers of a provider", () => {
  test("control: an honest one logs in, encrypted for Keycloak", async () => {
    const login = newLogin();
    const verdict = await login.bring(await login.approve(await login.leave(UBUNTU_ONE), "eve"));
    expect(verdict).toMatchObject({ isSuccess: true, message: "" });
    const response = Buffer.from(verdict.form.fields.SAMLResponse ?? "", "base64").toString();
    expect(response).toContain("EncryptedAssertion");
    expect(response).not.toContain("x@attack.test");
    expect(formOf(await login.handOn(verdict)).fields).toMatchObject({
      username: "eve",
      email: "x@attack.test",
    });
  });

  test("control: so does one of a provider that settings pin, whoever it is", async () => {
    const login = newLogin();
    const verdict = await login.bring(await login.approve(await login.leave(PINNED), "eve"));
    expect(verdict).toMatchObject({ isSuccess: true, message: "" });
    expect(formOf(await login.handOn(verdict)).fields).toMatchObject({ username: "eve" });
  });

  test.each<[string, Tampering, string]>([
    [
      "a forged op_endpoint",
      { fields: { op_endpoint: pageOf("/+other") } },
      "the answer is from another provider",
    ],
    [
      "an answer for another login",
      { fields: { return_to: `https://${stack.domain}/shim/return.php?state=x` } },
      "the answer was for another login",
    ],
    [
      "an identity of another provider",
      { fields: { claimed_id: pageOf("/other/victim"), identity: pageOf("/other/victim") } },
      "the provider may not speak for the claimed identifier",
    ],
    [
      "an old nonce",
      { fields: { response_nonce: "2020-01-01T00:00:00Zabc" } },
      "the answer is too old, or the clock of the provider is wrong",
    ],
    ["no claimed_id", { fields: { claimed_id: null } }, "the answer is not signed over claimed_id"],
    ...["op_endpoint", "return_to", "response_nonce", "assoc_handle", "claimed_id", "identity"].map(
      (name): [string, Tampering, string] => [
        `unsigned ${name}`,
        { unsigned: [name] },
        `the answer is not signed over ${name}`,
      ],
    ),
  ])("%s is refused, although its signature fits", async (_, tampering, message) => {
    expect(await answered(tampering)).toMatchObject({ isSuccess: false, message });
  });

  test("what the browser changes on the way is refused", async () => {
    for (const [field, value] of Object.entries({
      "openid.sreg.email": "root@attack.test",
      "openid.sig": Buffer.alloc(32).toString("base64"),
      "openid.assoc_handle": "made-up",
    })) {
      const login = newLogin();
      const answer = await login.approve(await login.leave(UBUNTU_ONE), "eve");
      answer.searchParams.set(field, value);
      expect(await login.bring(answer)).toMatchObject({
        isSuccess: false,
        message: "the signature of the answer does not fit",
      });
    }
  });

  test("an e-mail address that is not signed is not passed on", async () => {
    const login = newLogin();
    const verdict = await login.bring(
      await login.approve(await login.leave(UBUNTU_ONE), "eve", { unsigned: ["sreg.email"] }),
    );
    expect(formOf(await login.handOn(verdict)).fields).toMatchObject({ username: "eve", email: "" });
  });

  test("a provider of one's own does not speak for another's people", async () => {
    const tampering = { fields: { claimed_id: claimedIdOf("victim"), identity: claimedIdOf("victim") } };
    const attempt = async (told: Tampering): Promise<Verdict> => {
      const login = newLogin();
      const asked = leftFor(await login.enter(OPENID, pageOf("/other/eve")));
      return login.bring(await login.approve(asked, "eve", told));
    };
    expect((await attempt({})).isSuccess).toBe(true); // control
    expect(await attempt(tampering)).toMatchObject({
      isSuccess: false,
      message: "the provider may not speak for the claimed identifier",
    });
  });

  test("a nonce is good once", async () => {
    const first = newLogin();
    const answer = await first.approve(await first.leave(UBUNTU_ONE), "eve");
    const nonce = answer.searchParams.get("openid.response_nonce") ?? "";
    const again = { fields: { response_nonce: nonce } };
    // Control: nobody has used it yet, so it is no worse in this login than in its own.
    expect((await answered(again)).isSuccess).toBe(true);
    expect(await first.bring(answer)).toMatchObject({ message: "the answer has been used before" });
  });

  test("an answer is taken from the browser that asked, and once", async () => {
    const visitor = new Visitor(stack);
    const login = new ShimLogin(stack, visitor);
    const answer = await login.approve(await login.leave(UBUNTU_ONE), "eve");
    const other = await new Visitor(stack).open(answer);
    expect(other.page).not.toContain("SAMLResponse");
    expect(textOf(other.page)).toContain("Please start again");
    expect((await login.bring(answer)).isSuccess).toBe(true); // control
    expect(textOf((await visitor.open(answer)).page)).toContain("Please start again");
  });

  test("nonces survive a restart", async () => {
    const nonce = `${new Date().toISOString().replace(/\.\d+/, "")}restart`;
    expect((await answered({ fields: { response_nonce: nonce } })).isSuccess).toBe(true);
    docker("restart", naming.of("simplesamlphp"));
    await untilHealthy(naming.of("simplesamlphp"));
    expect(await answered({ fields: { response_nonce: nonce } })).toMatchObject({
      message: "the answer has been used before",
    });
  });
});

/** What people hand to Keycloak as the shim's word. */
describe("responses in the shim's name", () => {
  const endpointOf = (alias: string): string =>
    `https://${stack.domain}/realms/developers/broker/${alias}/endpoint`;

  /** Whom Keycloak believes in after a login by Ubuntu One was answered with a response; nobody where it is refused. */
  async function believedIn(make: (requestId: string) => Promise<string> | string): Promise<string> {
    const visitor = new Visitor(stack);
    const { fields } = await new ShimLogin(stack, visitor).request(UBUNTU_ONE);
    const request = Buffer.from(fields.SAMLRequest ?? "", "base64").toString();
    const [, requestId = ""] = / ID="([^"]+)"/.exec(request) ?? [];
    const SAMLResponse = await make(requestId);
    const { page, url, status } = await visitor.submit({
      action: endpointOf(UBUNTU_ONE),
      fields: { SAMLResponse, RelayState: fields.RelayState ?? "" },
    });
    if (!page.includes("kc-idp-review-profile-form")) return "nobody";
    return formOf({ page, url, status }).fields.username ?? "";
  }

  const said = (requestId: string): Said => ({
    ...honest(stack, requestId),
    nameId: claimedIdOf("victim"),
    issuer: `https://${stack.domain}/shim`,
    audience: `https://${stack.domain}/realms/developers/broker/${UBUNTU_ONE}`,
    recipient: endpointOf(UBUNTU_ONE),
    destination: endpointOf(UBUNTU_ONE),
  });
  const encoded = (xml: string): string => Buffer.from(xml).toString("base64");
  const signed = (id: string, key: string): string =>
    encoded(sign(sign(responseOf(said(id)), "Assertion", key), "Response", key));
  const shimKey = (): string =>
    docker("exec", naming.of("simplesamlphp"), "cat", "/var/lib/shim/signing.key");

  const unsigned = (id: string): string => encoded(responseOf(said(id)));
  const signedByOther = (id: string): string => signed(id, outsideKey(stack));
  const signedByShim = (id: string): string => signed(id, shimKey());

  test.each([
    ["unsigned", unsigned],
    ["signed by another provider of the realm", signedByOther],
    ["that anybody encrypted nothing of, even if the shim's own key signed it", signedByShim],
  ])("%s are refused", async (_, make) => {
    expect(await believedIn(make)).toBe("nobody");
  });

  test("where none need be encrypted, those that the shim's own key signed are believed, and no others", async () => {
    const api = adminApi(stack);
    const instance = `/developers/identity-provider/instances/${UBUNTU_ONE}`;
    const provider = await api.get<{ config: Record<string, string> }>(instance);
    const config = { ...provider.config, wantAssertionsEncrypted: "false" };
    await api.put(instance, { ...provider, config });
    try {
      expect(await believedIn(unsigned)).toBe("nobody");
      expect(await believedIn(signedByOther)).toBe("nobody");
      expect(await believedIn(signedByShim)).toBe(claimedIdOf("victim")); // positive control
    } finally {
      await api.put(instance, provider);
    }
  });

  test("are good for the provider and the login that they were made for alone", async () => {
    const login = newLogin();
    const asked = leftFor(await login.enter(OPENID, pageOf("/other/eve")));
    const verdict = await login.bring(await login.approve(asked, "eve"));
    const response = verdict.form.fields.SAMLResponse ?? "";
    expect(await believedIn(() => response)).toBe("nobody");
    const ofUbuntuOne = newLogin();
    const other = await ofUbuntuOne.bring(
      await ofUbuntuOne.approve(await ofUbuntuOne.leave(UBUNTU_ONE), "eve"),
    );
    expect(await believedIn(() => other.form.fields.SAMLResponse ?? "")).toBe("nobody");
    for (const [each, made] of [
      [login, verdict],
      [ofUbuntuOne, other],
    ] as const)
      expect(formOf(await each.handOn(made)).fields.username).toBe("eve"); // positive control
  });
});

describe("discovery", () => {
  /** What the page says to an OpenID that was entered; fails where the person was sent on. */
  async function refusalOf(openid: string): Promise<string> {
    const { leftFor: left, page } = await newLogin().enter(OPENID, openid);
    expect(left).toBeUndefined();
    return textOf(page);
  }

  test("control: an identifier of the stand-in leads to it", async () => {
    expect(leftFor(await newLogin().enter(OPENID, claimedIdOf("eve"))).pathname).toBe("/+openid");
  });

  const to = (url: string): string => pageOf(`/to?url=${encodeURIComponent(url)}`);
  const xrdsAt = (url: string): string => pageOf(`/xrds-at?url=${encodeURIComponent(url)}`);
  const METADATA = "https://169.254.169.254/latest/meta-data/";
  const NO_NAME = "only https with the name of a host";
  const NOT_PUBLIC = `${INSIDE}: not a public address`;

  test.each([
    ["a link-local address", METADATA, NO_NAME],
    ["the loopback", "https://127.0.0.1/", NO_NAME],
    ["the loopback, as a number", "https://2130706433/", NO_NAME],
    ["the loopback of IPv6", "https://[::1]/", NO_NAME],
    ["a link-local address of IPv6", "https://[fe80::1]/", NO_NAME],
    ["a service of the stack", "https://keycloak:8443/", NO_NAME],
    ["plain HTTP", `http://${INSIDE}/`, NO_NAME],
    ["a name with a private address", `https://${INSIDE}:8443/`, NOT_PUBLIC],
    ["a redirect to a link-local address", to(METADATA), NO_NAME],
    ["a redirect to plain HTTP", to("http://169.254.169.254/"), NO_NAME],
    ["a redirect to a file", to("file:///etc/passwd"), NO_NAME],
    ["a redirect to a name with a private address", to(`https://${INSIDE}:8443/`), NOT_PUBLIC],
    ["an XRDS document at a link-local address", xrdsAt(METADATA), NO_NAME],
    ["an XRDS document at a private address", xrdsAt(`https://${INSIDE}:8443/`), NOT_PUBLIC],
    ["redirects without end", pageOf("/loop"), "too many redirects"],
    ["an XRDS document without end", pageOf("/endless"), "its answer is too long"],
  ])("%s is refused", async (_, openid, message) => {
    expect(await refusalOf(openid)).toContain(message);
  });

  test("a slow answer is not waited for", async () => {
    const start = Date.now();
    expect(await refusalOf(pageOf("/slow"))).toContain("Timeout was reached");
    expect(Date.now() - start).toBeLessThan(20_000);
  });
});

describe("requests to the shim", () => {
  test("only what Keycloak signed is taken", async () => {
    const visitor = new Visitor(stack);
    const { action, fields } = await new ShimLogin(stack, visitor).request(UBUNTU_ONE);
    const request = Buffer.from(fields.SAMLRequest ?? "", "base64").toString();
    const variants = {
      unsigned: request.replace(/<(\w+:)?Signature[\s\S]*<\/(\w+:)?Signature>/, ""),
      changed: request.replace(/ID="ID_/, 'ID="ID_0'),
    };
    for (const variant of Object.values(variants)) {
      expect(variant).not.toBe(request);
      const SAMLRequest = Buffer.from(variant).toString("base64");
      const arrival = await visitor.submit({ action, fields: { ...fields, SAMLRequest } });
      expect(arrival.leftFor).toBeUndefined();
      expect(arrival.page).not.toContain("SAMLResponse");
    }
    leftFor(await visitor.submit({ action, fields })); // control
  });

  test("nobody is logged in who did not ask", async () => {
    const entityId = `https://${stack.domain}/realms/developers/broker/${UBUNTU_ONE}`;
    const url = `https://${stack.domain}/shim/sso.php?spentityid=${encodeURIComponent(entityId)}`;
    const { status, page } = await new Visitor(stack).open(url);
    expect([status, homeOn(page)]).toEqual([400, "/"]);
  });

  test.each(["enter.php", "enter.php?state=_x", "return.php?state=_x", "sso.php"])(
    "%s without a login leads to where one begins",
    async (path) => {
      const { status, page } = await new Visitor(stack).open(`https://${stack.domain}/shim/${path}`);
      expect(textOf(page)).toContain("Please start again");
      expect([status, homeOn(page)]).toEqual([400, "/"]);
    },
  );

  test.each([
    "/shim/",
    "/shim/alive.php",
    "/shim/module.php/core/frontpage_welcome.php",
    "/shim/admin/index.php",
    "/shim/saml2/idp/metadata.php",
    "/shim/saml2/idp/SSOService.php",
    "/shim/sso.php/../admin/index.php",
    "/simplesaml/admin/",
  ])("%s is not found", async (path) => {
    const { status } = await new Visitor(stack).open(`https://${stack.domain}${path}`);
    expect(status).toBe(404);
  });

  test("its pages may not be framed and run no scripts of others", async () => {
    const { headers } = await fetchOf(stack)(`https://${stack.domain}/shim/style.css`);
    const policy = headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
  });
});
