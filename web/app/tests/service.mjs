/** The real service over a company made by `bailiwick demo`, in a folder of its own. `BAILIWICK_BIN` names the binary; otherwise cargo's newest is taken. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");

export const PASSWORD = "a long enough secret";
/** Users of the company by their role of access. E-020 answers for customers, E-002 leads a reporting line. */
export const USERS = { admin: ["admin", "Admin"], planner: ["planner", "Planner"], manager: ["manager", "Manager"], member: ["member", "Member"], auditor: ["auditor", "Auditor"] };
const EMPLOYEES = { manager: "E-002", member: "E-020", admin: "E-038" };

export function binary() {
  if (process.env.BAILIWICK_BIN) return process.env.BAILIWICK_BIN;
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const built = ["debug", "release"].map((profile) => join(target, profile, "bailiwick")).filter(existsSync);
  built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (built.length === 0) throw new Error(`no bailiwick in ${target}: run \`cargo build --bin bailiwick\` or set BAILIWICK_BIN`);
  return built[0];
}

const run = (args, options = {}) => execFileSync(binary(), args, { stdio: ["pipe", "pipe", "pipe"], encoding: "utf8", ...options });

/** A company in a fresh folder; made once for each size and copied from then on. */
function company(accounts) {
  const dir = mkdtempSync(join(tmpdir(), "bailiwick-app-"));
  const demo = join(dir, "demo");
  run(["demo", "--no-serve", "--quiet", "--dir", demo, "--accounts", String(accounts)]);
  return { dir, demo, url: `sqlite:${join(demo, "bailiwick.db")}` };
}

/** Starts the service; `users: false` leaves it without any, as on the first day. */
export async function start({ accounts = 1000, users = true } = {}) {
  const { dir, demo, url } = company(accounts);
  if (users)
    for (const [role, [name, display]] of Object.entries(USERS)) {
      const args = ["users", "add", name, "--role", role, "--display-name", display, "--db", url];
      if (EMPLOYEES[role]) args.push("--employee", EMPLOYEES[role]);
      const made = spawnSync(binary(), args, { input: `${PASSWORD}\n`, encoding: "utf8" });
      if (made.status !== 0) throw new Error(made.stderr);
    }
  const child = spawn(binary(), ["serve", "--db", url, "--project", demo, "--listen", "127.0.0.1:0", "--requests-a-minute", "100000"], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const address = await new Promise((found, failed) => {
    child.stderr.on("data", (text) => {
      said += text;
      const line = said.match(/Serving on (http:\S+) —/);
      if (line && (users || /secret: [0-9a-f]+/.test(said))) found(line[1]);
    });
    child.on("exit", () => failed(new Error(said)));
  });
  return {
    address,
    demo,
    url,
    secret: said.match(/secret: ([0-9a-f]+)/)?.[1],
    run: (args) => run([...args, "--db", url]),
    stop: () =>
      new Promise((done) => {
        child.removeAllListeners("exit");
        child.on("exit", () => (rmSync(dir, { recursive: true, force: true }), done()));
        child.kill("SIGTERM");
      }),
  };
}

/** A session of a user by the API alone, to prepare what a test looks at. */
export async function session(service, user = "admin") {
  const opened = await fetch(`${service.address}/api/v1/session`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name: user, password: PASSWORD }) });
  if (opened.status !== 204) throw new Error(await opened.text());
  const cookie = opened.headers.get("set-cookie").split(";")[0];
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(`${service.address}/api/v1${path}`, { method, headers: { cookie, ...(body !== undefined && { "content-type": "application/json" }), ...headers }, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return { body: text ? JSON.parse(text) : null, etag: answer.headers.get("etag"), cookie };
  };
}
