import node from "@astrojs/node";
import { defineConfig, envField } from "astro/config";

export default defineConfig({
  output: "server",
  adapter: node({ mode: "standalone" }),
  security: { checkOrigin: false }, // behind a proxy it takes our own forms for others'; preview.astro looks itself
  env: {
    schema: {
      GALLEY_URL: envField.string({ context: "server", access: "secret", default: "http://localhost:8000" }),
      GALLEY_SECRET: envField.string({ context: "server", access: "secret", optional: true }),
    },
  },
});
