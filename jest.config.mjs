/**
 * Tests by what they need: `unit` and `components` nothing, `plugins` and `labs` a Docker engine, `keycloak-plugin` a
 * Keycloak, `stack` a whole stack that is brought up before them and that they share, `on-demand` one that
 * `npm run stack` makes.
 */
const common = {
  transform: {
    "\\.ts$": [
      "@swc/jest",
      {
        jsc: { parser: { syntax: "typescript" }, target: "es2024" },
        module: { type: "commonjs" },
        sourceMaps: "inline",
      },
    ],
    // The admin client, openid-client and what they need are published as ES modules only.
    "node_modules/.+\\.js$": ["@swc/jest", { module: { type: "commonjs" } }],
  },
  transformIgnorePatterns: [
    "/node_modules/(?!@keycloak/|camelize-ts/|url-join/|url-template/|openid-client/|oauth4webapi/|jose/)",
  ],
  testEnvironment: "node",
  modulePathIgnorePatterns: ["<rootDir>/.tools/", "<rootDir>/.state/"],
};

export default {
  projects: [
    { ...common, displayName: "unit", testMatch: ["<rootDir>/test/unit/**/*.test.ts"] },
    { ...common, displayName: "components", testMatch: ["<rootDir>/test/components/**/*.test.ts"] },
    {
      ...common,
      displayName: "plugins",
      testMatch: ["<rootDir>/test/plugins/**/*.test.ts"],
      testPathIgnorePatterns: ["<rootDir>/test/plugins/keycloak/"],
    },
    {
      ...common,
      displayName: "keycloak-plugin",
      testMatch: ["<rootDir>/test/plugins/keycloak/**/*.test.ts"],
      globalSetup: "<rootDir>/test/plugins/keycloak/global-setup.ts",
      globalTeardown: "<rootDir>/test/plugins/keycloak/global-teardown.ts",
    },
    { ...common, displayName: "labs", testMatch: ["<rootDir>/test/labs/**/*.test.ts"] },
    {
      ...common,
      displayName: "stack",
      testMatch: ["<rootDir>/test/{integration,e2e,security}/**/*.test.ts"],
      globalSetup: "<rootDir>/test/stack/global-setup.ts",
      globalTeardown: "<rootDir>/test/stack/global-teardown.ts",
    },
    {
      ...common,
      displayName: "on-demand",
      testMatch: ["<rootDir>/test/on-demand/**/*.test.ts"],
      testEnvironment: "<rootDir>/test/on-demand/environment.ts",
    },
  ],
  testSequencer: "<rootDir>/test/stack/sequencer.cjs",
  testTimeout: 300_000,
};
