// Who may import whom, and how long a file may be; the rest is each tool's recommended set.
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const TAURI = { group: ["@tauri-apps/*"], message: "Only ipc/ knows the host." };
const OURS = { group: ["**/ipc/*", "**/ipc/**", "**/state/*", "**/views/**", "**/lib/*"], message: "components/ knows nothing of ours." };
const HIGHER = { group: ["**/state/*", "**/views/**", "**/components/*"], message: "This folder is below those." };
const HOSTS = { group: ["**/ipc/call", "**/ipc/events", "**/ipc/host-*"], message: "Take a Host; main.ts chooses which." };
const DEV = { group: ["**/dev/*"], message: "dev/ is not part of the product." };

const restrict = (files, ...patterns) => ({
  files,
  ignores: ["**/*.test.ts"],
  rules: { "no-restricted-imports": ["error", { patterns }] },
});

export default ts.config(
  { ignores: ["dist", "node_modules", "src/ipc/bindings"] },
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig, extraFileExtensions: [".svelte"] } },
  },
  {
    rules: {
      "max-lines": ["error", 500],
      "max-lines-per-function": ["error", { max: 60 }],
      "max-params": ["error", 5],
      "max-depth": ["error", 4],
      complexity: ["error", 15],
      "no-console": "error",
      "no-eval": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      // TypeScript knows what is defined.
      "no-undef": "off",
      // `void promise` says that nobody waits for it.
      "no-void": "off",
      // State is replaced as a whole ($state.raw), never changed inside.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  { files: ["**/*.test.ts"], rules: { "max-lines-per-function": "off" } },
  { files: ["dev/*.mjs"], rules: { "no-console": "off" } },
  restrict(["src/ipc/**"], HIGHER, DEV),
  restrict(["src/lib/**"], TAURI, HIGHER, DEV, {
    group: ["**/ipc/*", "!**/ipc/bindings", "svelte", "svelte/*"],
    message: "lib/ is plain TypeScript over the bindings' types.",
  }),
  restrict(["src/state/**"], TAURI, HOSTS, DEV, { group: ["**/views/**", "**/components/*"], message: "state/ is below those." }),
  restrict(["src/views/**", "src/App.svelte"], TAURI, HOSTS, DEV),
  restrict(["src/components/**"], TAURI, OURS, DEV),
  restrict(["src/main.ts"], TAURI, DEV),
);
