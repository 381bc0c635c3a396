// CIHP-20, the parser's labels, as tf_tryon/data/vocabulary.py has them.

export const LABELS = 20;
export const TO_CLASS = [0, 4, 1, 0, 1, 5, 6, 5, 0, 6, 2, 0, 6, 1, 2, 2, 3, 3, 7, 7];
const DRESS = 6, CARRIED = [3, 11];
const BOTTOM = 6; // of the eight classes

const count = (labels, wanted) => labels.reduce((sum, label) => sum + (label === wanted ? 1 : 0), 0);

/** What labels tell: classes 0..7, whether the bottom is a dress, and what is carried, 0 or 1 a pixel. */
export function told(labels) {
  const classes = labels.map((label) => TO_CLASS[label]), dresses = count(labels, DRESS);
  const dress = dresses > 0 && 2 * dresses >= count(classes, BOTTOM);
  return {classes, dress, carried: labels.map((label) => (CARRIED.includes(label) ? 1 : 0))};
}
