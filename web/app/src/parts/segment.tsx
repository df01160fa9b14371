/** The name of a segment, leading to its customers. */
import { useWords } from "../i18n";
import { common } from "../i18n/common";
import { Link } from "./basics";

export const segmentPath = (segment: string) => `/accounts?accounts.f.segment=${encodeURIComponent(segment)}`;

/** A customer whom nobody answers for yet is in no segment: that is said, and leads nowhere. */
export function Segment({ name }: { name: string }) {
  const say = useWords(common);
  return name === "" ? <span className="soft">{say.notKnown}</span> : <Link href={segmentPath(name)}>{name}</Link>;
}
