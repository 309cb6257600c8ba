import type { DirectoryRealmSettings } from "../settings/schema.ts";
import type { FlowStep } from "./flows.ts";

/** Where Google's captcha is framed from (developers.google.com/recaptcha/docs/faq, on content security policies). */
export const RECAPTCHA_FRAMES = "https://www.google.com/recaptcha/";

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
            authenticator: "registration-recaptcha-action",
            requirement: "REQUIRED",
            config: {
              "site.key": recaptcha.siteKey,
              action: "register",
              useRecaptchaNet: "false",
              "recaptcha.v3": String(recaptcha.version === "v3"),
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
