// All that this site asks of Galley. An answer is kept until the webhook says that something in it has changed.

import createClient from "openapi-fetch";
import { cacheLife, cacheTag } from "next/cache";
import { cookies, draftMode } from "next/headers";
import type { components, paths, webhooks } from "./api";

type Schemas = components["schemas"];
export type Article = Schemas["Article"];
export type FeedItem = Schemas["FeedItem"];
export type FeedList = Schemas["FeedList"];
export type Photo = Schemas["Photo"];

type Sent<Name extends keyof webhooks> = webhooks[Name]["post"]["requestBody"]["content"]["application/json"];
export type Message = { [Name in keyof webhooks]: Sent<Name> }[keyof webhooks];

type Json = "application/json" | "application/problem+json"; // of the forms that there are
const client = createClient<paths, Json>({ baseUrl: process.env.GALLEY_URL ?? "http://localhost:8000" });

// Tags name all that an answer shows. Where Galley cannot answer, Next.js goes on showing the page that it has.
function keep(answer: Response): void {
  if (answer.status >= 500) throw new Error(`Galley answered ${answer.status}`);
  const tags = (answer.headers.get("Surrogate-Key") ?? "").split(" ").filter(Boolean);
  if (!tags.length) return cacheLife("seconds"); // not there: it may come at any moment
  cacheTag(...tags.slice(0, 128)); // as many as Next.js takes
  cacheLife("days");
}

export async function feed(): Promise<FeedList> {
  "use cache";
  const { data, error, response } = await client.GET("/api/v1/feed/", { params: { query: { page_size: 20 } } });
  keep(response);
  if (error) throw new Error(error.detail);
  return data;
}

async function published(slug: string): Promise<Article | null> {
  "use cache";
  const { data, response } = await client.GET("/api/v1/articles/{slug}/", { params: { path: { slug } } });
  keep(response);
  return data ?? null; // 404: not there; 410: no longer
}

// What nobody has published yet, for whoever has a link to it. Kept nowhere.
export async function draft(id: string, token: string): Promise<Article | null> {
  const asked = { params: { path: { slug: id } }, headers: { Authorization: `Preview ${token}` } };
  return (await client.GET("/api/v1/articles/{slug}/", { ...asked, cache: "no-store" })).data ?? null;
}

export async function article(slug: string): Promise<{ story: Article | null; isDraft: boolean }> {
  if ((await draftMode()).isEnabled) {
    const [id, token] = ((await cookies()).get("preview")?.value ?? "").split(" ");
    if (id === slug && token) return { story: await draft(id, token), isDraft: true };
  }
  return { story: await published(slug), isDraft: false };
}
