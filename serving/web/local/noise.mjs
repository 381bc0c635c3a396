// Standard normal noise of a sample's stage, as tf_tryon/inference/noise.py makes it: Philox4x32-10, keyed with
// (seed, stage * 2^32 + sample), and Box and Muller.
const f = Math.fround;
const STAGES = ['shape', 'texture'], MIX_KEY = [0x3ec8f720, 0x02461e29], WEYL = [0x9e3779b9, 0xbb67ae85];

/** (count,) Float32Array for a seed below 2^53. */
export function noise(seed, stage, sample, count) {
  const mixed = philox([seed % 2 ** 32, Math.floor(seed / 2 ** 32), sample, STAGES.indexOf(stage)], MIX_KEY);
  const out = new Float32Array(4 * Math.ceil(count / 4));
  for (let i = 0; i < out.length; i += 4) {
    const bits = philox([i / 4, 0, mixed[2], mixed[3]], [mixed[0], mixed[1]]);
    for (let pair = 0; pair < 4; pair += 2) {
      const radius = f(Math.sqrt(f(-2 * f(Math.log(Math.max(uniform(bits[pair]), f(1e-7)))))));
      const angle = f(f(2 * Math.PI) * uniform(bits[pair + 1]));
      out[i + pair] = f(Math.sin(angle)) * radius;
      out[i + pair + 1] = f(Math.cos(angle)) * radius;
    }
  }
  return out.subarray(0, count);
}

/** 23 random bits as a number in [0, 1). */
function uniform(bits) {
  return (bits & 0x7fffff) / 2 ** 23;
}

/** Four words of 32 bits -> four random ones. */
function philox(counter, key) {
  let [a, b, c, d] = counter.map((word) => word >>> 0);
  for (let round = 0; round < 10; ++round) {
    const [k0, k1] = WEYL.map((step, i) => (key[i] + Math.imul(round, step)) >>> 0);
    const [leftHigh, leftLow] = product(0xd2511f53, a), [rightHigh, rightLow] = product(0xcd9e8d57, c);
    [a, b, c, d] = [(rightHigh ^ b ^ k0) >>> 0, rightLow, (leftHigh ^ d ^ k1) >>> 0, leftLow];
  }
  return [a, b, c, d];
}

/** The upper and lower word of the product of two words. */
function product(x, y) {
  const low = (x & 0xffff) * y, high = (x >>> 16) * y; // below 2^48: exact
  const sum = high + Math.floor(low / 2 ** 16);
  return [Math.floor(sum / 2 ** 16), ((sum % 2 ** 16) * 2 ** 16 + (low % 2 ** 16)) >>> 0];
}
