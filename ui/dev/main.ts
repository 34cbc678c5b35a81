// The page with an engine in memory: /dev/?scene=ready. Not part of the product's bundle.
import { mount } from "svelte";
import "../src/app.css";
import Page from "../src/App.svelte";
import { App } from "../src/state/app.svelte";
import { FakeHost } from "./fake-host";
import { SCENES } from "./scenes";

const name = new URLSearchParams(location.search).get("scene") ?? "ready";
const scene = SCENES[name];
const host = new FakeHost();
host.delayMs = 5;
scene?.before?.(host);
const app = new App(host);
const target = document.getElementById("app");
if (target) mount(Page, { target, props: { app } });
await app.start();
await scene?.after?.(host, app);
Object.assign(window, { keepsakeApp: app, keepsakeHost: host });
document.body.dataset["scene"] = scene ? name : "unknown";
