// Sampling a box of a picture at any size, as tf_tryon/geometry/resampling.py does it: the same kernels, the same edges.
//
// A picture is {data, height, width, channels}, row by row, channels last. Numbers are rounded to single precision where
// numpy rounds them, so that floors and ties fall alike.
const f = Math.fround;

export const ZERO = 'zero', EDGE = 'edge', REFLECT = 'reflect';

export const BOX = {support: 0.5, value: (x) => (Math.abs(x) <= 0.5 ? 1 : 0)};
export const TRIANGLE = {support: 1, value: (x) => Math.max(f(1 - Math.abs(x)), 0)};
export const CUBIC = {
  support: 2,
  value: (x) => {
    const d = Math.abs(x);
    if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
    return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
  },
};
export const LANCZOS = {
  support: 3,
  value: (x) => {
    const turned = f(Math.max(Math.abs(x), f(1e-6)) * f(3.14159265));
    return turned < f(3 * 3.14159265) ? 3 * Math.sin(turned) * Math.sin(turned / 3) / (turned * turned) : 0;
  },
};

/** One axis: for each of `target` pixels of [start, stop) its source pixels and their weights. */
export function line(start, stop, target, source, kernel, beyond) {
  const first = f(start), step = f(f(f(stop) - first) / target);
  const stretch = Math.max(step, 1), reach = f(kernel.support * stretch);
  const low = Math.floor(f(first - reach)) - 1, high = Math.ceil(f(f(stop) + reach)) + 1;
  const places = [];
  for (let o = 0; o < target; ++o) {
    const centre = f(f(first + f((o + 0.5) * step)) - 0.5);
    const from = Math.max(low, Math.floor(centre - reach)), to = Math.min(high - 1, Math.ceil(centre + reach));
    const indices = [], weights = [];
    let total = 0;
    for (let i = from; i <= to; ++i) {
      const weight = f(kernel.value(f(f(i - centre) / stretch)));
      if (!weight) continue;
      total += weight;
      if (beyond === ZERO && (i < 0 || i >= source)) continue;
      indices.push(inside(i, source, beyond));
      weights.push(weight);
    }
    places.push({indices, weights: weights.map((weight) => f(weight / f(total)))});
  }
  return places;
}

function inside(index, source, beyond) {
  if (beyond !== REFLECT) return Math.max(Math.min(index, source - 1), 0);
  const turn = ((index % (2 * source)) + 2 * source) % (2 * source);
  return Math.min(turn, 2 * source - 1 - turn);
}

/** A box [y0, x0, y1, x1] of a picture at another size [height, width]; a picture of floats. */
export function resample(picture, box, size, kernel, beyond) {
  const {data, height, width, channels} = picture;
  const rows = line(box[0], box[2], size[0], height, kernel, beyond);
  const columns = line(box[1], box[3], size[1], width, kernel, beyond);
  const used = new Set(columns.flatMap(({indices}) => indices));
  const seen = [...used].sort((a, b) => a - b);
  const flat = new Float32Array(width * channels), out = new Float32Array(size[0] * size[1] * channels);
  rows.forEach(({indices, weights}, y) => {
    flat.fill(0);
    indices.forEach((row, i) => {
      const at = row * width * channels, weight = weights[i];
      for (const column of seen) {
        for (let c = column * channels; c < (column + 1) * channels; ++c) flat[c] += weight * data[at + c];
      }
    });
    columns.forEach(({indices: from, weights: shares}, x) => {
      const to = (y * size[1] + x) * channels;
      for (let c = 0; c < channels; ++c) {
        let sum = 0;
        for (let i = 0; i < from.length; ++i) sum += shares[i] * flat[from[i] * channels + c];
        out[to + c] = sum;
      }
    });
  });
  return {data: out, height: size[0], width: size[1], channels};
}

/** Labels 0..count - 1 as a picture of `count` channels. */
export function oneHot({data, height, width}, count) {
  const out = new Float32Array(data.length * count);
  data.forEach((label, i) => { out[i * count + label] = 1; });
  return {data: out, height, width, channels: count};
}

/** The label with the largest share of each pixel; of equal shares the smaller label's. */
export function resampleLabels(labels, box, size, count, beyond, kernel = BOX) {
  const shares = resample(oneHot(labels, count), box, size, kernel, beyond);
  return {data: largest(shares.data, count), height: size[0], width: size[1], channels: 1};
}

/** Index of the largest of each `count` shares, to 1 / 255, the first of equal ones. */
export function largest(shares, count) {
  const out = new Uint8Array(shares.length / count);
  for (let i = 0; i < out.length; ++i) {
    let best = -Infinity;
    for (let c = 0; c < count; ++c) {
      const share = rounded(f(shares[i * count + c] * 255));
      if (share > best) [best, out[i]] = [share, c];
    }
  }
  return out;
}

/** To the nearest whole number, halves to the even one. */
export function rounded(x) {
  const down = Math.floor(x), rest = x - down;
  return rest > 0.5 || (rest === 0.5 && down % 2) ? down + 1 : down;
}

/** Floats to bytes: rounded, halves up, and clipped. */
export function toBytes({data, ...shape}) {
  return {...shape, data: Uint8Array.from(data, (x) => Math.min(Math.max(Math.floor(f(x + 0.5)), 0), 255))};
}
