import * as crypto from "node:crypto";
import { loginUrl } from "../stack/authorization.ts";
import { adminApi } from "../stack/keycloak.ts";
import { UNIVERSITY } from "../stack/outside.ts";
import {
  honest,
  outsideKey,
  responseOf,
  type Said,
  sign,
  wrap,
  WRAPPING_NUMBERS,
} from "../stack/saml-response.ts";
import { sharedStack } from "../stack/shared.ts";
import { type Arrival, formOf, Visitor } from "../stack/visitor.ts";

/** Responses that an attacker hands to the broker realm in the name of the outside SAML identity provider. */
const stack = sharedStack();
const api = adminApi(stack);
const KEY = outsideKey(stack);
const VICTIM = "victim";

/** A login that the broker realm has begun, and waits for an answer to. */
interface Begun {
  readonly visitor: Visitor;
  readonly requestId: string;
  readonly relayState: string;
}

async function begin(): Promise<Begun> {
  const visitor = new Visitor(stack);
  const url = new URL(loginUrl(stack, "developers"));
  url.searchParams.set("kc_idp_hint", UNIVERSITY);
  const { fields } = formOf(await visitor.open(url));
  const request = Buffer.from(fields.SAMLRequest ?? "", "base64").toString();
  const [, requestId = ""] = / ID="([^"]+)"/.exec(request) ?? [];
  return { visitor, requestId, relayState: fields.RelayState ?? "" };
}

function hand({ visitor, requestId, relayState }: Begun, xml: string): Promise<Arrival> {
  return visitor.submit({
    action: honest(stack, requestId).recipient,
    fields: { SAMLResponse: Buffer.from(xml).toString("base64"), RelayState: relayState },
  });
}

/** Whom a response made the broker realm believe in: who is asked for a profile; nobody where it was refused. */
function believedIn({ page, url, status }: Arrival): string {
  if (!page.includes("kc-idp-review-profile-form")) return "nobody";
  return formOf({ page, url, status }).fields.username ?? "";
}

/** Answers a login with a response made of what is said. */
async function answer(make: (said: Said) => string): Promise<string> {
  const login = await begin();
  return believedIn(await hand(login, make(honest(stack, login.requestId))));
}

const signed = (said: Said, key = KEY): string => sign(responseOf(said), "Assertion", key);

test.each(["Assertion", "Response"] as const)("control: a signed %s is believed", async (element) => {
  const both = (said: Said): string => {
    const assertion = signed(said);
    return element === "Assertion" ? assertion : sign(assertion, "Response", KEY);
  };
  expect(await answer(both)).toBe("eve");
});

const OTHER = "https://other.example.org/";

test.each<[string, (said: Said) => string]>([
  ["unsigned", (said) => responseOf({ ...said, nameId: VICTIM })],
  ["signed on the outside only", (said) => sign(responseOf(said), "Response", KEY)],
  ["changed after it was signed", (said) => signed(said).replace(">eve<", `>${VICTIM}<`)],
  ["signed with another key", (said) => signed({ ...said, nameId: VICTIM }, newKey())],
  ["for another audience", (said) => signed({ ...said, audience: OTHER })],
  ["for another destination", (said) => signed({ ...said, destination: OTHER })],
  ["from another issuer", (said) => signed({ ...said, issuer: OTHER })],
  ["to another request", (said) => signed({ ...said, inResponseTo: "_another" })],
  ["to no request", (said) => signed(said).replace(/ InResponseTo="[^"]*">/, ">")],
  ["too old", (said) => signed({ ...said, notBefore: past(60), notOnOrAfter: past(30) })],
  ["too early", (said) => signed({ ...said, notBefore: past(-30), notOnOrAfter: past(-60) })],
  ["for another recipient", (said) => signed({ ...said, recipient: OTHER })],
])("a response %s is refused", async (_, make) => {
  expect(await answer(make)).toBe("nobody");
});

test("a comment does not cut a name short", async () => {
  // The signature is not over comments (exclusive canonicalization), so anyone may put one in.
  const make = (said: Said): string =>
    signed({ ...said, nameId: `${VICTIM}.eve` }).replace(".eve<", "<!---->.eve<");
  expect(await answer(make)).toBe(`${VICTIM}.eve`);
});

function past(minutes: number): Date {
  return new Date(Date.now() - minutes * 60_000);
}

function newKey(): string {
  const { privateKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs8", format: "pem" });
}

test.each(WRAPPING_NUMBERS)("signature wrapping %i makes nobody believe in the victim", async (number) => {
  expect(await answer((said) => wrap(said, number, VICTIM, KEY))).not.toBe(VICTIM);
});

test("a response is good once", async () => {
  const login = await begin();
  const response = signed(honest(stack, login.requestId));
  expect(believedIn(await hand(login, response))).toBe("eve"); // control
  expect(believedIn(await hand(login, response))).toBe("nobody");
  expect(believedIn(await hand(await begin(), response))).toBe("nobody");
});

test("control: without the checks of signatures the attacks would work", async () => {
  const instance = `/developers/identity-provider/instances/${UNIVERSITY}`;
  const provider = await api.get<{ config: Record<string, string> }>(instance);
  const config = { ...provider.config, validateSignature: "false", wantAssertionsSigned: "false" };
  await api.put(instance, { ...provider, config });
  try {
    expect(await answer((said) => responseOf({ ...said, nameId: VICTIM }))).toBe(VICTIM);
    const taken = [];
    for (const number of WRAPPING_NUMBERS) {
      if ((await answer((said) => wrap(said, number, VICTIM, KEY))) === VICTIM) taken.push(number);
    }
    // The others are for verifiers that look for the assertion elsewhere.
    expect(taken).toEqual([1, 3, 5, 6, 8]);
  } finally {
    await api.put(instance, provider);
  }
});
