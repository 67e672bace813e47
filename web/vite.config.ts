import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  build: {
    // The API server embeds this folder. Its committed .gitkeep must survive a
    // build, so scripts/clean-dist.mjs empties the folder instead of Vite.
    outDir: "../services/api/internal/ui/dist",
    emptyOutDir: false,
    // The server's content security policy allows neither data: URIs nor inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { "/api": process.env.DECNET_API_URL ?? "http://127.0.0.1:8080" },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
  },
});
