import type { Metadata } from "next";
import { notFound, permanentRedirect } from "next/navigation";
import { path, printed } from "../../../components/item";
import { Picture } from "../../../components/picture";
import { find, isKind } from "../../../lib/galley";

type Props = PageProps<"/[kind]/[slug]">;

export const instant = false; // a reader waits for the story, and not for an empty page first

// Each page is made when it is first asked for, and kept until something in it changes. Next.js wants one to try.
export const generateStaticParams = () => [{ kind: "articles", slug: "none" }];

async function shown({ params }: Props) {
  const { kind, slug: encoded } = await params;
  const slug = decodeURIComponent(encoded);
  if (!isKind(kind)) notFound();
  const { item, isDraft } = await find(kind, slug);
  if (!item) notFound();
  if (!isDraft && item.slug !== slug) permanentRedirect(path(item)); // it was a former slug
  return { item, isDraft };
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { item, isDraft } = await shown(props);
  const { title, description, canonical_url: canonical } = item.kind === "article" ? item.seo : { canonical_url: item.web_url };
  return { title: title ?? item.headline, description, alternates: { canonical }, robots: isDraft ? "noindex" : "index" };
}

export default async function Page(props: Props) {
  const { item } = await shown(props);
  const photo = item.kind === "article" ? item.lead_photo : item.embed && item.poster;
  return (
    <article className="story" lang={item.language}>
      <p className="kicker">{item.kind === "article" ? item.kicker : item.label}</p>
      <h1>{item.headline}</h1>
      <p className="standfirst">{item.standfirst}</p>
      <p>{item.byline} {printed(item.published_at)}</p>
      {photo && <Picture photo={photo} isFirst />}
      {item.kind === "article" ? (
        <div dangerouslySetInnerHTML={{ __html: item.body_html ?? "" }} />
      ) : item.embed ? (
        <a href={item.embed.url}>Watch it at {item.embed.provider}</a>
      ) : (
        <video controls preload="none" crossOrigin="anonymous" poster={item.poster?.src ?? ""} src={item.sources[0]?.url}>
          {item.tracks.map(({ url, language, ...track }) => <track key={url} src={url} srcLang={language} {...track} />)}
        </video>
      )}
      {item.kind === "video" && <p><small>{item.credit_line}</small></p>}
      {item.kind === "article" &&
        item.corrections.map(({ text, published_at: at }) => <p className="correction" key={at}>{text} {printed(at)}</p>)}
    </article>
  );
}
