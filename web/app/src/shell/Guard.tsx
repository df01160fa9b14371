/** What stands in place of a page: it is not for this role, there is none, or it has a defect. */
import { useEffect, type ReactNode } from "react";
import { useRouteError } from "react-router";
import { useSession } from "../api/session";
import { useWords } from "../i18n";
import { common } from "../i18n/common";
import type { PageEntry } from "../pages";
import { Button, Empty, Link, PageHead } from "../parts/basics";

export function Guard({ page, children }: { page: PageEntry; children: ReactNode }) {
  const session = useSession();
  const words = useWords(common).problem;
  if (page.may && !session.may(page.may, page.reach)) return <Instead title={words.notFor} text={words.notForRemedy} />;
  return children;
}

export function NoPage() {
  const words = useWords(common).problem;
  return <Instead title={words.noPage} text={words.noPageRemedy} />;
}

export function Instead({ title, text }: { title: string; text: string }) {
  const words = useWords(common).problem;
  return (
    <>
      <PageHead title={title} />
      <Empty icon="lock" title={text} action={<Link href="/">{words.toOverview}</Link>} />
    </>
  );
}

export function PageDefect() {
  const error = useRouteError();
  const words = useWords(common).problem;
  useEffect(() => console.error(error), [error]);
  return (
    <>
      <PageHead title={words.defect} />
      <Empty icon="warning" title={words.defectRemedy} action={<Button onPress={() => location.reload()}>{words.reload}</Button>} />
    </>
  );
}
