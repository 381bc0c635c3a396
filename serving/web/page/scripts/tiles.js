// The grid of results: each tile goes to its place by score; those already there glide aside and keep the focus.

import { archive } from "./api.js";
import { label, say } from "./language.js";

const list = document.getElementById("tiles");
const still = matchMedia("(prefers-reduced-motion: reduce)");

const ICONS = {
  alike: "M5 9c2.5-3 5-3 7 0s4.500 3 7 0M5 15c2.500-3 5-3 7 0s4.500 3 7 0",
  download: "M12 4v11m0 0-4.500-4.500M12 15l4.500-4.500M5 19.500h14",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
}

/** A result's tile; open and alike are called with the item. */
export function tile(item, { open, alike }) {
  const box = document.createElement("li");
  box.className = "tile";
  const button = Object.assign(document.createElement("button"), { type: "button", className: "tile-open" });
  const picture = Object.assign(document.createElement("img"), { src: item.photo, decoding: "async" });
  button.append(picture);
  button.addEventListener("click", () => open(item));
  const foot = Object.assign(document.createElement("div"), { className: "tile-foot" });
  const name = Object.assign(document.createElement("span"), { className: "tile-name" });
  const more = Object.assign(document.createElement("button"), { type: "button", className: "quiet icon varies" });
  more.append(icon("alike"));
  more.addEventListener("click", () => alike(item));
  const save = Object.assign(document.createElement("a"), { className: "quiet icon download", href: `${item.photo}?save` });
  save.append(icon("download"));
  foot.append(name, more, save);
  box.append(button, foot);
  item.rank = (place, best) => {
    item.place = place;
    const number = { number: place };
    say(name, best ? "tileBest" : "tileName", number);
    label(picture, "tileAlt", number);
    label(button, "tileOpen", number);
    label(more, "alikeTo", number);
    label(save, "downloadOne", number);
    save.download = `try-on-${place}.png`;
  };
  item.tile = box;
  return box;
}

/** Shows items best first, and as many empty places as are still to come. */
export function arrange(items, missing) {
  const before = new Map(items.map(({ tile }) => [tile, tile.isConnected && tile.getBoundingClientRect()]));
  const wanted = items.map(({ tile }) => tile);
  for (const child of [...list.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((box, i) => {
    // Moving what stands right would drop its focus.
    if (list.children[i] !== box) list.insertBefore(box, list.children[i] ?? null);
  });
  items.forEach(({ tile, rank }, i) => {
    const best = i === 0 && items.length > 1;
    tile.classList.toggle("best", best);
    rank(i + 1, best);
  });
  for (let i = 0; i < missing; i++) {
    const box = document.createElement("li");
    box.className = "tile pending";
    box.setAttribute("aria-hidden", "true");
    list.append(box);
  }
  if (!still.matches) for (const [box, old] of before) glide(box, old);
}

function glide(box, old) {
  if (!old) {
    box.animate([{ opacity: 0, transform: "scale(.97)" }, { opacity: 1, transform: "none" }], 260);
    return;
  }
  const now = box.getBoundingClientRect();
  const [x, y] = [old.left - now.left, old.top - now.top];
  if (x || y) box.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: 320, easing: "ease-out" });
}

export function offerAll(items) {
  const all = document.getElementById("all");
  all.hidden = items.length < 2;
  all.href = all.hidden ? "" : archive(items.map(({ key }) => key));
}
