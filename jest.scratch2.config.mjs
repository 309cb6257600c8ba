import base from "./jest.config.mjs";
const { globalSetup, globalTeardown, ...p } = base.projects.find((p) => p.displayName === "keycloak-plugin");
export default { ...p, testTimeout: 300000 };
