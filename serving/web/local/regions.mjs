// Connected parts of a picture, and specks that take the label around them (tf_tryon/annotation/refine.py).

/** Numbers 1, 2, ... of the parts (by edges) of what belongs, 0 elsewhere, and the size of each by its number. */
export function parts(data, height, width, belongs) {
  const numbers = new Int32Array(height * width), sizes = [0], waiting = [];
  for (let start = 0; start < numbers.length; ++start) {
    if (numbers[start] || !belongs(data[start])) continue;
    const number = sizes.push(0) - 1;
    numbers[start] = number;
    waiting.push(start);
    while (waiting.length) {
      const at = waiting.pop(), x = at % width;
      ++sizes[number];
      for (const next of [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width]) {
        if (next < 0 || next >= numbers.length || numbers[next] || !belongs(data[next])) continue;
        numbers[next] = number;
        waiting.push(next);
      }
    }
  }
  return {numbers, sizes};
}

/** Labels whose connected parts of fewer than `least` pixels take the nearest other label. */
export function withoutSpecks(labels, height, width, least) {
  const small = new Uint8Array(labels.length);
  for (const label of new Set(labels)) {
    const {numbers, sizes} = parts(labels, height, width, (one) => one === label);
    numbers.forEach((number, i) => { if (number && sizes[number] < least) small[i] = 1; });
  }
  if (!small.includes(0)) return labels;
  return labels.map((label, i) => (small[i] ? labels[nearest(small, i, height, width)] : label));
}

/** The nearest pixel that isn't small. */
function nearest(small, from, height, width) {
  const [y, x] = [Math.floor(from / width), from % width];
  let best = -1, distance = Infinity;
  for (let reach = 1; reach * reach < distance; ++reach) {
    for (let j = Math.max(y - reach, 0); j <= Math.min(y + reach, height - 1); ++j) {
      const edge = Math.abs(j - y) === reach;
      for (let i = x - reach; i <= x + reach; i += edge ? 1 : 2 * reach) {
        if (i < 0 || i >= width || small[j * width + i]) continue;
        const square = (j - y) ** 2 + (i - x) ** 2;
        if (square < distance) [best, distance] = [j * width + i, square];
      }
    }
  }
  return best;
}
