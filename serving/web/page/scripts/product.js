// A garment from its own photo, worn.

import * as api from "./api.js";
import { failed, whisper } from "./notices.js";
import { onFile } from "./start.js";

const element = (id) => document.getElementById(id);

/** garments: that can be worn; wear: called with a product as `api.addProduct` gives it. */
export function offerProduct(garments, wear) {
  element("product").hidden = false;

  async function take(photo, options = {}) {
    element("product").setAttribute("aria-busy", "true");
    whisper("readingProduct");
    try {
      wear(await api.addProduct(photo, options));
    } catch (error) {
      if (!(error instanceof api.Failure)) throw error;
      const named = garments.map((garment) => ["itIs", { garment: `@garment.${garment}` }, () => take(photo, { garment })]);
      failed(error, error.code === "product-unsure" ? named : []);
    } finally {
      element("product").removeAttribute("aria-busy");
    }
  }

  onFile(element("product-file"), take);
}
