/** What the speed of pages is told in: the largest paint, times of frames, and the work of the page's own thread. */

export const largest = (page) => page.evaluate(() => new Promise((done) => new PerformanceObserver((list) => done(Math.round(list.getEntries().at(-1).startTime))).observe({ type: "largest-contentful-paint", buffered: true })));

/** When the service's answers came, the slowest last: what a page waited for. */
export const slowest = (page) =>
  page.evaluate(() => {
    const asked = performance.getEntriesByType("resource").filter((one) => one.name.includes("/api/")).sort((a, b) => a.duration - b.duration);
    const last = asked.at(-1);
    return last ? `${new URL(last.name).pathname.replace("/api/v1", "")} ${Math.round(last.duration)} ms` : "nothing";
  });

/**
 * Frame times while something goes on in a page, and what a frame takes of the page's own thread (scripts, layout, style) in
 * processor time, which neither a busy machine nor drawing without a graphics card changes.
 */
export async function watchFrames(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    const of = (name) => metrics.find((one) => one.name === name).value * 1000;
    return { script: of("ScriptDuration"), layout: of("LayoutDuration") + of("RecalcStyleDuration") };
  };
  return async (name, act) => {
    const before = await spent();
    await page.evaluate(() => {
      const times = [];
      let last = performance.now();
      const look = (now) => {
        times.push(now - last);
        last = now;
        globalThis.watching = requestAnimationFrame(look);
      };
      globalThis.watched = times;
      globalThis.watching = requestAnimationFrame(look);
    });
    await act();
    const times = (await page.evaluate(() => (cancelAnimationFrame(globalThis.watching), globalThis.watched))).slice(1).sort((a, b) => a - b);
    const after = await spent();
    const at = (share) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
    const each = (what) => ((after[what] - before[what]) / Math.max(1, times.length)).toFixed(1);
    console.log(`${name}: ${times.length} frames, median ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms; of a frame scripts ${each("script")} ms, layout ${each("layout")} ms`);
  };
}
