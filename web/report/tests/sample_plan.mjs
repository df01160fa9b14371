/**
 * Sample plans for the tests: a company over Bulgaria, and a plan with every awkward thing in it. All invented from a seed; the places are
 * well-known cities with their public coordinates.
 */

/** Mulberry32, so that a seed always gives the same plan. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** name, lat, lon, weight */
const cities = [
  ["Sofia", 42.698, 23.322, 30], ["Plovdiv", 42.15, 24.75, 12], ["Varna", 43.21, 27.91, 11], ["Burgas", 42.506, 27.468, 8], ["Ruse", 43.85, 25.954, 6],
  ["Stara Zagora", 42.426, 25.634, 6], ["Pleven", 43.417, 24.617, 4], ["Sliven", 42.686, 26.329, 3], ["Dobrich", 43.567, 27.833, 3], ["Shumen", 43.271, 26.936, 3],
  ["Pernik", 42.605, 23.038, 3], ["Haskovo", 41.934, 25.556, 3], ["Yambol", 42.484, 26.503, 2], ["Pazardzhik", 42.192, 24.333, 3], ["Blagoevgrad", 42.021, 23.094, 3],
  ["Veliko Tarnovo", 43.076, 25.617, 3], ["Vratsa", 43.21, 23.552, 2], ["Gabrovo", 42.874, 25.334, 2], ["Vidin", 43.99, 22.882, 2], ["Kardzhali", 41.633, 25.378, 2], ["Montana", 43.409, 23.225, 2], ["Smolyan", 41.577, 24.701, 1],
];
/** Where sample employees live: more of them where there are more accounts. */
const bases = [0, 1, 2, 0, 3, 4, 0, 5, 6, 14, 1, 15, 0, 11];
const first = ["Ivan", "Maria", "Georgi", "Elena", "Dimitar", "Desislava", "Nikolay", "Radka", "Petar", "Yana", "Stefan", "Vesela", "Todor", "Kalina", "Hristo", "Milena", "Boris", "Teodora", "Asen", "Zornitsa"];
const last = ["Petrov", "Ivanov", "Dimitrov", "Georgiev", "Nikolov", "Todorov", "Hristov", "Stoyanov", "Marinov", "Angelov", "Kolev", "Popov"];
const trade = ["Foods", "Trade", "Pharma", "Build", "Metal", "Agro", "Print", "Logistics", "Textile", "Energy", "Glass", "Media"];

/** Convex hull (Andrew's monotone chain) of points [lon, lat]: good enough for the outline of a sample territory. */
function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (list) => {
    const chain = [];
    for (const p of list) {
      while (chain.length > 1 && turn(chain.at(-2), chain.at(-1), p) <= 0) chain.pop();
      chain.push(p);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** Nine plans, from the one that moves nobody to the one that moves many. */
function sampleFront() {
  const points = [[0, 0.62, 41.2], [90, 0.4, 38.1], [180, 0.22, 36], [270, 0.11, 34.9], [360, 0.05, 34], [480, 0.05, 31.5], [640, 0.03, 30.2], [820, 0.02, 29.4], [1000, 0.05, 28.8]];
  const point = ([moves, maxDeviation, cost], index) => ({ plan: String(index + 1).padStart(2, "0"), maxDeviation, cost, moves, moved: { count: moves, revenue: moves * 12345 }, keepsPolicy: maxDeviation <= 0.05, recommended: index === 4 });
  return { dimensions: ["balance", "travel", "moves"], costUnit: "km", points: points.map(point) };
}

/** One pool with a profit curve, one that only counts hours, one that has nobody. */
function sampleSizing() {
  const pool = { segment: "VIP", role: "sales-specialist", productLine: null, accounts: 250, hoursWanted: 6800, hoursAvailable: 3360, present: 3, needed: 6.07, utilisation: 2.02 };
  const step = (change, sales, profit, marginal) => ({ change, employees: 3 + change, sales, profit, marginal });
  const steps = [step(-1, 1_900_000, 430_000, 230_000), step(0, 2_150_000, 445_000, 15_000), step(1, 2_330_000, 439_000, -6_000)];
  return [{ ...pool, profit: { elasticity: 0.34, steps, best: steps[1] } }, { ...pool, role: "account-manager", profit: null }, { ...pool, role: "service-manager", hoursAvailable: 0, present: 0, utilisation: null, profit: null }];
}

/** @returns {any} a `Report` of src/data.ts */
export function samplePlan({ seed = 7, accounts: n = 5000, language = "en" } = {}) {
  const dice = random(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - dice())) * Math.cos(2 * Math.PI * dice());
  const total = cities.reduce((sum, c) => sum + c[3], 0);
  const pick = () => {
    let left = dice() * total;
    return cities.find((c) => (left -= c[3]) <= 0) ?? cities[0];
  };
  const bg = language === "bg";
  const segments = [
    { name: bg ? "Държавни поръчки" : "State orders", when: "ownership = 'public'", accounts: 0 },
    { name: "VIP", when: "importance = 'VIP'", accounts: 0 },
    { name: bg ? "Търговци" : "Dealers", when: "true", accounts: 0 },
  ];
  const roles = [
    { name: "sales-specialist", title: bg ? "Търговски специалист" : "Sales specialist", goal: bg ? "Установява нуждите на клиента и продава стоките и услугите" : "Establish the customer's needs and sell the company's goods and services" },
    { name: "account-manager", title: bg ? "Обслужване на клиенти" : "Account manager", goal: bg ? "Пази и развива отношенията" : "Keep and develop the relationship" },
    { name: "service-manager", title: bg ? "Сервизен мениджър" : "Service manager", goal: bg ? "Следпродажбено обслужване и съвети" : "After-sale service and advice" },
  ];
  const employees = [];
  const hire = (count, position, department) => {
    const from = employees.length;
    for (let i = 0; i < count; i++) {
      const city = cities[bases[i % bases.length]];
      const k = employees.length;
      employees.push({ id: `E-${String(k + 1).padStart(3, "0")}`, name: `${first[k % first.length]} ${last[(k * 5 + 3) % last.length]}${/[ay]$/.test(first[k % first.length]) ? "a" : ""}`, position, department, lat: city[1] + 0.1 * gauss(), lon: city[2] + 0.13 * gauss() });
    }
    return Array.from({ length: count }, (_, i) => from + i);
  };
  const staff = { dealers: hire(14, "Sales manager", "Dealers"), vip: hire(3, "Key account manager", "VIP"), state: hire(1, "Public sector manager", "State orders"), account: hire(10, "Account manager", "Customer care"), service: hire(9, "Service engineer", "Service") };

  const a = { total: n, id: [], name: [], lat: [], lon: [], segment: [], columns: [] };
  for (let i = 0; i < n; i++) {
    const city = pick();
    a.id.push(`A-${String(i + 1).padStart(5, "0")}`);
    a.name.push(`${city[0]} ${trade[Math.floor(dice() * trade.length)]} ${i + 1}`);
    const spread = dice() < 0.75 ? 0.06 : 0.28;
    a.lat.push(Math.min(44.1, Math.max(41.4, city[1] + gauss() * spread * 0.8)));
    a.lon.push(Math.min(27.95, Math.max(22.6, city[2] + gauss() * spread)));
    const s = dice() < 0.05 ? 0 : dice() < 0.08 ? 1 : 2;
    a.segment.push(s);
    segments[s].accounts++;
  }
  const work = a.id.map(() => Math.round(4 + 30 * dice() ** 2));
  const pools = [];
  const addPool = (role, segment, team, method, rule, tolerance, column) => {
    const members = a.id.map((_, i) => i).filter((i) => a.segment[i] === segment);
    const home = (e) => [employees[e].lon, employees[e].lat];
    const far = (i, e) => Math.hypot((a.lon[i] - home(e)[0]) * 0.73, a.lat[i] - home(e)[1]);
    // Power diagram by price adjustment: near homes, with loads drawn together.
    const owner = new Map();
    const target = members.reduce((sum, i) => sum + work[i], 0) / team.length;
    const distance = members.map((i) => team.map((e) => far(i, e)));
    const prices = team.map(() => 0);
    for (let round = 0; round < 300; round++) {
      const load = team.map(() => 0);
      members.forEach((i, m) => {
        let best = 0;
        for (let t = 1; t < team.length; t++) if (distance[m][t] + prices[t] < distance[m][best] + prices[best]) best = t;
        load[best] += work[i];
        owner.set(i, team[best]);
      });
      team.forEach((_e, t) => (prices[t] += 0.25 * 0.98 ** round * Math.max(-1, Math.min(1, load[t] / target - 1))));
    }
    const index = pools.length;
    let moved = 0;
    for (const i of members) {
      const e = owner.get(i);
      column.employee[i] = e;
      column.pool[i] = index;
      const swap = dice() < 0.07 ? 1 : 0;
      moved += swap;
      column.moved[i] = swap;
      column.reason[i] = bg ? `Сегмент „${segments[segment].name}“; ${(far(i, e) * 111).toFixed(0)} км от базата` : `Segment “${segments[segment].name}”; ${(far(i, e) * 111).toFixed(0)} km from the base, ${swap ? "moved to even out the workload" : "same employee as before"}`;
    }
    const sum = (e, f) => members.filter((i) => owner.get(i) === e).reduce((s, i) => s + f(i), 0);
    const measure = (name, f, tol) => {
      const mean = members.reduce((s, i) => s + f(i), 0) / team.length;
      const loads = team.map((e) => ({ employee: e, value: sum(e, f), target: mean, lower: tol == null ? null : mean * (1 - tol), upper: tol == null ? null : mean * (1 + tol) }));
      const maxDeviation = Math.max(...loads.map((l) => Math.abs(l.value / mean - 1)));
      return { name, tolerance: tol, maxDeviation, kept: tol == null || maxDeviation <= tol, loads };
    };
    const objective = members.reduce((s, i) => s + far(i, owner.get(i)) * 111, 0);
    const territories = method !== "territories" ? [] : team.map((e) => {
      const mine = members.filter((i) => owner.get(i) === e).map((i) => [a.lon[i], a.lat[i]]);
      const ring = mine.length > 2 ? hull(mine) : [];
      return { name: `T-${e + 1}`, employee: e, centre: [mine.reduce((s, p) => s + p[0], 0) / mine.length, mine.reduce((s, p) => s + p[1], 0) / mine.length], outline: ring.length ? [ring] : [], accounts: mine.length };
    });
    const gap = team.length === 1 ? 0 : 0.004 + 0.02 * dice();
    pools.push({
      segment: segments[segment].name, role, productLine: null, method, rule, accounts: members.length, employees: team.length, objective, objectiveUnit: "km", lowerBound: objective / (1 + gap), gap,
      gapWords: gap === 0 ? (bg ? "Това е най-добрият възможен план." : "This is the best possible plan.") : bg ? `Най-много ${(gap * 100).toFixed(1)} % над най-доброто възможно.` : `At most ${(gap * 100).toFixed(1)} % above the best possible.`,
      contiguous: method === "territories" ? true : null, moved, kept: members.length - moved,
      measures: team.length === 1 ? [] : [measure("workload", (i) => work[i], tolerance), measure("count", () => 1, null)],
      territories, infeasible: [],
    });
  };
  const column = (role) => {
    const c = { role, productLine: null, employee: Array(n).fill(null), pool: Array(n).fill(null), reason: Array(n).fill(""), moved: Array(n).fill(0) };
    a.columns.push(c);
    return c;
  };
  const sales = column("sales-specialist");
  addPool("sales-specialist", 0, staff.state, "to", "to = \"position = 'Public sector manager'\"", null, sales);
  addPool("sales-specialist", 1, staff.vip, "balance", "balance = { workload = 0.1 }", 0.1, sales);
  addPool("sales-specialist", 2, staff.dealers, "territories", "territories = { balance = { workload = 0.05 }, contiguous = true }", 0.05, sales);
  const care = column("account-manager");
  addPool("account-manager", 1, staff.account.slice(0, 3), "fit", "fit = { skills = [\"industry\"] }", 0.15, care);
  addPool("account-manager", 2, staff.account.slice(3), "territories", "territories = { balance = { workload = 0.05 } }", 0.05, care);
  const service = column("service-manager");
  addPool("service-manager", 2, staff.service, "territories", "territories = { balance = { workload = 0.08 } }", 0.08, service);
  const assigned = a.columns.reduce((s, c) => s + c.employee.filter((e) => e != null).length, 0);
  const moved = a.columns.reduce((s, c) => s + c.moved.reduce((x, y) => x + y, 0), 0);
  return {
    title: bg ? "План за отговорностите" : "Sales coverage plan", company: bg ? "Примерно дружество" : "Sample Company", currency: "EUR", language, date: "2025-01-01", seed, seconds: 2.34, policyFile: "bailiwick.toml", version: "0.1.0",
    counts: { accounts: n, employees: employees.length, assigned, unassigned: 0, moved, kept: assigned - moved, rejected: 12 },
    employees, roles, pools, segments, accounts: a,
    findings: [{ severity: "info", title: bg ? "Два сегмента се припокриват" : "Two segments overlap", text: bg ? "14 клиента отговарят и на двете условия; важи първото." : "14 accounts meet the conditions of both “State orders” and “VIP”; the first one wins.", remedy: bg ? "Ако това не е желано, сменете реда." : "Change their order if this is not what you want." }],
    front: sampleFront(), sizing: sampleSizing(),
  };
}

/** No coordinates, nobody for some accounts, markup and formulas in names, thirty pools, broken promises. */
export function awkwardPlan({ language = "en" } = {}) {
  const dice = random(3);
  const evil = ["<script>document.title='owned'</script>", "<img src=x onerror=\"document.title='owned'\">", "=HYPERLINK(\"http://example.com\")", "+1+1", "<!--<script>", "@SUM(A1)", "-2", "“Кавички” & Sons <b>bold</b>", "A name so long that no layout expects it ".repeat(4), "", "Ünïcödé 株式会社"];
  const employees = Array.from({ length: 60 }, (_, i) => ({ id: `E${i}`, name: i === 0 ? "<script>alert(1)</script>" : `Employee ${i} ${"Longname".repeat(i % 4)}`, position: "Seller", department: "Sales", lat: null, lon: null }));
  const segments = Array.from({ length: 30 }, (_, i) => ({ name: i === 3 ? "<b>Segment</b> & co" : `Segment ${i + 1}`, when: i === 29 ? "true" : `region = 'R${i}' AND revenue_12m > ${i * 1000} AND (ownership = 'public' OR ownership = 'commercial')`, accounts: 20 }));
  const n = 600;
  const a = { total: 1800, id: [], name: [], lat: [], lon: [], segment: [], columns: [] };
  const c = { role: "sales-specialist", productLine: "Line A", employee: [], pool: [], reason: [], moved: [] };
  for (let i = 0; i < n; i++) {
    a.id.push(i === 5 ? "=1+1" : `A${i}`);
    a.name.push(evil[i % evil.length] || "");
    a.lat.push(i < 40 && i % 2 ? 42 + dice() : null);
    a.lon.push(i < 40 && i % 2 ? 23 + dice() : null);
    a.segment.push(i % 30);
    const lost = i % 17 === 0;
    c.employee.push(lost ? null : (i % 30) * 2 + (Math.floor(i / 30) % 2));
    c.pool.push(i % 30);
    c.reason.push(lost ? "Nobody eligible has capacity left (missing: 3 hours)" : "Rule <script>alert(2)</script>");
    c.moved.push(i % 11 === 0 ? 1 : 0);
  }
  a.columns.push(c);
  const pools = segments.map((segment, p) => {
    const team = [p * 2, p * 2 + 1];
    const loads = team.map((employee, j) => ({ employee, value: j ? 80 + p : 120 - p, target: 100, lower: 95, upper: 105 }));
    return {
      segment: segment.name, role: "sales-specialist", productLine: "Line A", method: p % 2 ? "balance" : "invented", rule: `balance = { workload = 0.05 } # ${p}`, accounts: 20, employees: 2, objective: 12.3456, objectiveUnit: "", lowerBound: null, gap: null, gapWords: "", contiguous: p % 3 === 0 ? false : null, moved: 0, kept: 0,
      measures: [{ name: "workload", tolerance: 0.05, maxDeviation: (20 - p) / 100, kept: p >= 15, loads }, { name: "very_long_measure_name_of_the_customer", tolerance: null, maxDeviation: 0, kept: true, loads: team.map((employee) => ({ employee, value: 0, target: null, lower: null, upper: null })) }],
      territories: [],
      infeasible: p < 12 ? [{ what: "Workload within 5 %", where: `Employee ${p * 2}`, by: `${20 - p} hours`, remedy: "Hire one more employee in this segment, or allow 20 %" }] : [],
    };
  });
  return {
    title: "Awkward <script>alert(0)</script> plan", company: "", currency: "", language, date: "2025-02-30", seed: 1, seconds: 0, policyFile: "", version: "0.1.0",
    counts: { accounts: 1800, employees: 60, assigned: 1694, unassigned: 106, moved: 0, kept: 0, rejected: 3 },
    employees, roles: [], pools, segments, accounts: a,
    findings: [{ severity: "error", title: "Capacity cannot suffice", text: "The staff of Segment 1 has 100 hours; 240 are needed.", remedy: "Hire, or lower the service level." }, { severity: "warning", title: "Segment 7 is shadowed", text: "No account reaches it.", remedy: "Move it up." }],
  };
}

/** A plan with nothing in it. */
export function emptyPlan() {
  return { title: "", company: "", currency: "", language: "en", date: "2025-01-01", seed: 0, seconds: 0, policyFile: "", version: "0.1.0", counts: { accounts: 0, employees: 0, assigned: 0, unassigned: 0, moved: 0, kept: 0, rejected: 0 }, employees: [], roles: [], pools: [], segments: [], accounts: { total: 0, id: [], name: [], lat: [], lon: [], segment: [], columns: [] }, findings: [] };
}
