// One row of a feed or a front: a story, a blurb without a headline, or a video.

import Link from "next/link";
import type { FeedItem } from "../lib/galley";
import { Picture } from "./picture";

// In one language and zone, so that a server and every browser write the same.
const clock = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
export const printed = (time: string | null) => time && <time dateTime={time}>{clock.format(new Date(time))}</time>;

export const path = (item: { web_url: string }) => new URL(item.web_url, "http://any").pathname;

export function Item({ item }: { item: FeedItem }) {
  const photo = item.kind === "article" ? item.lead_photo : item.kind === "video" ? item.poster : item.photo;
  return (
    <article>
      {photo && <Picture photo={photo} crop="3x2" />}
      <p className="kicker">{item.kind === "article" ? item.kicker : item.label}</p>
      {item.kind !== "blurb" && <h3><Link href={path(item)}>{item.headline}</Link></h3>}
      {item.kind === "blurb" ? <div dangerouslySetInnerHTML={{ __html: item.text_html }} /> : <p>{item.standfirst}</p>}
      {printed(item.published_at)} {item.kind === "article" && <small>{item.reading_minutes} min read</small>}
    </article>
  );
}
