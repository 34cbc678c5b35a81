// Takes a picture of every scene in light and dark: node dev/screens.mjs [folder] [scene…], while `npm run dev` runs.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [folder = "screens", ...wanted] = process.argv.slice(2);
const SCENES = wanted.length > 0 ? wanted : (await import("node:fs")).readFileSync(new URL("scenes.ts", import.meta.url), "utf8").split("export const SCENES")[1].match(/^ {2}"?[a-z-]+"?(?=: [{sw])/gm).map((name) => name.trim().replaceAll('"', ""));

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const colorScheme of ["light", "dark"]) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, colorScheme });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(error));
  page.on("console", (message) => message.type() === "error" && console.error(message.text()));
  for (const scene of SCENES) {
    await page.goto(`http://127.0.0.1:5173/dev/index.html?scene=${scene}`);
    await page.waitForSelector(`body[data-scene="${scene}"]`);
    await page.waitForTimeout(900);
    await page.screenshot({ path: join(folder, `${scene}-${colorScheme}.png`) });
  }
  await context.close();
}
await browser.close();
