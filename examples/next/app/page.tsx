import { Item } from "../components/item";
import { More } from "../components/more";
import { feed, front } from "../lib/galley";

// The first page as its editors have arranged it, and below it the feed, without what stands there already.
export default async function Home() {
  const [home, newest] = await Promise.all([front(), feed()]);
  return (
    <>
      {home?.containers.map(({ id, title, layout, items }) => (
        <section className={layout} key={id} hidden={!items.length}>
          <h2>{title}</h2>
          {items.map((item) => <Item key={item.id} item={item} />)}
        </section>
      ))}
      <section className="feed">
        <h2>Latest</h2>
        {newest?.results.map((item) => <Item key={item.id} item={item} />)}
        <More key={newest?.next} first={newest?.next ?? null} />
      </section>
    </>
  );
}
