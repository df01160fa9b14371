/** What a page says where its project lacks what it needs: what would be here, and the lines to write. */
import type { ReactNode } from "react";
import { Refusal } from "../api/client";
import { Empty, Ready, sentence } from "./basics";
import type { IconName } from "./icons";

export interface Lesson {
  icon?: IconName;
  title: string;
  text: string;
  /** Lines of `bailiwick.toml`, or of the command line. */
  example: string;
}

export function Teach({ icon = "info", title, text, example, said }: Lesson & { said?: string | undefined }) {
  return (
    <Empty icon={icon} title={title} action={<pre className="example">{example}</pre>}>
      {said && <>{sentence(said)} </>}
      {text}
    </Empty>
  );
}

/** Shows what a query has; where the project has nothing for it (404, 409), how to write it. */
export function ReadyOr<Data>({ of, lesson, children }: { of: Parameters<typeof Ready<Data>>[0]["of"]; lesson: Lesson; children(data: Data): ReactNode }) {
  const refused = of.data === undefined && of.error instanceof Refusal ? of.error : null;
  if (refused && (refused.status === 404 || refused.status === 409)) return <Teach {...lesson} said={refused.detail} />;
  return <Ready of={of}>{children}</Ready>;
}
