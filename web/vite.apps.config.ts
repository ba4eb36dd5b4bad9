// The apps inside the chat: one file each, with all that it needs (vite build --mode results|palette).
import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

export default defineConfig(({ mode }) => ({
  plugins: [viteSingleFile()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../soundpalette/server/web",
    emptyOutDir: false,
    rolldownOptions: { input: `${mode}.html` },
  },
}));
