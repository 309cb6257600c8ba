/** Where the configuration is mounted. */
const MOUNT = "/etc/sso";

/** Where the files of each site are, below its domain. */
export const SITES = `${MOUNT}/sites`;

/** Where nginx's own pages are. */
export const PAGES = `${MOUNT}/pages`;

/** nginx's own pages, by file name, and what their readers are told. */
export const OWN_PAGES = {
  "maintenance.html": {
    title: "Back in a moment",
    text: "The login service is being worked on. Please try again in a minute.",
  },
  "busy.html": {
    title: "One moment, please",
    text: "Too many attempts came from your network at once. Please try again in a minute.",
  },
} as const;

/** A host name with files of its own. */
export interface FileSite {
  readonly domain: string;
  /** Content by name, such as `.well-known/mta-sts.txt`. */
  readonly files: Readonly<Record<string, string>>;
}

/** Everything that nginx serves itself, by path below its configuration. */
export function ownFiles(sites: readonly FileSite[]): Record<string, string> {
  const siteFiles = sites.flatMap(({ domain, files }) =>
    Object.entries(files).map(([name, content]) => [`${below(SITES)}/${domain}/${name}`, content]),
  );
  const pageFiles = Object.entries(OWN_PAGES).map(([name, page]) => [
    `${below(PAGES)}/${name}`,
    renderPage(page),
  ]);
  return Object.fromEntries([...siteFiles, ...pageFiles]) as Record<string, string>;
}

/** A page of nginx's own, which needs nothing that may be away. */
export function renderPage({ title, text }: { readonly title: string; readonly text: string }): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
  :root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif; }
  body { display: grid; min-height: 90vh; place-content: center; margin: 1rem; text-align: center; }
</style>
<h1>${title}</h1>
<p>${text}</p>
</html>
`;
}

/** Path below the mount. */
function below(folder: string): string {
  return folder.slice(MOUNT.length + 1);
}
