// Clothes of a person by the bundled parser's file, as tf_tryon/annotation/builtin_parser.py has them.
import {LABELS, told} from './labels.mjs';
import {ParserCrop} from './parser_crop.mjs';
import {HIPS, NECK, refine} from './refine.mjs';
import {rounded} from './resampling.mjs';
import {openModel} from './tflite.mjs';

const HAT = 1, HAIR = 2; // of CIHP-20
const WORKING = 512, LEAST_HAT = 0.45;

export class Parser {
  /** Of a sidecar's address; the file lies beside it. */
  static async load(address) {
    const {sidecar, model} = await openModel(address);
    return new Parser(sidecar, model);
  }

  constructor(sidecar, model) {
    Object.assign(this, {sidecar, model});
  }

  /** {labels: classes 0..7 of the photo's size, dress, carried: 0 or 1 a pixel} of a photo and a pose. */
  async parse(photo, pose) {
    const size = [this.sidecar.height, this.sidecar.width], crop = ParserCrop.around(pose.box, size);
    const {probabilities} = await this.model.run('parse', {
      picture: crop.cut(photo, size).data,
      mask: crop.mask(pose.mask, photo, size),
      has_mask: Uint8Array.of(1),
      keypoints: crop.points(pose.keypoints, size),
    });
    const height = Math.min(WORKING, crop.height), working = [height, rounded(height * crop.width / crop.height)];
    const mask = crop.mask(pose.mask, photo, working), outside = crop.outside(photo, working);
    mask.forEach((_, i) => { if (outside[i]) mask[i] = 0; });
    const points = crop.points(pose.keypoints, working);
    const coarse = {data: probabilities, height: size[0] / 2, width: size[1] / 2, channels: LABELS};
    const {labels, trusted} = refine(coarse, working, mask, points);
    if (this.hat(labels, trusted, points) < LEAST_HAT) labels.forEach((one, i) => { if (one === HAT) labels[i] = HAIR; });
    const {classes, dress, carried} = told(crop.paste(labels, working, photo));
    return {labels: {data: classes, height: photo.height, width: photo.width, channels: 1}, dress, carried};
  }

  /** The confidence of a hat that is shown, 1 if there is none (tf_tryon/annotation/confidence.py). */
  hat(labels, trusted, points) {
    let [area, inside, beyond] = [0, 0, 0];
    labels.forEach((label, i) => {
      if (label === HAT) [area, inside] = [area + 1, inside + trusted[i * LABELS + HAT]];
      else beyond += trusted[i * LABELS + HAT];
    });
    if (!area) return 1;
    const near = points[3 * NECK + 2] > 0 && HIPS.every((hip) => !points[3 * hip + 2]);
    const expected = inside / (area + beyond) * (near ? 0.5 : 1);
    if (!this.sidecar.calibration) return 1;
    const [offset, slope] = this.sidecar.calibration[0];
    return Math.min(Math.max(offset + slope * expected, 0), 1);
  }
}
