// Completions back into the photo at its own resolution, as tf_tryon/models/pasting.py does it: pixels outside the erased
// region are the photo's own, bit for bit.
import {CUBIC, EDGE, resample, toBytes} from './resampling.mjs';

const f = Math.fround;

/** What is erased of a photo {height, width}: the rectangle that holds it, its mask less what is `carried` (0 or 1 a pixel
 *  of the photo; left out: nothing is), and the input's part that it shows. */
export function region(visible, crop, size, photo, carried) {
  const sides = [0, 1].map((axis) => {
    const length = size[axis], start = crop[axis], step = f(length / f(crop[axis + 2] - start));
    const used = Array.from({length}, (_, i) => someErased(visible, size, axis, i));
    const end = axis ? photo.width : photo.height, cut = (x) => Math.min(Math.max(x, 0), end);
    const first = cut(Math.floor(f(start + f(used.indexOf(true) / step))));
    const last = cut(Math.ceil(f(start + f((used.lastIndexOf(true) + 1) / step))));
    const inside = Array.from({length: last - first}, (_, i) => {
      const place = Math.floor(f(f(first + i + 0.5 - start) * step));
      return Math.min(Math.max(place, 0), length - 1);
    });
    return {first, last, inside, source: [f(f(first - start) * step), f(f(last - start) * step)]};
  });
  const [rows, columns] = sides;
  const stays = (i, j) => carried && carried[(rows.first + i) * photo.width + columns.first + j];
  const erased = rows.inside.flatMap((y, i) =>
    columns.inside.map((x, j) => visible[y * size[1] + x] < 0.5 && !stays(i, j)));
  const source = [rows.source[0], columns.source[0], rows.source[1], columns.source[1]];
  return {top: rows.first, left: columns.first, height: rows.inside.length, width: columns.inside.length, erased, source};
}

function someErased(visible, [height, width], axis, i) {
  const count = axis ? height : width;
  for (let k = 0; k < count; ++k) if (visible[axis ? k * width + i : i * width + k] < 0.5) return true;
  return false;
}

/** The photo with its erased pixels grey. */
export function erasedPhoto(photo, where) {
  const data = Uint8Array.from(photo.data);
  eachErased(photo, where, (at) => data.fill(128, at, at + 3));
  return {...photo, data};
}

/** The photo with a completion (`rgb` in [-1, 1], `opacity` in [0, 1], at the input's size) in place; `detail`, if there
 *  is any, one value a pixel at twice that size, is added to each colour. */
export function paste(photo, rgb, opacity, size, where, detail) {
  const maps = new Float32Array(4 * opacity.length);
  for (let i = 0; i < opacity.length; ++i) {
    for (let c = 0; c < 3; ++c) maps[4 * i + c] = f(f(rgb[3 * i + c] + 1) * 127.5);
    maps[4 * i + 3] = opacity[i];
  }
  const large = enlarged(maps, size, 4, 1, where);
  const fine = detail && enlarged(Float32Array.from(detail, (x) => f(x * 127.5)), size, 1, 2, where);
  const data = Uint8Array.from(photo.data), blended = new Float32Array(3);
  eachErased(photo, where, (at, i) => {
    const share = Math.min(Math.max(large[4 * i + 3], 0), 1);
    for (let c = 0; c < 3; ++c) {
      const made = fine ? f(large[4 * i + c] + fine[i]) : large[4 * i + c];
      blended[c] = photo.data[at + c] + f(share * f(made - photo.data[at + c]));
    }
    data.set(toBytes({data: blended}).data, at);
  });
  return {...photo, data};
}

/** Maps of `times` the input's size, in the rectangle's pixels. */
function enlarged(data, size, channels, times, where) {
  const picture = {data, height: times * size[0], width: times * size[1], channels};
  return resample(picture, where.source.map((edge) => times * edge), [where.height, where.width], CUBIC, EDGE).data;
}

/** Calls with the place of each erased pixel in the photo's data, and its number in the rectangle. */
function eachErased(photo, {top, left, height, width, erased}, call) {
  for (let y = 0, i = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x, ++i) if (erased[i]) call(3 * ((top + y) * photo.width + left + x), i);
  }
}
