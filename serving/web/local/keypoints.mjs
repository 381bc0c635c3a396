// Keypoints, mask and box of a person from BlazePose's answer, as tf_tryon/annotation/pose.py makes them.
import {parts} from './regions.mjs';

// BlazePose's point for each of the 18; the neck has none.
const POINTS = [0, -1, 12, 14, 16, 11, 13, 15, 24, 26, 28, 23, 25, 27, 5, 2, 8, 7];
const MIN_VISIBILITY = 0.5;

/** From BlazePose's points {x, y, visibility}, in parts of the picture, and a mask; null if nothing is in the picture. */
export function poseOf(points, mask, height, width) {
  const keypoints = new Float32Array(18 * 3);
  POINTS.forEach((source, row) => {
    if (source < 0) return;
    const {x, y, visibility} = points[source];
    keypoints.set([x * width, y * height, visibility], 3 * row);
  });
  const [right, left] = [keypoints.subarray(6, 9), keypoints.subarray(15, 18)];
  keypoints.set([(right[0] + left[0]) / 2, (right[1] + left[1]) / 2, Math.min(right[2], left[2])], 3);
  for (let i = 0; i < keypoints.length; i += 3) {
    const [x, y, shown] = keypoints.subarray(i, i + 3);
    const inside = x >= 0 && y >= 0 && x < width && y < height;
    if (!inside || shown < MIN_VISIBILITY) keypoints.fill(0, i, i + 3);
  }
  const own = ownPart(mask, keypoints, height, width), box = boxOf(own, keypoints, height, width);
  return box && {keypoints, mask: own, box};
}

/** The mask without islands that no keypoint touches. */
function ownPart(mask, keypoints, height, width) {
  const {numbers, sizes} = parts(mask, height, width, (one) => one > 0.5);
  const touched = new Set();
  for (let i = 0; i < keypoints.length; i += 3) {
    if (keypoints[i + 2] > 0) touched.add(numbers[Math.floor(keypoints[i + 1]) * width + Math.floor(keypoints[i])]);
  }
  touched.delete(0);
  if (sizes.length < 3 || !touched.size) return mask;
  return mask.map((one, i) => (numbers[i] && !touched.has(numbers[i]) ? 0 : one));
}

function boxOf(mask, keypoints, height, width) {
  const ys = [], xs = [];
  for (let i = 0; i < keypoints.length; i += 3) {
    if (keypoints[i + 2] > 0) {
      xs.push(keypoints[i]);
      ys.push(keypoints[i + 1]);
    }
  }
  let [y0, x0, y1, x1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let y = 0, i = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x, ++i) {
      if (mask[i] > 0.5) [y0, x0, y1, x1] = [Math.min(y0, y), Math.min(x0, x), y + 1, Math.max(x1, x + 1)];
    }
  }
  const box = [Math.min(y0, ...ys), Math.min(x0, ...xs), Math.max(y1, ...ys), Math.max(x1, ...xs)];
  return box.every(Number.isFinite) ? box : null;
}
