// Galley's webhook: what has changed is made anew. The message says by tags which answers show it.

import { setTimeout as pause } from "node:timers/promises";
import { revalidateTag } from "next/cache";
import { after } from "next/server";
import { Webhook } from "standardwebhooks";
import type { Message } from "../../../lib/galley";

const expire = (tags: string[]) => tags.forEach((tag) => revalidateTag(tag, { expire: 0 }));

export async function POST(request: Request): Promise<Response> {
  const body = await request.text(); // as it came: the signature is over these very bytes
  let message: Message;
  try {
    message = new Webhook(process.env.GALLEY_SECRET ?? "").verify(body, Object.fromEntries(request.headers)) as Message;
  } catch {
    return new Response("Not from Galley", { status: 401 });
  }
  const tags = message.type === "test" ? [] : message.data.tags;
  expire(tags);
  // One of several servers of Galley's may learn of a change a tenth of a second late: a page made meanwhile goes, too.
  after(() => pause(1000).then(() => expire(tags)));
  return new Response(null, { status: 204 });
}
