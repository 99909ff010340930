import assert from "node:assert/strict";
import { test } from "node:test";
import {
  dropBuilds,
  dropForms,
  FORMS,
  type Known,
  keepBuild,
  keepForms,
  kept,
  SHELLS,
  wayOf,
  whole,
} from "../../static/src/tablet/worker/keep.ts";

const ORIGIN = "https://mih.example.org";
const known: Known = {
  build: "b2",
  shell: "/field/shell/",
  home: "/field/",
  bundle: "/field/bundle/",
  assets: [
    ["/static/tablet/main.1.js", "sha256-x"],
    ["/agency.css?v=1", ""],
  ],
};

class Cache {
  readonly rows = new Map<string, Response>();
  match = async (address: string | Request) => this.rows.get(path(address))?.clone();
  put = async (address: string | Request, answer: Response) => void this.rows.set(path(address), answer);
  delete = async (address: string | Request) => this.rows.delete(path(address));
  keys = async () => [...this.rows.keys()].map((each) => ({ url: ORIGIN + each }));
}

class Caches {
  readonly all = new Map<string, Cache>();
  open = async (name: string) => {
    if (!this.all.has(name)) this.all.set(name, new Cache());
    return this.all.get(name) as Cache;
  };
  keys = async () => [...this.all.keys()];
  delete = async (name: string) => this.all.delete(name);
}

// Node's own requests want whole addresses; a worker's know where they are.
globalThis.Request = class extends Request {
  constructor(address: RequestInfo | URL, options?: RequestInit) {
    super(typeof address === "string" ? new URL(address, ORIGIN) : address, options);
  }
} as typeof Request;

function path(address: string | Request): string {
  const url = new URL(typeof address === "string" ? address : address.url, ORIGIN);
  return url.pathname + url.search;
}

type Answers = Record<string, () => Response>;

function around(answers: Answers) {
  const caches = new Caches();
  const asked: string[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    asked.push(path(request));
    const answer = answers[path(request)];
    if (!answer) throw new TypeError("no network");
    return answer();
  };
  return { caches: caches as unknown as CacheStorage, fetch, asked, all: caches.all };
}

const html = (build: string) => () =>
  new Response("<html>", { headers: { "Content-Type": "text/html; charset=utf-8", "X-MIH-Build": build } });
const json = (data: unknown) => () =>
  new Response(JSON.stringify(data), { headers: { "Content-Type": "application/json" } });
const text = () => new Response("text");
const complete: Answers = {
  "/field/shell/": html("b2"),
  "/static/tablet/main.1.js": text,
  "/agency.css?v=1": text,
};

test("a build is kept whole, its document last", async () => {
  const world = around(complete);
  await keepBuild(known, world);
  const rows = [...(world.all.get(`${SHELLS}b2`)?.rows.keys() ?? [])];
  assert.equal(rows.length, 3);
  assert.equal(rows.at(-1), "/field/shell/");
});

test("a document of another release, a page without a build, or a missing file is no build", async () => {
  const spoiled: Answers[] = [
    { ...complete, "/field/shell/": html("b3") },
    {
      ...complete,
      "/field/shell/": () => new Response("<html>", { headers: { "Content-Type": "text/html" } }),
    },
    { ...complete, "/static/tablet/main.1.js": () => new Response("gone", { status: 404 }) },
    { "/field/shell/": html("b2"), "/static/tablet/main.1.js": text },
  ];
  for (const answers of spoiled) {
    const world = around(answers);
    await assert.rejects(keepBuild(known, world));
    assert.equal(await kept(known, "/field/shell/", world.caches), undefined);
  }
});

test("only a whole answer of the wanted kind counts", () => {
  const ok = new Response("{}", { headers: { "Content-Type": "application/json" } });
  assert.equal(whole(ok, "application/json"), ok);
  assert.throws(() =>
    whole(new Response("<html>", { headers: { "Content-Type": "text/html" } }), "application/json"),
  );
  for (const status of [201, 302, 401, 500])
    assert.throws(() =>
      whole(new Response(null, { status, headers: { "Content-Type": "application/json" } }), ""),
    );
  const redirected = new Response("{}", { headers: { "Content-Type": "application/json" } });
  Object.defineProperty(redirected, "redirected", { value: true });
  assert.throws(() => whole(redirected, "application/json"));
});

const A = "a".repeat(64);
const B = "b".repeat(64);

test("the list of forms changes only once every form on it is kept", async () => {
  const list = (sha: string, form: string) => ({ sha, forms: { vitals: { sha: form } } });
  const answers: Answers = {
    "/field/bundle/": json(list("one", A)),
    [`/field/forms/${A}/`]: json({ key: "vitals" }),
  };
  const world = around(answers);
  assert.equal(await keepForms(known, world), true);
  assert.equal(await keepForms(known, world), false);
  answers["/field/bundle/"] = json(list("two", B));
  await assert.rejects(keepForms(known, world));
  const still = await world.all.get(FORMS)?.match("/field/bundle/");
  assert.ok(still);
  assert.equal(((await still.json()) as { sha: string }).sha, "one");
  answers[`/field/forms/${B}/`] = json({ key: "vitals" });
  assert.equal(await keepForms(known, world), true);
  assert.equal(world.asked.filter((address) => address === `/field/forms/${A}/`).length, 1);
});

test("an ended session or a sign-in page changes no form", async () => {
  for (const answer of [
    () => new Response("{}", { status: 401, headers: { "Content-Type": "application/json" } }),
    () => new Response("<html>", { headers: { "Content-Type": "text/html" } }),
  ]) {
    const world = around({ "/field/bundle/": answer });
    await assert.rejects(keepForms(known, world));
    assert.equal(world.all.get(FORMS)?.rows.size ?? 0, 0);
  }
});

test("forms go that nobody needs, and builds that no page shows", async () => {
  const world = around({});
  const forms = (await world.caches.open(FORMS)) as unknown as Cache;
  await forms.put("/field/bundle/", json({ sha: "one", forms: { vitals: { sha: A } } })());
  for (const sha of [A, B, "c".repeat(64)]) await forms.put(`/field/forms/${sha}/`, text());
  await dropForms(known, [`vitals@${B.slice(0, 8)}`, "vitals@", "vitals@ccc"], world.caches);
  assert.deepEqual([...forms.rows.keys()], ["/field/bundle/", `/field/forms/${A}/`, `/field/forms/${B}/`]);
  for (const build of ["b0", "b1", "b2"]) await world.caches.open(SHELLS + build);
  await dropBuilds(known, new Set(["b1"]), world.caches);
  assert.deepEqual([...world.all.keys()], [FORMS, `${SHELLS}b1`, `${SHELLS}b2`]);
});

test("which requests the worker answers, and how", () => {
  const way = (address: string, mode = "cors", method = "GET") =>
    wayOf(known, { method, mode, url: new URL(address, ORIGIN).href }, ORIGIN);
  assert.equal(way("/field/", "navigate"), "home");
  assert.equal(way("/field/#/r/1", "navigate"), "home");
  assert.equal(way("/field/encounters/1/", "navigate"), "page");
  assert.equal(way("/field/encounters/1/", "navigate", "POST"), "none");
  assert.equal(way("/accounts/login/", "navigate"), "none");
  assert.equal(way("/field/api/attachment", "navigate"), "none");
  assert.equal(way("/field/api/push", "cors", "POST"), "none");
  assert.equal(way("/field/api/pull"), "none");
  assert.equal(way("/api/people/"), "none");
  assert.equal(way("/field/encounters/1/live/"), "none");
  assert.equal(way("/field/bundle/"), "bundle");
  assert.equal(way(`/field/forms/${A}/`), "form");
  assert.equal(way("/field/forms/vitals/"), "none");
  assert.equal(way("/static/tablet/main.1.js"), "asset");
  assert.equal(way("/agency.css?v=1"), "asset");
  assert.equal(way("/agency.css?v=2"), "none");
  assert.equal(way("https://elsewhere.example/static/a.js"), "none");
});
