"use client";
// "Show more": whoever reads on asks Galley from the browser. No item comes twice, and none is left out.

import { useState } from "react";
import type { FeedItem } from "../lib/galley";
import { Item } from "./item";

type Page = { results: FeedItem[]; next: string | null };

export function More({ first }: { first: string | null }) {
  const [{ results, next }, show] = useState<Page>({ results: [], next: first });
  const [isAway, setAway] = useState(false);

  async function more(address: string) {
    const page: Page | null = await fetch(address).then((answer) => (answer.ok ? answer.json() : null), () => null);
    if (page) show({ results: [...results, ...page.results], next: page.next });
    setAway(!page);
  }

  return (
    <>
      {results.map((item) => <Item key={item.id} item={item} />)}
      {next && <button onClick={() => more(next)}>{isAway ? "The newsroom is away. Try again" : "Show more"}</button>}
    </>
  );
}
