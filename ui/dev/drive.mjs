// Drives the page in Chromium: first the built one under the window's security policy, then the grid with 200,000 photos.
// Needs `npm run build` before it and `npm run dev` beside it. Prints what it measured; fails on the first surprise.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { chromium } from "playwright-core";

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' media:; connect-src 'self'; font-src 'self'";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const PHONE = { id: "iphone:1", kind: "iphone", name: "iPhone", model: "", os: "", state: "ready" };
const SCAN = { source: PHONE.id, phase: "done", reading: null, files: 9, assets: 9, new: 9, already_imported: 0, new_bytes: 9e6, ignored: 0, unreadable: 0, revision: 1, error: null };
const photo = (id) => ({ id, name: `IMG_${id}.HEIC`, kind: "photo", taken_at: "2025-11-22T10:00:00", day: "2025-11-22", bytes: 1e6, duration_ms: null, roles: ["original"], thumbnail: `t-${id}`, library_path: null, warning: null });
const ANSWERS = {
  sources: [PHONE],
  libraries: [],
  volumes: [],
  import_status: null,
  open_source: SCAN,
  plan_import: { assets: 9, bytes: 9e6, free_bytes: 0, problem: null },
};

function answer({ name, args }) {
  if (name === "grid_days") return args.section === "new" ? [{ day: "2025-11-22", count: 9 }] : [];
  if (name === "grid_rows") return Array.from({ length: 9 }, (_, n) => photo(n + 1));
  return ANSWERS[name];
}

async function served(route) {
  const { pathname } = new URL(route.request().url());
  if (pathname === "/call") return route.fulfill({ json: answer(route.request().postDataJSON()) });
  if (pathname === "/events") return route.fulfill({ contentType: "text/event-stream", body: ": hello\n\n" });
  if (pathname.startsWith("/media/")) return route.fulfill({ contentType: "image/svg+xml", body: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>' });
  const path = pathname === "/" ? "/index.html" : pathname;
  const body = await readFile(new URL(`../dist${path}`, import.meta.url)).catch(() => null);
  if (!body) return route.fulfill({ status: 404 });
  return route.fulfill({ body, contentType: TYPES[extname(path)], headers: { "Content-Security-Policy": POLICY } });
}

async function underPolicy(browser) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && !message.text().includes("404") && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.route("**/*", served);
  await page.goto("http://keepsake.test/");
  await page.getByTestId("cell").nth(8).waitFor();
  await page.getByTestId("cell").nth(3).click();
  await page.waitForFunction(() => document.querySelector("[data-testid=import-selected]").textContent.includes("(1)"));
  await page.getByTestId("change-library").click();
  await page.getByTestId("choose-library-folder").waitFor();
  await page.keyboard.press("Escape");
  await page.getByTestId("choose-library-folder").waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
  await page.close();
}

const liveCells = (page) => page.getByTestId("cell").count();

async function hugeGrid(browser) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  await page.goto("http://127.0.0.1:5173/dev/index.html?scene=huge");
  await page.waitForSelector('body[data-scene="huge"]');
  await page.getByTestId("cell").first().waitFor();
  let most = 0;
  const frames = await page.evaluate(async () => {
    const grid = document.querySelector("[data-testid=grid]");
    const took = [];
    for (let n = 0; n < 120; n += 1) {
      grid.scrollTop += 400;
      const from = performance.now();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      took.push(performance.now() - from);
    }
    return took.sort((a, b) => a - b);
  });
  most = Math.max(most, await liveCells(page));
  await page.getByTestId("grid").focus();
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.querySelector('[data-index="199999"]')?.dataset.id);
  const from = Date.now();
  await page.keyboard.press("Control+a");
  await page.waitForFunction(() => document.querySelector("[data-testid=import-selected]").textContent.includes("(200,000)"));
  const all = Date.now() - from;
  await page.keyboard.press("Home");
  await page.waitForFunction(() => document.querySelector('[data-index="0"]')?.dataset.id);
  await page.getByTestId("cell").nth(2).click();
  await page.getByTestId("cell").nth(9).click({ modifiers: ["Shift"] });
  await page.waitForFunction(() => document.querySelector("[data-testid=import-selected]").textContent.includes("(8)"));
  most = Math.max(most, await liveCells(page));
  assert.ok(most <= 200, `${most} cells are alive`);
  console.log({ liveCells: most, selectAllMs: all, twoFramesMs: { median: frames[60], worst: frames.at(-1) } });
  await page.close();
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  await underPolicy(browser);
  await hugeGrid(browser);
} finally {
  await browser.close();
}
