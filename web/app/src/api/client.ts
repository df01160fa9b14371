/**
 * The client, typed by what the service says of itself (`schema.d.ts` is generated from docs/openapi.json).
 *
 *     const page = await ask(api.GET("/api/v1/accounts", { params: { query: { q } } }));
 */
import createClient, { type Middleware } from "openapi-fetch";
import type { ProblemBody, paths } from "./schema";

export const api = createClient<paths>({ baseUrl: location.origin });

/** What the service refused, with what can be done about it; status 0 when it could not be reached. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly remedy: string | null,
    readonly findings: Finding[] = [],
  ) {
    super(detail);
  }
}

/** What is wrong with a policy, or worth knowing of it. */
export interface Finding {
  code: string;
  severity?: string;
  message: string;
  remedy?: string | null;
  place?: { file?: string; line?: number; column?: number } | null;
  /** How many accounts it concerns, and some of them. */
  count?: number;
  samples?: string[];
}

let ended: () => void = () => undefined;
/** Says what happens when the service no longer knows who asks. */
export const onSessionEnd = (act: () => void): void => void (ended = act);

/** Each change carries a key of its own, so that a request that is sent twice has one effect. */
const onceOnly: Middleware = {
  onRequest({ request, schemaPath }) {
    if (request.method === "POST" && !request.headers.has("idempotency-key") && !schemaPath.startsWith("/api/v1/session") && schemaPath !== "/api/v1/setup")
      request.headers.set("idempotency-key", crypto.randomUUID());
  },
};
api.use(onceOnly);

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of an answer; what was refused is thrown as `Refusal`. */
export async function ask<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  return (await asked(call)).data as Data;
}

/** The same with the version of what was read, to be sent back as `If-Match`. */
export async function askTagged<Data>(call: Promise<Answer<Data>>): Promise<{ data: Data; etag: string }> {
  const { data, response } = await asked(call);
  return { data: data as Data, etag: response.headers.get("etag") ?? "" };
}

async function asked<Data>(call: Promise<Answer<Data>>): Promise<Answer<Data>> {
  let answer: Answer<Data>;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal(0, "", null);
    throw error;
  }
  if (answer.response.ok) return answer;
  throw refusal(answer.response, answer.error);
}

function refusal(response: Response, error: unknown): Refusal {
  if (response.status === 401 && !response.url.includes("/session")) ended();
  const body = (error ?? {}) as Partial<ProblemBody>;
  return new Refusal(response.status, body.detail ?? response.statusText, body.remedy ?? null, (body.findings ?? []) as unknown as Finding[]);
}

/** For what is not JSON: files up and down. */
export async function askRaw(address: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, init);
  } catch {
    throw new Refusal(0, "", null);
  }
  if (response.ok) return response;
  throw refusal(response, await response.json().catch(() => ({})));
}
