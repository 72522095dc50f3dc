import type { Metadata } from "next";
import { notFound, permanentRedirect } from "next/navigation";
import { path, printed } from "../../../components/item";
import { Picture } from "../../../components/picture";
import { article, feed } from "../../../lib/galley";

type Props = { params: Promise<{ slug: string }> };

export const instant = false; // a reader waits for the story, and not for an empty page first

// The newest stories are made beforehand, any other when it is first asked for; each is kept until something in it changes.
export async function generateStaticParams() {
  const { results } = await feed();
  return results.flatMap((item) => (item.kind === "article" ? { slug: item.slug } : []));
}

async function find({ params }: Props) {
  const slug = decodeURIComponent((await params).slug);
  const { story, isDraft } = await article(slug);
  if (!story) notFound();
  if (!isDraft && story.slug !== slug) permanentRedirect(path(story)); // it was a former slug
  return { story, isDraft };
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { story, isDraft } = await find(props);
  const { title, description, canonical_url: canonical } = story.seo;
  return { title, description, alternates: { canonical }, robots: isDraft ? "noindex" : "index" };
}

export default async function Story(props: Props) {
  const { story } = await find(props);
  return (
    <article lang={story.language}>
      <p className="kicker">{story.kicker}</p>
      <h1>{story.headline}</h1>
      <p className="standfirst">{story.standfirst}</p>
      <p>
        {story.byline} {printed(story.published_at)} {story.reading_minutes} min read
      </p>
      {story.lead_photo && <Picture photo={story.lead_photo} isFirst />}
      <div dangerouslySetInnerHTML={{ __html: story.body_html ?? "" }} />
      {story.corrections.map((correction) => (
        <p className="correction" key={correction.published_at}>
          {correction.text} {printed(correction.published_at)}
        </p>
      ))}
    </article>
  );
}
