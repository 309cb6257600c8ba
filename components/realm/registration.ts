import type { DirectoryRealmSettings } from "../settings/schema.ts";
import type { FlowStep } from "./flows.ts";

/** Where Google's captcha is framed from (developers.google.com/recaptcha/docs/faq, on content security policies). */
export const RECAPTCHA_FRAMES = [
  "https://www.google.com/recaptcha/",
  "https://recaptcha.google.com/recaptcha/",
] as const;

/** Who tells people from robots: v2 lets robots fail, v3 scores them. */
const CAPTCHAS = { v2: "registration-recaptcha-action", v3: "sso-scored-recaptcha-action" } as const;

/**
 * Steps of the registration flow: one form for name, address and password, and a captcha where one is set.
 *
 * @param secretKey secret key of the captcha; needed where `recaptcha` is set
 */
export function registrationSteps(
  recaptcha: DirectoryRealmSettings["recaptcha"],
  secretKey: string | undefined,
): readonly FlowStep[] {
  const captcha: FlowStep[] =
    recaptcha === undefined || secretKey === undefined
      ? []
      : [
          {
            authenticator: CAPTCHAS[recaptcha.version],
            requirement: "REQUIRED",
            config: {
              "site.key": recaptcha.siteKey,
              action: "register",
              useRecaptchaNet: "false",
              "recaptcha.v3": String(recaptcha.version === "v3"),
              ...(recaptcha.version === "v3" ? { "score.least": String(recaptcha.leastScore) } : {}),
            },
            secret: { key: "secret.key", value: secretKey },
          },
        ];
  return [
    {
      name: "form",
      requirement: "REQUIRED",
      form: "registration-page-form",
      steps: [
        { authenticator: "registration-user-creation", requirement: "REQUIRED" },
        { authenticator: "registration-password-action", requirement: "REQUIRED" },
        ...captcha,
      ],
    },
  ];
}
