import { cliVersion } from "./pins.ts";
import { Stamp } from "./stamp.ts";

/** Where CLI, language host and plugins come from. */
export type Way = "official" | "builtin";

/** Pulumi's own download site. */
export const DOWNLOADS = "https://get.pulumi.com/releases/sdk";

export interface WayFacts {
  /** `SSO_PLUGINS` */
  readonly forced: string | undefined;
  /** What the last run took. */
  readonly before: string | undefined;
  readonly isSiteReachable: () => Promise<boolean>;
}

/** The setting decides, then what stands already, then whether the download site answers. */
export async function chooseWay({ forced, before, isSiteReachable }: WayFacts): Promise<Way> {
  if (forced !== undefined && forced !== "") {
    if (!isWay(forced))
      throw new Error(`SSO_PLUGINS is "${forced}"; allowed: official, builtin, or unset to choose by itself`);
    return forced;
  }
  if (before !== undefined && isWay(before)) return before;
  return (await isSiteReachable()) ? "official" : "builtin";
}

function isWay(text: string): text is Way {
  return text === "official" || text === "builtin";
}

const stamp = new Stamp("way");
let chosen: Promise<Way> | undefined;

/** The way of this run, chosen once. */
export function currentWay(): Promise<Way> {
  return (chosen ??= stamp
    .read()
    .then((before) => chooseWay({ forced: process.env.SSO_PLUGINS, before, isSiteReachable })));
}

/** Called when CLI and plugins stand: later runs stay with them, even if the site is away for a moment. */
export async function keepWay(): Promise<void> {
  await stamp.write(await currentWay());
}

/** Address of the published checksums of our CLI version. */
export function checksumsUrl(): string {
  return `${DOWNLOADS}/pulumi-${cliVersion()}-checksums.txt`;
}

async function isSiteReachable(): Promise<boolean> {
  try {
    const answer = await fetch(checksumsUrl(), { method: "HEAD", signal: AbortSignal.timeout(3000) });
    return answer.ok;
  } catch {
    return false; // no name, no route, no answer in time: all mean the same here
  }
}
