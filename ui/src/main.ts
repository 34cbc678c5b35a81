// Starts the page in whichever host it finds.
import { mount } from "svelte";
import "./app.css";
import App from "./App.svelte";
import { connect } from "./ipc/call";
import { App as State } from "./state/app.svelte";

const target = document.getElementById("app");
if (target) {
  const app = new State(connect());
  mount(App, { target, props: { app } });
  void app.start();
}
