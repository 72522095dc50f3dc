// All that this site asks of Galley. An answer is kept until the webhook says that something in it has changed.

import createClient from "openapi-fetch";
import { cacheLife, cacheTag } from "next/cache";
import { cookies, draftMode } from "next/headers";
import type { components, paths, webhooks } from "./api";

export type FeedItem = components["schemas"]["FeedItem"];
export type Photo = components["schemas"]["Photo"];
export type Message = webhooks[keyof webhooks]["post"]["requestBody"]["content"]["application/json"];

type Json = "application/json" | "application/problem+json"; // of the forms that there are
const client = createClient<paths, Json>({ baseUrl: process.env.GALLEY_URL ?? "http://localhost:8000" });
const PLACES = { articles: "/api/v1/articles/{slug}/", videos: "/api/v1/videos/{slug}/" } as const;
type Kind = keyof typeof PLACES;
export const isKind = (text: string): text is Kind => Object.hasOwn(PLACES, text);

// Tags name all that an answer shows. Where Galley cannot answer, Next.js goes on showing the page that it has.
async function kept<Data>(asked: Promise<{ data?: Data; response: Response }>): Promise<Data | null> {
  const { data, response } = await asked;
  if (response.status >= 500) throw new Error(`Galley answered ${response.status}`);
  const tags = (response.headers.get("Surrogate-Key") ?? "").split(" ").filter(Boolean);
  if (!tags.length) cacheLife("seconds"); // what is not there may come at any moment
  else cacheLife("days");
  cacheTag(...tags.slice(0, 128)); // as many as Next.js takes
  return data ?? null;
}

export async function front() {
  "use cache";
  return kept(client.GET("/api/v1/fronts/{slug}/", { params: { path: { slug: "home" } } }));
}

export async function feed() {
  "use cache";
  return kept(client.GET("/api/v1/feed/", { params: { query: { page_size: 20, exclude_front: "home" } } }));
}

async function published(kind: Kind, slug: string) {
  "use cache";
  return kept(client.GET(PLACES[kind], { params: { path: { slug } } }));
}

// What nobody has published yet, for whoever has a link to it. Kept nowhere.
export async function draft(kind: Kind, slug: string, token: string) {
  const asked = { params: { path: { slug } }, headers: { Authorization: `Preview ${token}` } };
  return (await client.GET(PLACES[kind], { ...asked, cache: "no-store" })).data ?? null;
}

export async function find(kind: Kind, slug: string) {
  const preview = (await draftMode()).isEnabled ? (await cookies()).get("preview")?.value : "";
  const [place, id, token = ""] = (preview ?? "").split(" ");
  const isDraft = place === kind && id === slug;
  return { item: await (isDraft ? draft(kind, slug, token) : published(kind, slug)), isDraft };
}
