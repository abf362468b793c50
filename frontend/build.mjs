// Bundles the page's scripts; build.sh calls it.
import { build } from "esbuild";

await build({
  entryPoints: ["boot.js", "page.js"],
  outdir: process.argv[2],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  legalComments: "eof", // Chart.js asks that its notice stays with it
  logLevel: "warning",
});
