import type { NextConfig } from "next";

export default {
  cacheComponents: true, // the answers of the API are kept by their tags: see lib/galley.ts
  partialPrefetching: true,
  htmlLimitedBots: /^(?!Mozilla)|bot|crawl|spider/i, // these wait for the status of a page: 404, 308
  images: {
    loader: "custom", // Galley has every size already: nothing is made here
    loaderFile: "./lib/loader.ts",
    deviceSizes: [640, 960, 1280, 1920, 2560],
  },
} satisfies NextConfig;
