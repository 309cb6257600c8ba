import { givesSecret, holdsPrivateKey } from "../literals.ts";
import type { Text } from "../marks.ts";
import { TOKENS } from "../rule.ts";

/** A resource's texts, with what of them is marked as secret. */
export interface MarkedResource {
  readonly token: string;
  readonly name: string;
  readonly texts: readonly Text[];
}

/** A rule about what is marked; one that compares resources keeps what it has seen. */
export interface SecretRule {
  readonly name: string;
  readonly refuses: string;
  /** What is wrong with a resource. Never the value. */
  readonly check: (resource: MarkedResource) => readonly string[];
}

/** Properties that hold secrets, by what their last word is; identity providers, realms, clients and keys share these. */
const SECRET_PROPERTY =
  /(^|\.)(password|clientSecret|bindCredential|bindPassword|secret|initialPassword\.value|signingPrivateKey|encryptionPrivateKey|privateKey|keystorePassword|keyPassword)$/;

/** Configuration of an authenticator, whose keys are its own: `secret.key` of a captcha. */
const SECRET_CONFIG = /^config\..*(secret|password|credential)/i;

/** What `docker inspect` and a process list show to everyone on the host. */
const SHOWN_BY_ENGINE = /^(envs|command|entrypoints|labels|healthcheck|hostname|domainname)\b/;

/** `NAME=` of an environment variable that is a secret by its name. */
const SECRET_VARIABLE = /^[A-Z0-9_]*(PASSWORD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|PRIVATE_KEY)[A-Z0-9_]*=/i;

/** A shorter value may well stand elsewhere without being the secret. */
const LEAST_LENGTH = 12;

/** The rules, for one run of the program. */
export function newSecretRules(): readonly SecretRule[] {
  return [
    {
      name: "secrets-are-marked",
      refuses: "a password, client secret or private key that would stand in plain text in the state",
      check: ({ token, texts }) =>
        texts
          .filter(
            ({ path, value, isSecret }) => !isSecret && value !== "" && isSecretPlace(token, path, value),
          )
          .map(({ path }) => `${path} is not marked as secret; wrap it in pulumi.secret`),
    },
    {
      name: "no-secrets-in-the-open",
      refuses: "a secret in a container's environment, command or labels, which `docker inspect` shows",
      check: ({ token, texts }) =>
        token !== TOKENS.container
          ? []
          : texts
              .filter(
                (text) => SHOWN_BY_ENGINE.test(text.path) && (text.isSecret || isSecretByName(text, texts)),
              )
              .map(({ path }) => `${path} holds a secret; give it as a file, by ConfigVolume`),
    },
    {
      name: "no-plain-copies",
      refuses: "a secret of one resource in plain text in another",
      check: newComparison(),
    },
  ];
}

function isSecretPlace(token: string, path: string, value: string): boolean {
  if (holdsPrivateKey(value)) return true;
  if (token.startsWith("keycloak:authentication/executionConfig")) return SECRET_CONFIG.test(path);
  return SECRET_PROPERTY.test(path);
}

/** Whether a text is one by what it is called: a variable, an option, a label. */
function isSecretByName({ path, value }: Text, texts: readonly Text[]): boolean {
  if (path.startsWith("envs")) return SECRET_VARIABLE.test(value);
  const before = texts.find((text) => text.path === placeOfName(path))?.value ?? "";
  const isNamed = path.endsWith(".value") || /^-[^=]+$/.test(before);
  return givesSecret(isNamed ? `${before}=${value}` : value);
}

/** Where a value's name may stand: a label's beside it, an option's in the word before. */
function placeOfName(path: string): string {
  return path.replace(/\bvalue$/, "label").replace(/\d+(?=\]$)/, (at) => String(Number(at) - 1));
}

/** Remembers all that is secret and all that is not, and finds one in the other. */
function newComparison(): SecretRule["check"] {
  const secrets = new Map<string, string>();
  const open: { readonly place: string; readonly value: string }[] = [];
  return ({ name, texts }) => {
    const placed = texts.map((text) => ({ ...text, place: `${text.path} of ${name}` }));
    const newSecrets = placed.filter(
      ({ isMarkedItself, value }) => isMarkedItself && value.length >= LEAST_LENGTH && !secrets.has(value),
    );
    for (const { value, place } of newSecrets) secrets.set(value, place);
    const newlyOpen = placed.filter(({ isSecret, value }) => !isSecret && value.length >= LEAST_LENGTH);
    const faults = [
      ...newlyOpen.flatMap(({ place, value }) =>
        [...secrets]
          .filter(([secret]) => value.includes(secret))
          .map(([, where]) => `${place} shows the secret ${where}; mark it as secret too`),
      ),
      ...newSecrets.flatMap((secret) =>
        open
          .filter(({ value }) => value.includes(secret.value))
          .map(({ place }) => `${place} shows the secret ${secret.place}; mark it as secret too`),
      ),
    ];
    open.push(...newlyOpen);
    return faults;
  };
}
