// What the networks see of a person, as tf_tryon/data/view.py and tf_tryon/geometry/crop.py have it.
//
// A person is {photo (bytes), labels (0..7), keypoints (18 * 3 floats: x, y, confidence), dress, carried (0 or 1 a pixel)}.
import {CLASSES, GARMENT_CLASSES, classBoxes, erasedBox, shown, slotOf, visibleMask} from './boxes.mjs';
import {EDGE, LANCZOS, REFLECT, TRIANGLE, ZERO, resample, resampleLabels, rounded, toBytes} from './resampling.mjs';

const f = Math.fround;
const FILLED = 0.97, WHOLE_FROM = 0.7, LEAST = 0.25;

/** The part of the photo that the networks see, in photo pixels; `data` is the sidecar's. */
export function cropOf({labels, dress}, garment, data) {
  const size = [data.height, data.width], person = classBoxes(labels)[CLASSES];
  if (data.crop === 'person') return personCrop(person, [labels.height, labels.width], size);
  const box = erasedBox(labels, slotOf(garment), dress, data.box_widen);
  const longest = longer(box, size), least = f(LEAST * longer(person, size));
  const scale = Math.max(f(longest * f(data.crop_margin)), least, f(1 / size[0]));
  return around(f(f(box[0] + box[2]) / 2), f(f(box[1] + box[3]) / 2), scale, size);
}

function personCrop([y0, x0, y1, x1], [height, width], size) {
  if (height * size[1] === width * size[0] && y1 - y0 >= f(WHOLE_FROM * height)) return [0, 0, height, width];
  const scale = f(longer([y0, x0, y1, x1], size) / f(FILLED));
  const [tall, wide] = size.map((side) => Math.max(rounded(f(scale * side)), 1));
  const top = rounded(f((y0 + y1 - tall) / 2)), left = rounded(f((x0 + x1 - wide) / 2));
  return [top, left, top + tall, left + wide];
}

/** The longer side of a box, in pixels of the photo for one of the networks' input. */
function longer([y0, x0, y1, x1], size) {
  return Math.max(f(f(y1 - y0) / size[0]), f(f(x1 - x0) / size[1]));
}

function around(y, x, scale, size) {
  const down = f(scale * (size[0] / 2)), across = f(scale * (size[1] / 2));
  return [f(y - down), f(x - across), f(y + down), f(x + across)];
}

/** What both stages' networks take of a person, for a garment. */
export function look(person, garment, data) {
  const size = [data.height, data.width], crop = cropOf(person, garment, data), slot = slotOf(garment);
  const [beyondPhoto, beyondLabels] = data.crop === 'person' ? [EDGE, ZERO] : [REFLECT, REFLECT];
  const photo = toBytes(resample(person.photo, crop, size, LANCZOS, beyondPhoto));
  const labels = resampleLabels(person.labels, crop, size, CLASSES, beyondLabels);
  if (!labels.data.includes(GARMENT_CLASSES[slot])) {
    throw new Error(
        `The ${garment} is too small: nothing of it is left in the ${size[1]} x ${size[0]} pixels that the networks ` +
        'see; give a larger photo of the person.');
  }
  const keypoints = intoCrop(person.keypoints, crop, size);
  const {pictures, there} = garmentPictures(data.crop === 'person' ? {photo, labels} : person, size);
  const box = erasedBox(labels, slot, person.dress, data.box_widen);
  return {
    crop,
    inputs: {
      photo: photo.data, labels: Int32Array.from(labels.data), keypoints, dress: Uint8Array.of(person.dress ? 1 : 0),
      target: Int32Array.of(slot), visible: visibleMask(box, ...size), box: Float32Array.from(box),
      garments: pictures, shown: Uint8Array.from(there, Number),
    },
  };
}

function intoCrop(points, [y0, x0, y1, x1], size) {
  const out = new Float32Array(points.length), across = f(size[1] / f(x1 - x0)), down = f(size[0] / f(y1 - y0));
  for (let i = 0; i < points.length; i += 3) {
    if (!(points[i + 2] > 0)) continue;
    out[i] = f(points[i] - x0) * across;
    out[i + 1] = f(points[i + 1] - y0) * down;
    out[i + 2] = points[i + 2];
  }
  return out;
}

/** Each garment on white, in the square of its own box, from the photo's own pixels, one after the other. */
function garmentPictures({photo, labels}, size) {
  const boxes = classBoxes(labels), there = shown(labels);
  const pictures = new Float32Array(4 * size[0] * size[1] * 3);
  GARMENT_CLASSES.forEach((label, slot) => {
    const [y0, x0, y1, x1] = boxes[label];
    const scale = Math.max(longer(boxes[label], size), f(1 / size[0]));
    const frame = around(f((y0 + y1) / 2), f((x0 + x1) / 2), scale, size);
    // Relative to white, so that what lies beyond the photo is white, too.
    const darker = new Float32Array(photo.data.length);
    labels.data.forEach((one, i) => {
      if (one !== label) return;
      for (let c = 3 * i; c < 3 * i + 3; ++c) darker[c] = f(f(f(photo.data[c] * f(1 / 127.5)) - 1) - 1);
    });
    const seen = resample({...photo, data: darker}, frame, size, TRIANGLE, ZERO);
    pictures.set(seen.data.map((x) => x + 1), slot * seen.data.length);
  });
  return {pictures, there};
}
