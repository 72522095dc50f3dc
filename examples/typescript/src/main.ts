// node out/main.js https://news.example.org world: the headlines of a section, then its newest story as HTML.

import { connect } from "./client.js";
import { html } from "./body.js";
import { story, teaser, walk } from "./feed.js";

const [baseUrl = "http://localhost:8000", section = "world"] = process.argv.slice(2);
const client = connect(baseUrl);
let newest: string | undefined;
for await (const item of walk(client, section)) {
  console.log(teaser(item));
  if (item.kind === "article") newest ??= item.slug;
}
const answer = newest ? await story(client, newest) : undefined;
if (answer && "article" in answer) console.log(answer.article.body.map(html).join("\n"));
