// The page that stands for a chat in the tests of the apps: web/test/built/index.html, which is not committed.
import { defineConfig } from "vite";

export default defineConfig({
  root: "test/host",
  base: "./",
  build: { outDir: "../built", emptyOutDir: true, modulePreload: false, target: "es2022" },
});
