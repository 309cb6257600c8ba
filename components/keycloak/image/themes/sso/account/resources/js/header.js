/** Console's own facts, which its page carries. */
const { serverBaseUrl, realm, baseUrl } = JSON.parse(document.getElementById("environment").textContent);

/**
 * Puts the community's header above the account console.
 *
 * @param {{ name: string, logo: string, links: { label: string, url: string }[], support?: string }} header
 */
export function addHeader({ name, logo, links, support }) {
  const image = element("img", {
    src: new URL(`../${logo}`, import.meta.url).href,
    alt: "",
    width: 32,
    height: 32,
  });
  const brand = element("a", { className: "sso-brand", href: baseUrl }, image, element("span", {}, name));
  const items = [...links, ...(support === undefined ? [] : [{ label: "Help and support", url: support }])];
  const list = element(
    "ul",
    {},
    ...items.map(({ label, url }) => element("li", {}, element("a", { href: url }, label))),
  );
  const signOut = element("a", { className: "sso-sign-out", href: endSessionUrl() }, "Sign out");
  const services = element("div", { className: "sso-links" }, list);
  document.body.prepend(
    element(
      "nav",
      { className: "sso-bar", ariaLabel: name },
      brand,
      ...(items.length > 0 ? [services] : []),
      signOut,
    ),
  );
}

/** Gives the console's buttons of three dots, which have none, a name for screen readers. */
export function nameMenus() {
  const name = () => {
    for (const button of document.querySelectorAll(
      "button.pf-v5-c-menu-toggle.pf-m-plain:not([aria-label])",
    )) {
      button.ariaLabel = "More actions";
    }
  };
  new MutationObserver(name).observe(document.getElementById("app"), { childList: true, subtree: true });
}

/** Where Keycloak ends the session, having asked, and leads back to the console's login. */
function endSessionUrl() {
  const url = new URL(`${serverBaseUrl}/realms/${realm}/protocol/openid-connect/logout`);
  url.searchParams.set("client_id", "account-console");
  url.searchParams.set("post_logout_redirect_uri", baseUrl);
  return url.href;
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
