// Whether the server answers: looked at now and then, often while it doesn't; what waits for it goes on when it is back.

import * as api from "./api.js";
import { whisper } from "./notices.js";

const CALM = 10000;
const AWAY = 1500; // ms between looks

const banner = document.getElementById("away");
let waiting = null;
let away = false;
let timer;

async function look() {
  clearTimeout(timer);
  if (!document.hidden || away) {
    const serving = await api.health().then(
      ({ server }) => server,
      () => false,
    );
    if (!serving) lost();
    else if (away) found();
  }
  timer = setTimeout(look, away ? AWAY : CALM);
}

function found() {
  away = false;
  banner.hidden = true;
  whisper("isBack");
  const resume = waiting;
  waiting = null;
  resume?.();
}

/** The server is away; resume is called once, when it is back. The latest counts. */
export function lost(resume) {
  if (resume) waiting = resume;
  if (away) return;
  away = true;
  banner.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(look, AWAY);
}

/** What waited needn't go on: something else is asked. */
export function forgetWaiting() {
  waiting = null;
}

export const watch = () => {
  document.addEventListener("visibilitychange", () => document.hidden || look());
  return look();
};
