import { Item } from "../components/item";
import { More } from "../components/more";
import { feed } from "../lib/galley";

export default async function Home() {
  const { results, next } = await feed();
  return (
    <>
      <h1>News Feed</h1>
      {results.map((item) => (
        <Item key={item.id} item={item} />
      ))}
      <More key={next} first={next} />
    </>
  );
}
