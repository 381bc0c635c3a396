// A parsing in memory: one byte for each pixel, the class in the low bits and ERASED on top; painting, and steps back.

export const ERASED = 0x80;
const STEPS = 40;

export class Labels {
  constructor(values, width, height) {
    Object.assign(this, { values, width, height, past: [], future: [] });
  }

  /** Every change begins here: what was is kept for `undo`. */
  begin() {
    this.past.push(this.values.slice());
    if (this.past.length > STEPS) this.past.shift();
    this.future = [];
  }

  undo() {
    return this.#step(this.past, this.future);
  }

  redo() {
    return this.#step(this.future, this.past);
  }

  #step(from, to) {
    if (!from.length) return false;
    to.push(this.values);
    this.values = from.pop();
    return true;
  }

  /** Paints a line of round dabs; what: ERASED or a class, which is seen again if it was erased. */
  stroke(x0, y0, x1, y1, radius, what) {
    const steps = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / Math.max(radius / 2, 0.5)));
    for (let step = 0; step <= steps; step++) {
      this.#dab(x0 + ((x1 - x0) * step) / steps, y0 + ((y1 - y0) * step) / steps, radius, what);
    }
  }

  #dab(x, y, radius, what) {
    const top = Math.max(0, Math.floor(y - radius));
    const bottom = Math.min(this.height - 1, Math.ceil(y + radius));
    for (let row = top; row <= bottom; row++) {
      const half = Math.sqrt(Math.max(0, radius * radius - (row + 0.5 - y) ** 2));
      const left = Math.max(0, Math.round(x - half));
      const right = Math.min(this.width, Math.max(Math.round(x + half), half ? left + 1 : 0));
      for (let i = row * this.width + left; i < row * this.width + right; i++) {
        this.values[i] = what === ERASED ? this.values[i] | ERASED : what;
      }
    }
  }

  /** Widens the erased area by some pixels, or narrows it; without one it begins with the garment's own. */
  grow(pixels, garment) {
    this.begin();
    const erased = this.values.some((value) => value & ERASED)
      ? this.values.map((value) => (value & ERASED ? 1 : 0))
      : this.values.map((value) => (value === garment ? 1 : 0));
    const wanted = pixels > 0 ? 1 : 0;
    const { width, height } = this;
    // Rows, then columns: a square is near enough.
    const spread = (from, stride, length, count, jump) => {
      const to = from.slice();
      for (let line = 0; line < count; line++) {
        for (let k = 0; k < length; k++) {
          if (from[line * jump + k * stride] !== wanted) continue;
          const low = Math.max(0, k - Math.abs(pixels));
          const high = Math.min(length - 1, k + Math.abs(pixels));
          for (let j = low; j <= high; j++) to[line * jump + j * stride] = wanted;
        }
      }
      return to;
    };
    const grown = spread(spread(erased, 1, width, height, width), width, height, width, 1);
    this.values = this.values.map((value, i) => (grown[i] ? value | ERASED : value & ~ERASED));
  }

  clear() {
    this.begin();
    this.values = this.values.map((value) => value & ~ERASED);
  }

  has(kind) {
    return this.values.some((value) => (value & ~ERASED) === kind);
  }

  get erased() {
    return this.values.some((value) => value & ERASED);
  }
}
