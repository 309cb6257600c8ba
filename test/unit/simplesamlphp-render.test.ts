import fc from "fast-check";
import {
  php,
  renderAuthSources,
  renderIdentityProvider,
  renderShimConfig,
  shimEntityId,
  shimSingleSignOnUrl,
} from "../../components/simplesamlphp/render.ts";

const ARGS = {
  domain: "id.example.org",
  providers: [
    {
      entityId: "https://id.example.org/realms/developers/broker/ubuntuone",
      descriptorUrl: "https://keycloak:8443/realms/developers/broker/ubuntuone/endpoint/descriptor",
      endpoint: "https://login.ubuntu.com/+openid",
      teams: ["builders"],
    },
    {
      entityId: "https://id.example.org/realms/developers/broker/openid",
      descriptorUrl: "https://keycloak:8443/realms/developers/broker/openid/endpoint/descriptor",
      teams: [],
    },
  ],
  privateHosts: ["login.example.test"],
  encryptAssertions: true,
};

test.each([
  ["config.php", renderShimConfig],
  ["authsources.php", renderAuthSources],
  ["metadata/saml20-idp-hosted.php", renderIdentityProvider],
])("%s", (_, render) => {
  expect(render(ARGS)).toMatchSnapshot();
});

test("the addresses that Keycloak is told are under the id site", () => {
  expect(shimEntityId("id.example.org")).toBe("https://id.example.org/shim");
  expect(shimSingleSignOnUrl("id.example.org")).toBe("https://id.example.org/shim/sso.php");
});

test("any text stays inside its quotes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const literal = php(text);
      expect(literal).toMatch(/^'(?:[^'\\]|\\['\\])*'$/s);
      expect(literal.slice(1, -1).replaceAll(/\\(['\\])/g, "$1")).toBe(text);
    }),
  );
});
