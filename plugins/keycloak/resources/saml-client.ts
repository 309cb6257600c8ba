import { createHash } from "node:crypto";
import type { Properties, ResourceType, Value } from "../../core/definition.ts";
import { named } from "../codec.ts";
import type { Codec } from "../codec.ts";
import type { Connection } from "../connection.ts";
import { entity } from "../entity.ts";
import { dig, native, quoted } from "../field.ts";
import type { Fields } from "../field.ts";
import { flowOverrides } from "./client-common.ts";
import { asText } from "../value.ts";

const top = native();
const attribute = quoted("attributes");
const kept = { kept: true } as const;
const silent = { silent: true } as const;

const XMLENC = "http://www.w3.org/2001/04/xmlenc#";
const XMLENC11 = "http://www.w3.org/2009/xmlenc11#";
const C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#";

/** Names for the identifiers of XML Encryption 1.1 and XML canonicalization. */
const algorithms = named({
  AES_256_GCM: `${XMLENC11}aes256-gcm`,
  AES_192_GCM: `${XMLENC11}aes192-gcm`,
  AES_128_GCM: `${XMLENC11}aes128-gcm`,
  AES_256_CBC: `${XMLENC}aes256-cbc`,
  AES_192_CBC: `${XMLENC}aes192-cbc`,
  AES_128_CBC: `${XMLENC}aes128-cbc`,
});
const keyAlgorithms = named({
  "RSA-OAEP-11": `${XMLENC11}rsa-oaep`,
  "RSA-OAEP-MGF1P": `${XMLENC}rsa-oaep-mgf1p`,
  RSA1_5: `${XMLENC}rsa-1_5`,
});
const digests = named({
  "SHA-512": `${XMLENC}sha512`,
  "SHA-256": `${XMLENC}sha256`,
  "SHA-1": "http://www.w3.org/2000/09/xmldsig#sha1",
});
const maskFunctions = named(
  Object.fromEntries(
    ["1", "224", "256", "384", "512"].map((size) => [`mgf1sha${size}`, `${XMLENC11}mgf1sha${size}`]),
  ),
);
const canonicalizations = named({
  EXCLUSIVE: EXC_C14N,
  EXCLUSIVE_WITH_COMMENTS: `${EXC_C14N}WithComments`,
  INCLUSIVE: C14N,
  INCLUSIVE_WITH_COMMENTS: `${C14N}#WithComments`,
});

const bare = (pem: Value): string =>
  asText(pem).replace(/-----(BEGIN|END) (CERTIFICATE|PRIVATE KEY)-----|\n/g, "");

/** A certificate or key; Keycloak keeps PEM without its frame. */
const pem: Codec = { encode: bare, decode: asText, cleared: "" };
const samePem = (old: Value, next: Value): boolean => typeof next === "string" && old === bare(next);
const pemField = (key: string) => attribute.as(pem, key, { kept: true, same: samePem });

const signing: Fields = {
  signDocuments: attribute.flag("saml.server.signature", { default: true }),
  signAssertions: attribute.flag("saml.assertion.signature"),
  signatureAlgorithm: attribute.text("saml.signature.algorithm", {
    kept: true,
    oneOf: ["RSA_SHA1", "RSA_SHA256", "RSA_SHA256_MGF1", "RSA_SHA512", "RSA_SHA512_MGF1", "DSA_SHA1"],
  }),
  signatureKeyName: attribute.text("saml.server.signature.keyinfo.xmlSigKeyInfoKeyNameTransformer", {
    default: "KEY_ID",
    oneOf: ["NONE", "KEY_ID", "CERT_SUBJECT"],
  }),
  canonicalizationMethod: attribute.as(canonicalizations, "saml_signature_canonicalization_method", {
    default: "EXCLUSIVE",
  }),
  clientSignatureRequired: attribute.flag("saml.client.signature", { default: true }),
  signingCertificate: pemField("saml.signing.certificate"),
  signingPrivateKey: pemField("saml.signing.private.key"),
};

const encryption: Fields = {
  encryptAssertions: attribute.flag("saml.encrypt"),
  encryptionAlgorithm: attribute.as(algorithms, "saml.encryption.algorithm"),
  encryptionKeyAlgorithm: attribute.as(keyAlgorithms, "saml.encryption.keyAlgorithm", kept),
  encryptionDigestMethod: attribute.as(digests, "saml.encryption.digestMethod", kept),
  encryptionMaskGenerationFunction: attribute.as(
    maskFunctions,
    "saml.encryption.maskGenerationFunction",
    kept,
  ),
  encryptionCertificate: pemField("saml.encryption.certificate"),
};

const endpoints: Fields = {
  rootUrl: top.text("rootUrl"),
  baseUrl: top.text("baseUrl"),
  masterSamlProcessingUrl: top.text("adminUrl", { initial: "" }),
  validRedirectUris: top.list("redirectUris", { set: true }),
  idpInitiatedSsoUrlName: attribute.text("saml_idp_initiated_sso_url_name", silent),
  idpInitiatedSsoRelayState: attribute.text("saml_idp_initiated_sso_relay_state", silent),
  assertionConsumerPostUrl: attribute.text("saml_assertion_consumer_url_post", silent),
  assertionConsumerRedirectUrl: attribute.text("saml_assertion_consumer_url_redirect", silent),
  logoutServicePostBindingUrl: attribute.text("saml_single_logout_service_url_post", silent),
  logoutServiceRedirectBindingUrl: attribute.text("saml_single_logout_service_url_redirect", silent),
  forcePostBinding: attribute.flag("saml.force.post.binding", { default: true }),
  frontChannelLogout: top.flag("frontchannelLogout", { default: true }),
};

const fields: Fields = {
  clientId: top.text("clientId"),
  name: top.text("name", silent),
  enabled: top.flag("enabled", { default: true }),
  description: top.text("description", silent),
  ...endpoints,
  ...signing,
  ...encryption,
  includeAuthnStatement: attribute.flag("saml.authnstatement", { default: true }),
  nameIdFormat: attribute.text("saml_name_id_format", {
    kept: true,
    oneOf: ["username", "email", "transient", "persistent"],
  }),
  forceNameIdFormat: attribute.flag("saml_force_name_id_format"),
  fullScopeAllowed: top.flag("fullScopeAllowed", { default: true }),
  consentRequired: top.flag("consentRequired", kept),
  alwaysDisplayInConsole: top.flag("alwaysDisplayInConsole"),
  loginTheme: attribute.text("login_theme", silent),
  authenticationFlowBindingOverrides: flowOverrides("saml"),
  extraConfig: { extra: "attributes", merged: true },
};

/** SHA-1 of what a certificate or key decodes to: how the official plugin lets programs compare them. */
function fingerprint(rep: Properties, key: string): string {
  const value = dig(rep, ["attributes", key]) ?? "";
  return value === ""
    ? ""
    : createHash("sha1")
        .update(Buffer.from(asText(value), "base64"))
        .digest("hex");
}

/** The official plugin's choice for a new client whose program names none. */
function defaultEncryption(rep: Properties): void {
  const attributes = rep["attributes"] as Properties;
  const choose = (key: string, codec: Codec, name: string): void => {
    attributes[`saml.encryption.${key}`] ??= codec.encode(name);
  };
  choose("keyAlgorithm", keyAlgorithms, "RSA-OAEP-11");
  const method = keyAlgorithms.decode(attributes["saml.encryption.keyAlgorithm"]);
  if (method !== "RSA1_5") choose("digestMethod", digests, "SHA-256");
  if (method === "RSA-OAEP-11") choose("maskGenerationFunction", maskFunctions, "mgf1sha256");
}

/** A SAML service provider that uses the realm for login. `PUT` changes only what it is sent. */
export const samlClient: ResourceType<Connection> = entity({
  autoName: "name",
  address: ["realmId"],
  collection: "/{realmId}/clients",
  carry: "none",
  fixed: { protocol: "saml", clientAuthenticatorType: "client-secret" },
  fields,
  prepare: (rep, { state }) => {
    if (state === undefined) defaultEncryption(rep);
  },
  extend: (rep) => ({
    encryptionCertificateSha1: fingerprint(rep, "saml.encryption.certificate"),
    signingCertificateSha1: fingerprint(rep, "saml.signing.certificate"),
    signingPrivateKeySha1: fingerprint(rep, "saml.signing.private.key"),
  }),
});
