/** The real service over a company made by `bailiwick demo`, in a folder of its own. `BAILIWICK_BIN` names the binary; otherwise cargo's newest is taken. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
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

/** Makes a company with its users in a folder. */
function make(demo, accounts, users) {
  run(["demo", "--no-serve", "--quiet", "--dir", demo, "--accounts", String(accounts)]);
  if (!users) return;
  for (const [role, [name, display]] of Object.entries(USERS)) {
    const args = ["users", "add", name, "--role", role, "--display-name", display, "--db", urlOf(demo)];
    if (EMPLOYEES[role]) args.push("--employee", EMPLOYEES[role]);
    const made = spawnSync(binary(), args, { input: `${PASSWORD}\n`, encoding: "utf8" });
    if (made.status !== 0) throw new Error(made.stderr);
  }
}

const urlOf = (demo) => `sqlite:${join(demo, "bailiwick.db")}`;

/** A company in a fresh folder: made once by a binary for each size, and copied from then on. */
function company(accounts, users) {
  const { mtimeMs, size } = statSync(binary());
  const kept = join(tmpdir(), `bailiwick-company-${Math.round(mtimeMs)}-${size}-${accounts}-${users}`);
  if (!existsSync(kept)) {
    const fresh = mkdtempSync(`${kept}-`);
    make(fresh, accounts, users);
    try {
      renameSync(fresh, kept);
    } catch {
      // Another run was first.
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  const dir = mkdtempSync(join(tmpdir(), "bailiwick-app-"));
  const demo = join(dir, "demo");
  cpSync(kept, demo, { recursive: true });
  return { dir, demo, url: urlOf(demo) };
}

/** Starts the service; `users: false` leaves it without any, as on the first day. */
export async function start({ accounts = 1000, users = true } = {}) {
  const { dir, demo, url } = company(accounts, users);
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
