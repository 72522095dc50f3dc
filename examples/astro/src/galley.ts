// A client that knows every address, parameter and answer of the API, made from its description.

import { GALLEY_URL } from "astro:env/server";
import createClient from "openapi-fetch";
import type { components, paths, webhooks } from "./api";

export type FeedItem = components["schemas"]["FeedItem"];
export type Photo = components["schemas"]["Photo"];
export type Message = webhooks[keyof webhooks]["post"]["requestBody"]["content"]["application/json"];

type Json = "application/json" | "application/problem+json"; // of the forms that there are
export type Client = ReturnType<typeof connect>;

// A client for one page: into `tags` go the names of all that its answers show.
export function connect(tags: Set<string>) {
  const client = createClient<paths, Json>({ baseUrl: GALLEY_URL });
  client.use({
    onResponse({ response, schemaPath }) {
      const names = response.headers.get("Surrogate-Key") ?? schemaPath.split("/")[3] ?? ""; // not there: its list may tell of it
      for (const tag of names.split(" ")) tags.add(tag);
    },
  });
  return client;
}

// What has a page here, and where it is asked for.
export const PLACES = { articles: "/api/v1/articles/{slug}/", videos: "/api/v1/videos/{slug}/" } as const;
export const isKind = (text: string): text is keyof typeof PLACES => Object.hasOwn(PLACES, text);

export const path = (item: { web_url: string }) => new URL(item.web_url, "http://any").pathname;

// In one language and zone, wherever the server is.
const clock = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
export const printed = (time: string | null) => (time ? clock.format(new Date(time)) : "");
