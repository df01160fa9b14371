/** The segments of a policy's text: found, put into another order, and given another condition, with all else untouched. */
export interface Segment {
  name: string;
  when: string;
  /** The lines of the block, comments before it included. */
  text: string;
}
interface Parts {
  before: string;
  segments: Segment[];
  after: string;
}

const HEAD = /^\s*\[\[segments\]\]/;
const OTHER = /^\s*\[/;
const quoted = (text: string, key: string): string => {
  const found = new RegExp(`^\\s*${key}\\s*=\\s*("(?:[^"\\\\]|\\\\.)*"|'[^']*')`, "m").exec(text)?.[1] ?? "";
  return found.startsWith('"') ? (JSON.parse(found) as string) : found.slice(1, -1);
};

export function parts(policy: string): Parts {
  const lines = policy.split("\n");
  const first = lines.findIndex((line) => HEAD.test(line));
  if (first < 0) return { before: policy, segments: [], after: "" };
  let end = first;
  const starts: number[] = [];
  for (let at = first; at < lines.length; at++) {
    if (HEAD.test(lines[at]!)) starts.push(at);
    else if (OTHER.test(lines[at]!)) break;
    end = at + 1;
  }
  // Comments above the next section are its own.
  while (end > starts.at(-1)! + 1 && /^\s*(#.*)?$/.test(lines[end - 1]!)) end--;
  const blocks = starts.map((start, at) => lines.slice(start, starts[at + 1] ?? end).join("\n").trimEnd());
  return { before: lines.slice(0, first).join("\n"), segments: blocks.map((text) => ({ name: quoted(text, "name"), when: quoted(text, "when"), text })), after: lines.slice(end).join("\n") };
}

export function withSegments(policy: string, segments: Segment[]): string {
  const { before, after } = parts(policy);
  return [before, segments.map((one) => one.text).join("\n\n"), after].join("\n");
}

export function withCondition(segment: Segment, when: string): Segment {
  return { ...segment, when, text: segment.text.replace(/^(\s*when\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*')/m, (_, start: string) => start + JSON.stringify(when)) };
}
