"use client";
// "Show more": whoever reads on asks Galley from the browser. No item comes twice, and none is left out.

import { useState } from "react";
import type { FeedList } from "../lib/galley";
import { Item } from "./item";

export function More({ first }: { first: string | null }) {
  const [{ items, next, isAway }, show] = useState({ items: [] as FeedList["results"], next: first, isAway: false });

  async function more(address: string) {
    const page: FeedList | null = await fetch(address).then((answer) => (answer.ok ? answer.json() : null), () => null);
    show(page ? { items: [...items, ...page.results], next: page.next, isAway: false } : { items, next, isAway: true });
  }

  return (
    <>
      {items.map((item) => (
        <Item key={item.id} item={item} />
      ))}
      {isAway && <p role="alert">The newsroom cannot be reached. Try again in a moment.</p>}
      {next && <button onClick={() => more(next)}>Show more</button>}
    </>
  );
}
