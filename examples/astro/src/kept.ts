// Pages are made once and kept, each with the tags of what it shows. The webhook throws away those that it names.

type Page = { body: string; headers: [string, string][]; tags: Set<string> };

const PAGES = 1000;
const pages = new Map<string, Page>();
let thrown = 0; // how often something was thrown away

export const edition = () => thrown;
export const find = (address: string) => pages.get(address);

// Keeps a page, unless something was thrown away while it was being made: it may be of before.
export function keep(address: string, page: Page, begun: number): void {
  if (begun !== thrown || !page.tags.size) return;
  if (pages.size >= PAGES) pages.delete(pages.keys().next().value ?? "");
  pages.set(address, page);
}

export function expire(tags: string[]): void {
  thrown += 1;
  for (const [address, page] of pages) if (tags.some((tag) => page.tags.has(tag))) pages.delete(address);
}
