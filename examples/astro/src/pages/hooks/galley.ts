// Galley's webhook: what has changed is made anew when it is next asked for.

import type { APIRoute } from "astro";
import { GALLEY_SECRET } from "astro:env/server";
import { Webhook } from "standardwebhooks";
import type { Message } from "../../galley";
import { expire } from "../../kept";

export const POST: APIRoute = async ({ request }) => {
  const body = await request.text(); // as it came: the signature is over these very bytes
  let message: Message;
  try {
    message = new Webhook(GALLEY_SECRET ?? "").verify(body, Object.fromEntries(request.headers)) as Message;
  } catch {
    return new Response("Not from Galley", { status: 401 });
  }
  if (message.type !== "test") {
    const { tags } = message.data;
    expire(tags);
    // One of several servers of Galley's may learn of a change a tenth of a second late: a page made meanwhile goes, too.
    setTimeout(() => expire(tags), 1000);
  }
  return new Response(null, { status: 204 });
};
