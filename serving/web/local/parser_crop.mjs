// The rectangle around a person that the parsing network sees, as tf_tryon/annotation/parser_crop.py cuts it.
import {CUBIC, EDGE, TRIANGLE, resample, rounded, toBytes} from './resampling.mjs';

const MARGIN = 0.1;

/** In photo pixels; it may reach beyond the photo. */
export class ParserCrop {
  static around([y0, x0, y1, x1], size) {
    const tallest = Math.max(y1 - y0, (x1 - x0) * size[0] / size[1]);
    const height = Math.max(rounded(tallest * (1 + 2 * MARGIN)), 8);
    const width = Math.max(rounded(height * size[1] / size[0]), 5);
    return new ParserCrop(rounded((y0 + y1 - height) / 2), rounded((x0 + x1 - width) / 2), height, width);
  }

  constructor(top, left, height, width) {
    Object.assign(this, {top, left, height, width});
  }

  /** A picture's part at a size, bytes. */
  cut(picture, size) {
    const box = [this.top, this.left, this.top + this.height, this.left + this.width];
    return toBytes(resample(picture, box, size, size[0] < this.height ? TRIANGLE : CUBIC, EDGE));
  }

  mask(mask, {height, width}, size) {
    const bytes = {data: mask.map((one) => rounded(one * 255)), height, width, channels: 1};
    return Float32Array.from(this.cut(bytes, size).data, (one) => one / 255);
  }

  points(keypoints, size) {
    const out = new Float32Array(keypoints.length);
    for (let i = 0; i < keypoints.length; i += 3) {
      if (!(keypoints[i + 2] > 0)) continue;
      out[i] = (keypoints[i] - this.left) * size[1] / this.width;
      out[i + 1] = (keypoints[i + 1] - this.top) * size[0] / this.height;
      out[i + 2] = keypoints[i + 2];
    }
    return out;
  }

  outside(photo, size) {
    const rows = Array.from({length: size[0]}, (_, i) => (i + 0.5) * this.height / size[0] + this.top);
    const columns = Array.from({length: size[1]}, (_, i) => (i + 0.5) * this.width / size[1] + this.left);
    return rows.flatMap((y) => columns.map((x) => y < 0 || y >= photo.height || x < 0 || x >= photo.width));
  }

  /** A photo's labels with the crop's in it, 0 elsewhere. */
  paste(labels, size, photo) {
    const out = new Uint8Array(photo.height * photo.width);
    for (let y = Math.max(this.top, 0); y < Math.min(this.top + this.height, photo.height); ++y) {
      const row = Math.floor((y - this.top + 0.5) * size[0] / this.height);
      for (let x = Math.max(this.left, 0); x < Math.min(this.left + this.width, photo.width); ++x) {
        out[y * photo.width + x] = labels[row * size[1] + Math.floor((x - this.left + 0.5) * size[1] / this.width)];
      }
    }
    return out;
  }
}
