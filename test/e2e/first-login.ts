import type { Page } from "playwright-core";
import { linkMailedTo } from "../stack/mailbox.ts";

const FORM = "#kc-idp-review-profile-form";

/** What the profile form of a first login is filled with. */
export async function profileOn(page: Page): Promise<Record<string, string>> {
  await page.waitForSelector(FORM);
  const names = ["username", "email"];
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await page.inputValue(`#${name}`)] as const)),
  );
}

/** Confirms the profile that a first login asks for, with a name where the provider gave none. */
export async function confirmProfile(page: Page): Promise<void> {
  await page.waitForSelector(FORM);
  for (const name of ["#firstName", "#lastName"]) {
    if ((await page.inputValue(name)) === "") await page.fill(name, "Outside");
  }
  await page.locator(`${FORM} [type=submit]`).click();
}

/** Waits for the page that asks a person to confirm an address; the login goes no further. */
export async function untilAddressIsAsked(page: Page): Promise<void> {
  await page.getByText("You need to verify your email address").waitFor();
}

/** Follows the link that was mailed to an address, in the browser that waits for it. */
export async function confirmAddress(page: Page, address: string): Promise<void> {
  await untilAddressIsAsked(page);
  await page.goto(await linkMailedTo(address));
}
