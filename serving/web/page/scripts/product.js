// A garment from its own photo, worn.

import * as api from "./api.js";
import { failed, whisper } from "./notices.js";
import { onFile } from "./start.js";
import { turns } from "./turns.js";

const element = (id) => document.getElementById(id);

/** garments: that can be worn; wear: called with a product as `api.addProduct` gives it. */
export function offerProduct(garments, wear) {
  element("product").hidden = false;
  const begin = turns();

  async function take(photo, options = {}) {
    const isLatest = begin();
    element("product").setAttribute("aria-busy", "true");
    whisper("readingProduct");
    try {
      const product = await api.addProduct(photo, options);
      if (isLatest()) wear(product);
    } catch (error) {
      if (!(error instanceof api.Failure)) throw error;
      if (!isLatest()) return;
      const named = garments.map((garment) => ["itIs", { garment: { text: `garment.${garment}` } }, () => take(photo, { garment })]);
      failed(error, error.code === "product-unsure" ? named : []);
    } finally {
      if (isLatest()) element("product").removeAttribute("aria-busy");
    }
  }

  onFile(element("product-file"), take);
}
