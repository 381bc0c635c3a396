// Sharp labels from the parsing network's coarse ones, as tf_tryon/annotation/refine.py makes them, but for GrabCut: outlines
// stay the network's, as they do there without OpenCV.
import {LABELS, TO_CLASS} from './labels.mjs';
import {EDGE, TRIANGLE, resample, rounded} from './resampling.mjs';
import {withoutSpecks} from './regions.mjs';

export const NECK = 1, HIPS = [8, 11];
const SPECK = 0.0004, MIN_AREA = 0.01, NOSE = 0, UPRIGHT = 0.05, TORSO = 2.2;
const LEGS = [16, 17, 18, 19], LOWER = [9, 12], HEAD = [1, 4, 13], TOP = 5, BOTTOM = 6;

/** Sharp labels from the network's coarse ones, and the probabilities before the outlines are drawn. */
export function refine(coarse, size, mask, points) {
  const whole = [0, 0, coarse.height, coarse.width];
  const trusted = resample(coarse, whole, size, TRIANGLE, EDGE).data.map((p) => Math.min(Math.max(p, 1e-6), 1));
  possible(trusted, points, size);
  weigh(trusted, mask);
  const p = Float32Array.from(trusted), count = mask.length, outline = mask.map((_, i) => (1 - p[i * LABELS] > 0.5 ? 1 : 0));
  each(p, (one, i) => {
    if (outline[i]) one[0] = 0;
    else one.fill(0, 1)[0] += 1e-6;
  });
  for (const garment of [TOP, BOTTOM]) {
    const members = TO_CLASS.map((label) => label === garment);
    const share = mask.map((_, i) => members.reduce((sum, own, c) => (own ? sum + p[i * LABELS + c] : sum), 0));
    if (share.filter((one) => one > 0.5).length / count < MIN_AREA) continue;
    each(p, (one, i) => {
      const inside = share[i] > 0.5 && outline[i];
      one.forEach((value, c) => { one[c] = members[c] === Boolean(inside) ? value : value * 1e-3; });
    });
  }
  const labels = new Uint8Array(count);
  each(p, (one, i) => { labels[i] = one.indexOf(Math.max(...one)); });
  const least = Math.max(2, rounded(SPECK * size[0] * size[1]));
  return {labels: withoutSpecks(labels, size[0], size[1], least), trusted};
}

/** Without what an upright person's keypoints rule out. */
function possible(p, points, [height, width]) {
  const hips = HIPS.filter((hip) => points[3 * hip + 2] > 0).map((hip) => points[3 * hip + 1]);
  if (!(points[3 * NECK + 2] > 0) || !(hips.length || points[3 * NOSE + 2] > 0)) return;
  const neck = points[3 * NECK + 1];
  const torso = hips.length ? Math.min(...hips) - neck : TORSO * (neck - points[3 * NOSE + 1]);
  if (torso < UPRIGHT * height) return; // lying, or bent over
  each(p, (one, i) => {
    const below = (Math.floor(i / width) + 0.5 - neck) / torso;
    for (const c of [...(below < 0.85 ? LEGS : []), ...(below < 0.3 ? LOWER : []), ...(below > 0.6 ? HEAD : [])]) {
      one[c] *= 1e-3;
    }
  });
}

/** Bayes with the segmenter's opinion; neither side alone can be certain. */
function weigh(p, mask) {
  each(p, (one, i) => {
    const odds = Math.min(Math.max(mask[i], 0.01), 0.99);
    one[0] *= 1 - odds;
    for (let c = 1; c < LABELS; ++c) one[c] *= odds;
  });
}

/** Calls with each pixel's own probabilities, to be changed in place, and makes their sum 1 again. */
function each(p, change) {
  for (let i = 0; i < p.length / LABELS; ++i) {
    const one = p.subarray(i * LABELS, (i + 1) * LABELS);
    change(one, i);
    let total = 0;
    for (const value of one) total += value;
    for (let c = 0; c < LABELS; ++c) one[c] /= Math.max(total, 1e-9);
  }
}
