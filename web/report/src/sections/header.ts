/** The head of the page: what plan this is, the verdict in one breath, and the key figures. */
import type { Context } from "../context";
import { poolKept } from "../data";
import { h, icon } from "../dom";
import { measureName, poolName } from "../pool_view";

interface Verdict {
  tone: "good" | "warn" | "bad";
  label: string;
  text: string;
}

export function judge(context: Context): Verdict {
  const { report, words, format } = context;
  const { counts } = report;
  const broken = report.pools.reduce((sum, pool) => sum + brokenPromises(pool), 0);
  const gaps = report.pools.map((pool) => pool.gap).filter((gap): gap is number => gap != null);
  const worst = gaps.length ? Math.max(...gaps) : null;
  if (counts.assigned + counts.unassigned === 0) return { tone: "warn", label: words.verdict.empty, text: words.verdict.nothing };
  const sentences: string[] = [];
  if (counts.unassigned > 0) sentences.push(words.verdict.someUnassigned(counts.unassigned, format.number(counts.unassigned)));
  else sentences.push(words.verdict.allAssigned(counts.assigned, format.number(counts.assigned)));
  sentences.push(broken > 0 ? words.verdict.notKept(broken, format.number(broken)) : words.verdict.allKept);
  if (worst == null) sentences.push(words.verdict.noGap);
  else if (worst < 0.00005 && gaps.length === report.pools.length) sentences.push(words.verdict.best);
  else if (gaps.length < report.pools.length) sentences.push(words.verdict.gapSome(gaps.length, report.pools.length, format.percent(worst)));
  else sentences.push(worst < 0.1 ? words.verdict.gap(format.percent(Math.max(worst, 0.001))) : words.verdict.gapLarge(format.percent(worst)));
  const tone = counts.unassigned > 0 ? "bad" : broken > 0 ? "warn" : "good";
  return { tone, label: words.verdict[tone], text: sentences.join(" ") };
}

/** Promises a pool does not keep: those the planner names, else those its figures show. */
export function brokenPromises(pool: Parameters<typeof poolKept>[0]): number {
  if (poolKept(pool)) return 0;
  if (pool.infeasible.length > 0) return pool.infeasible.length;
  return pool.measures.filter((measure) => !measure.kept).length + (pool.contiguous === false ? 1 : 0);
}

export function header(context: Context): HTMLElement {
  const { report, words, format } = context;
  const verdict = judge(context);
  return h(
    "header",
    { class: "masthead" },
    h("p", { class: "eyebrow" }, [report.company, words.planFor(format.date(report.date))].filter(Boolean).join(" · ")),
    h("h1", { lang: context.foreign }, report.title || words.print_.title),
    h(
      "div",
      { class: `verdict ${verdict.tone}` },
      h("span", { class: "verdict-mark" }, icon(verdict.tone === "good" ? "check" : "alert", 22)),
      h("p", null, h("strong", null, `${verdict.label}. `), verdict.text),
    ),
    tiles(context),
  );
}

function tiles(context: Context): HTMLElement {
  const { report, words, format } = context;
  const { counts } = report;
  const total = counts.assigned + counts.unassigned;
  const share = (n: number, of: number) => (of > 0 ? words.tiles.ofAll(format.percent(n / of)) : "");
  const changes = counts.moved + counts.kept;
  let worst: { deviation: number; tolerance: number | null; where: string; kept: boolean } | null = null;
  for (const pool of report.pools)
    for (const measure of pool.measures) {
      const ratio = (m: { deviation: number; tolerance: number | null }) => (m.tolerance ? m.deviation / m.tolerance : 0);
      const candidate = { deviation: measure.maxDeviation, tolerance: measure.tolerance, where: `${measureName(context, measure.name)}, ${poolName(context, pool)}`, kept: measure.kept };
      if (!worst || ratio(candidate) > ratio(worst) || (ratio(candidate) === ratio(worst) && candidate.deviation > worst.deviation)) worst = candidate;
    }
  const gapped = report.pools.filter((pool) => pool.gap != null).sort((a, b) => b.gap! - a.gap!);
  const tile = (label: string, value: string, note: string, tone = "") => h("div", { class: `tile ${tone}` }, h("dt", null, label), h("dd", null, h("span", { class: "tile-value" }, value), note && h("span", { class: "tile-note" }, note)));
  return h(
    "dl",
    { class: "tiles" },
    tile(words.tiles.accounts, format.number(counts.accounts), counts.rejected > 0 ? `${words.tiles.rejected}: ${format.number(counts.rejected)}` : ""),
    tile(words.tiles.employees, format.number(counts.employees), words.tiles.inPools(report.pools.length, format.number(report.pools.length))),
    tile(words.tiles.assigned, format.number(counts.assigned), report.accounts.columns.length ? words.tiles.perRole(report.accounts.columns.length, format.number(report.accounts.columns.length)) : ""),
    tile(words.tiles.unassigned, counts.unassigned ? format.number(counts.unassigned) : words.tiles.none, counts.unassigned ? share(counts.unassigned, total) : "", counts.unassigned ? "bad" : "good"),
    changes > 0 && tile(words.tiles.moved, format.number(counts.moved), share(counts.moved, changes)),
    worst && tile(words.tiles.deviation, format.percent(worst.deviation), worst.tolerance != null ? words.tiles.promised(`≤ ${format.percent(worst.tolerance)}`) : words.tiles.noPromise, worst.kept ? "good" : "warn"),
    tile(words.tiles.gap, gapped.length === 0 ? words.tiles.unknown : gapped[0].gap! < 0.00005 ? words.tiles.best : words.tiles.atMost(format.percent(gapped[0].gap!)), gapped.length === 0 ? "" : gapped[0].gap! < 0.00005 && gapped.length === report.pools.length ? words.tiles.bestNote : gapped.length < report.pools.length ? words.tiles.gapKnown(gapped.length, report.pools.length) : gapped.length > 1 ? words.tiles.worstPool : ""),
  );
}
