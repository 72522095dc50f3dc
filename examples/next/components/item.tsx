// One row of a feed. A kind that is not handled here does not compile.

import Link from "next/link";
import type { FeedItem } from "../lib/galley";
import { Picture } from "./picture";

// In one language and zone, so that a server and every browser write the same.
const clock = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
export const printed = (time: string | null) => time && <time dateTime={time}>{clock.format(new Date(time))}</time>;

export const path = (item: { web_url: string }) => new URL(item.web_url, "http://any").pathname;

export function Item({ item }: { item: FeedItem }) {
  switch (item.kind) {
    case "blurb":
      return (
        <article>
          <p className="kicker">{item.label}</p>
          <div dangerouslySetInnerHTML={{ __html: item.text_html }} />
          {printed(item.published_at)}
        </article>
      );
    case "article":
    case "video": {
      const photo = item.kind === "article" ? item.lead_photo : item.poster;
      return (
        <article>
          {photo && <Picture photo={photo} crop="3x2" />}
          <p className="kicker">{item.kind === "article" ? item.kicker : item.label}</p>
          <h2>
            <Link href={path(item)}>{item.headline}</Link>
          </h2>
          <p>{item.standfirst}</p>
          {printed(item.published_at)} {item.kind === "article" && `${item.reading_minutes} min read`}
        </article>
      );
    }
    default:
      return item satisfies never;
  }
}
