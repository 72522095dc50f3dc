import { draftMode } from "next/headers";
import Link from "next/link";
import { endPreview } from "./preview/acts";
import "./site.css";

export const metadata = { title: "News" };

export default async function Layout({ children }: LayoutProps<"/">) {
  const isPreview = (await draftMode()).isEnabled;
  return (
    <html lang="en">
      <body>
        <form action={endPreview} hidden={!isPreview}><button>You see what is not published yet. End it</button></form>
        <header><Link href="/" prefetch={false}>News</Link></header>
        <main>{children}</main>
      </body>
    </html>
  );
}
