// Answers with the page that is kept, or has it made. What a preview shows is kept nowhere.

import { defineMiddleware } from "astro:middleware";
import { connect } from "./galley";
import { edition, find, keep } from "./kept";

export const onRequest = defineMiddleware(async ({ request, url, cookies, locals }, next) => {
  const tags = new Set<string>();
  locals.galley = connect(tags);
  const isPublic = request.method === "GET" && !cookies.has("preview");
  const address = `${url.pathname}?${url.searchParams}`;
  const page = isPublic ? find(address) : undefined;
  if (page) return new Response(page.body, { headers: [...page.headers, ["X-Kept", "yes"]] });
  const begun = edition();
  const answer = await next();
  if (!isPublic || answer.status !== 200) return answer;
  const body = await answer.text();
  keep(address, { body, headers: [...answer.headers], tags }, begun);
  return new Response(body, answer);
});
