// A client that knows every address, parameter and answer of the API, made from its description.

import { GALLEY_URL } from "astro:env/server";
import createClient from "openapi-fetch";
import type { components, paths, webhooks } from "./api";

type Schemas = components["schemas"];
export type FeedItem = Schemas["FeedItem"];
export type Photo = Schemas["Photo"];

type Sent<Name extends keyof webhooks> = webhooks[Name]["post"]["requestBody"]["content"]["application/json"];
export type Message = { [Name in keyof webhooks]: Sent<Name> }[keyof webhooks];

// Of the forms that an answer has, JSON is what it is asked for.
type Json = "application/json" | "application/problem+json";
export type Client = ReturnType<typeof connect>;

// A client for one page: into `tags` go the names of all that its answers show.
export function connect(tags: Set<string>) {
  const client = createClient<paths, Json>({ baseUrl: GALLEY_URL });
  client.use({
    onResponse({ response }) {
      for (const tag of (response.headers.get("Surrogate-Key") ?? "").split(" ")) if (tag) tags.add(tag);
    },
  });
  return client;
}

export const path = (item: { web_url: string }) => new URL(item.web_url, "http://any").pathname;

// In one language and zone, wherever the server is.
const clock = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
export const printed = (time: string | null) => (time ? clock.format(new Date(time)) : "");
