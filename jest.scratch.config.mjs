import base from "./jest.config.mjs";
const { globalSetup, globalTeardown, ...stack } = base.projects.find((p) => p.displayName === "stack");
export default { ...stack, testTimeout: 300000 };
