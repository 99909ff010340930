// Lighthouse on a browser that is already open. Started by bench/lighthouse.py with the browser's debugging port and the
// server's address; says the address of a compressing proxy to use, then answers each line of JSON on its input
// ({name, path, unlock?: {staff, pin}}) with a line of scores and of the audits that cost points.
import http from "node:http";
import { createInterface } from "node:readline";
import { createGzip } from "node:zlib";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const [port, server] = process.argv.slice(2);
const CATEGORIES = ["performance", "accessibility", "best-practices"];
const TEXT = /^(text\/|application\/(json|javascript|manifest\+json)|image\/svg)/;

// Production compresses, at the proxy or in the static files; the server of the tests does neither.
function packing() {
  const to = new URL(server);
  const proxy = http.createServer((request, answer) => {
    const options = { host: to.hostname, port: to.port, path: request.url, method: request.method };
    const asked = http.request({ ...options, headers: request.headers }, (found) => {
      const pack =
        TEXT.test(found.headers["content-type"] ?? "") &&
        !found.headers["content-encoding"] &&
        found.statusCode === 200;
      const headers = { ...found.headers };
      if (pack) {
        delete headers["content-length"];
        headers["content-encoding"] = "gzip";
      }
      answer.writeHead(found.statusCode, headers);
      (pack ? found.pipe(createGzip()) : found).pipe(answer);
    });
    asked.on("error", () => answer.destroy());
    request.pipe(asked);
  });
  return new Promise((resolve) => proxy.listen(0, "127.0.0.1", () => resolve(proxy)));
}

// The keys of a locked tablet go with its document, so each load is unlocked as a person does it, with real taps: what
// moves after those is no surprise to anybody.
async function unlocking(page, { staff, pin }) {
  const tap = async (selector) =>
    (await page.waitForSelector(selector, { visible: true, timeout: 60_000 }))?.tap();
  const stands = (selector) =>
    [...document.querySelectorAll(selector)].some((each) => each.checkVisibility());
  const first = `[data-tile="${staff}"]`;
  await page.waitForFunction(
    (one, other) => [...document.querySelectorAll(`${one}, ${other}`)].some((each) => each.checkVisibility()),
    { timeout: 60_000 },
    first,
    "[data-pin] [data-enter]",
  );
  // A tablet of one person asks for the PIN at once.
  if (await page.evaluate(stands, first)) await tap(first);
  for (const digit of pin) await tap(`[data-pin] [data-digit="${digit}"]`);
  await tap("[data-pin] [data-enter]");
}

const proxy = await packing();
const base = `http://localhost:${proxy.address().port}`;
console.log(base);
const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}`, defaultViewport: null });
for await (const line of createInterface({ input: process.stdin })) {
  const { name, path, unlock } = JSON.parse(line);
  const page = await browser.newPage();
  const unlocked = unlock
    ? unlocking(page, unlock).then(
        () => true,
        () => false,
      )
    : true;
  const flags = {
    port: Number(port),
    logLevel: "silent",
    output: "json",
    onlyCategories: CATEGORIES,
    disableStorageReset: Boolean(unlock),
    formFactor: "mobile", // a tablet: touched, and slowed as Lighthouse slows a mobile device
    screenEmulation: { mobile: true, width: 1180, height: 820, deviceScaleFactor: 2, disabled: false },
  };
  const { lhr } = await lighthouse(base + path, flags, undefined, page);
  const fault = lhr.runtimeError?.message ?? ((await unlocked) ? "" : "the tablet could not be unlocked");
  const scores = Object.fromEntries(
    CATEGORIES.map((key) => [key, Math.round((lhr.categories[key].score ?? 0) * 100)]),
  );
  const costly = CATEGORIES.flatMap((key) =>
    lhr.categories[key].auditRefs
      .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9)
      .map(
        ({ id }) => `${id}: ${lhr.audits[id].displayValue ?? lhr.audits[id].title}${where(lhr.audits[id])}`,
      ),
  );
  console.log(
    JSON.stringify({
      name,
      scores,
      costly,
      shows: await page.title(),
      fault,
    }),
  );
  await page.close();
}
await browser.disconnect();
proxy.close();
proxy.closeAllConnections();

function where(audit) {
  const nodes = (audit.details?.items ?? [])
    .map((item) => item.node?.selector ?? item.description ?? "")
    .filter(Boolean);
  return nodes.length > 0 ? ` [${nodes.slice(0, 3).join("; ")}]` : "";
}
