// The apps inside the chat: one file each, with all that it needs (vite build --mode results|palette).
import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

export default defineConfig(({ mode }) => ({
  plugins: [viteSingleFile()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../soundpalette/server/web",
    emptyOutDir: false,
    modulePreload: false, // there is no second file
    license: { fileName: `licences-${mode}.md` }, // their notices belong to every copy
    rolldownOptions: { input: `${mode}.html` },
  },
}));
