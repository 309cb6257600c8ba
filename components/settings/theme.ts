import { z } from "zod";
import { hexColour, line, text } from "./fields.ts";

const PAGE = "an https URL, such as https://wiki.example.org/";

/** Address of a page; quotes, spaces and the like must be percent-encoded. */
const page = text(/^https:\/\/[^\s"'<>\\^`{|}]+$/, PAGE).refine((value) => URL.canParse(value), {
  error: PAGE,
});

/** What an announcement may be made of: text, and tags that neither load nor run anything. */
const ANNOUNCEMENT_TAG = /^<(\/?(a|b|br|code|em|i|p|strong)|a href="(https:\/\/|mailto:)[^"<>]*")>$/;
const ANNOUNCEMENT = `HTML with no tags but a (href="https://…" only), b, br, code, em, i, p, strong`;

const serviceLink = z.strictObject({
  label: line(40).describe("What people read."),
  url: page.describe("Where it leads."),
});

/** How the pages and e-mails of a realm look and where they lead; goes into a realm of any kind as `theme`. */
export const theme = z
  .strictObject({
    primaryColour: hexColour
      .default("#1f6feb")
      .describe(
        "The community's colour, for buttons, links and focus. What is written on it, and its shades for links and dark mode, are derived so that text keeps a contrast of 4.5:1.",
      ),
    logo: text(/\.(svg|png)$/, "the path of an SVG or PNG file")
      .optional()
      .describe(
        "SVG or PNG file, relative to the project, 100 KiB at most; square ones look best. Default: the first letter of the realm's display name on its colour.",
      ),
    links: z
      .array(serviceLink)
      .max(8, { error: "8 links at most" })
      .default([])
      .describe("Links to the community's services in the header of every page."),
    footer: line(200).optional().describe("Text at the foot of login pages and e-mails."),
    support: z
      .union([page, text(/^mailto:[^\s"'<>?]+@[^\s"'<>?]+$/, "a mailto URL")], {
        error: "an https or mailto URL, such as mailto:help@example.org",
      })
      .optional()
      .describe("Where people get help: linked on every page and in every e-mail."),
    announcement: z
      .string()
      .min(1)
      .max(2000, { error: "2000 characters at most" })
      .refine((html) => (html.match(/<[^>]*>?/g) ?? []).every((tag) => ANNOUNCEMENT_TAG.test(tag)), {
        error: ANNOUNCEMENT,
      })
      .optional()
      .describe("Announcement in the header of login pages: the realm's HTML display name."),
  })
  .prefault({})
  .describe("The community's look on login pages, account console and e-mails.");
