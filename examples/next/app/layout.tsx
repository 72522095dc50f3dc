import { draftMode } from "next/headers";
import Link from "next/link";
import type { ReactNode } from "react";
import { endPreview } from "./preview/acts";
import "./site.css";

export const metadata = { title: "News" };

export default async function Layout({ children }: { children: ReactNode }) {
  const { isEnabled } = await draftMode();
  return (
    <html lang="en">
      <body>
        <form action={endPreview} hidden={!isEnabled}>
          <button>You see what is not published yet. End the preview</button>
        </form>
        <Link href="/">News</Link>
        <main>{children}</main>
      </body>
    </html>
  );
}
