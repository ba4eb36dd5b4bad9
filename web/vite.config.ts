// The page: soundpalette/server/web/index.html and what it loads from below /web/.
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../soundpalette/server/web",
    emptyOutDir: true,
    assetsDir: "web",
    assetsInlineLimit: 0, // data: URLs would need a wider Content-Security-Policy
    modulePreload: false,
    license: { fileName: "web/licences.md" }, // their notices belong to every copy
    rolldownOptions: { input: "index.html" },
  },
});
