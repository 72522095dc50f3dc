// The running feed: "Show more" to its end, and what came since.

import type { Client, FeedItem } from "./client.js";
import { escaped } from "./body.js";

export function teaser(item: FeedItem): string {
  switch (item.kind) {
    case "article":
      return `${item.kicker ? `${escaped(item.kicker)}: ` : ""}${escaped(item.headline)} (${item.reading_minutes} min read)`;
    case "blurb":
      return `${escaped(item.label)}: ${item.text_html}`;
    case "video":
      return `${escaped(item.headline)}${item.duration_seconds ? ` (${item.duration_seconds} s)` : ""}`;
    default:
      return item satisfies never;
  }
}

// Every item of a section once, however many are published meanwhile.
export async function* walk(client: Client, section: string): AsyncGenerator<FeedItem> {
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: { section: string[]; cursor?: string } = cursor ? { section: [section], cursor } : { section: [section] };
    const { data, error } = await client.GET("/api/v1/feed/", { params: { query } });
    if (error) throw new Error(error.detail);
    yield* data.results;
    cursor = data.next && new URL(data.next).searchParams.get("cursor");
  }
}

// A story, and its address of today where the one that was asked for is a former one.
export async function story(client: Client, slug: string) {
  const { data, error, response } = await client.GET("/api/v1/articles/{slug}/", { params: { path: { slug } } });
  if (response.status === 410) return { gone: true as const };
  if (error) throw new Error(error.detail);
  return data.slug === slug ? { article: data } : { movedTo: data.web_url };
}
