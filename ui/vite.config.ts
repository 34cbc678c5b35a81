import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

// Where the engine's browser host listens while the page is developed outside the window.
const engine = process.env.KEEPSAKE_UI_SERVER ?? "http://127.0.0.1:8787";

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  base: "./",
  clearScreen: false,
  server: {
    port: 5173,
    strictPort: true,
    host: "127.0.0.1",
    proxy: { "/call": engine, "/events": engine, "/media": engine },
  },
  build: {
    target: ["es2022", "safari15"],
    // Inlined pictures would be data: URLs, which the window's security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts"],
    testTimeout: 20_000,
    restoreMocks: true,
  },
});
