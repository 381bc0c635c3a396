// A garment from somebody else's photo: its shape, its texture, or both.

import * as api from "./api.js";
import { failed, notice } from "./notices.js";
import { onFile, people } from "./start.js";
import { turns } from "./turns.js";

const element = (id) => document.getElementById(id);

/** wear: called with the other person and the stages to take. */
export function offerBorrowing(names, wear) {
  let other = null;
  const begin = turns();

  async function take(photo) {
    const isLatest = begin();
    element("borrow").setAttribute("aria-busy", "true");
    try {
      const added = await api.addPerson(photo, typeof photo === "string" ? {} : { cut: "allow" });
      if (!isLatest()) return;
      other = added;
      element("other-photo").src = other.photo;
      element("other").hidden = false;
    } catch (error) {
      if (!(error instanceof api.Failure)) throw error;
      if (isLatest()) failed(error);
    } finally {
      if (isLatest()) element("borrow").removeAttribute("aria-busy");
    }
  }

  people(element("other-starts"), names, take);
  onFile(element("other-file"), take);
  element("wear").addEventListener("click", () => {
    const use = ["shape", "texture"].filter((stage) => element(`take-${stage}`).checked);
    if (use.length) wear(other, use);
    else notice("takeNothing", {}, { kind: "error" });
  });
  return () => {
    begin(); // what is still being read belongs to the former visit
    other = null;
    element("borrow").removeAttribute("aria-busy");
    element("other").hidden = true;
    element("borrow").open = false;
  };
}
