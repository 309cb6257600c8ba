import pulumi from "@pulumi/eslint-plugin";
import { defineConfig } from "eslint/config";
import typescript from "typescript-eslint";

export default defineConfig(
  // The parity program is kept as it was recorded with the official plugins; scripts of the themes run in browsers.
  {
    ignores: [
      ".tools/",
      ".state/",
      "coverage/",
      "test/plugins/parity/",
      "components/keycloak/image/themes/",
      "**/*.{mjs,cjs}",
    ],
  },
  typescript.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "@pulumi": pulumi },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@pulumi/no-output-instance-in-template-literal": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Resources are made for their effect.
      "no-new": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/prefer-nullish-coalescing": "error",
      eqeqeq: "error",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
);
