// Boxes [y0, x0, y1, x1] of classes and of what is erased, as tf_tryon/data/boxes.py has them.
const f = Math.fround;

export const CLASSES = 8, UPPER_SKIN = 2;
export const GARMENTS = ['hat', 'top', 'bottom', 'shoes'], GARMENT_CLASSES = [4, 5, 6, 7];
const UNCOVERED = [null, 2, 3, null]; // the skin that each garment may uncover
const MIN_AREA = 0.0005; // of the picture: less is a speck
const SPECK = 0.002; // of the person: nobody wears less
const NOWHERE = [0, 0, 0, 0];

/** Garment slot 0..3 of what can be asked for; a dress is in the bottom's. */
export function slotOf(target) {
  return GARMENTS.indexOf(target === 'dress' ? 'bottom' : target);
}

/** What a person shows of what can be asked for, specks aside; a bottom that is a dress is no "bottom". */
export function worn({data}, dress) {
  const counts = new Array(CLASSES).fill(0);
  for (const one of data) ++counts[one];
  const least = SPECK * Math.max(data.length - counts[0], 1);
  return GARMENTS.filter((_, slot) => counts[GARMENT_CLASSES[slot]] >= least)
      .map((name) => (dress && name === 'bottom' ? 'dress' : name));
}

/** The bounding box of each class, and of everything but the background as the entry after them. */
export function classBoxes({data, height, width}) {
  const found = Array.from({length: CLASSES + 1}, () => [height, width, 0, 0]);
  for (let y = 0, i = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x, ++i) {
      for (const box of data[i] ? [found[data[i]], found[CLASSES]] : [found[0]]) {
        if (y < box[0]) box[0] = y;
        if (x < box[1]) box[1] = x;
        if (y >= box[2]) box[2] = y + 1;
        if (x >= box[3]) box[3] = x + 1;
      }
    }
  }
  return found.map((box) => (isEmpty(box) ? NOWHERE : box));
}

/** Which garments are more than specks. */
export function shown({data, height, width}) {
  return GARMENT_CLASSES.map((label) => {
    let count = 0;
    for (const one of data) count += one === label;
    return f(count / (height * width)) >= f(MIN_AREA);
  });
}

/** The box to erase for a garment: its own and that of the skin it may uncover, widened, clipped to the picture. */
export function erasedBox(labels, slot, dress, widen) {
  const all = classBoxes(labels), own = all[GARMENT_CLASSES[slot]];
  if (isEmpty(own)) return NOWHERE;
  let box = UNCOVERED[slot] === null ? own : union(own, all[UNCOVERED[slot]]);
  if (dress && slot === 2) box = union(box, all[UPPER_SKIN]);
  const centre = f((box[1] + box[3]) / 2), half = f(f((box[3] - box[1]) / 2) * f(widen));
  const cut = (x) => Math.min(Math.max(x, 0), labels.width);
  return [box[0], cut(f(centre - half)), box[2], cut(f(centre + half))];
}

/** 0 where a pixel's centre lies in the box, else 1. */
export function visibleMask([y0, x0, y1, x1], height, width) {
  const mask = new Float32Array(height * width).fill(1);
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) {
      if (y + 0.5 >= y0 && y + 0.5 < y1 && x + 0.5 >= x0 && x + 0.5 < x1) mask[y * width + x] = 0;
    }
  }
  return mask;
}

export function isEmpty([y0, x0, y1, x1]) {
  return y1 <= y0 || x1 <= x0;
}

function union(a, b) {
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) ? b : a;
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
