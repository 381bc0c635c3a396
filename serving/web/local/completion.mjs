// Both stages of an exported model over a person, as tf_tryon/lite/tryon.py runs them.
import {noise} from './noise.mjs';
import {erasedPhoto, paste, region} from './pasting.mjs';
import {pixelsOf} from './photo.mjs';
import {openModel} from './tflite.mjs';
import {look} from './view.mjs';

export class TryOn {
  /** Of a sidecar's address; what it names lies beside it. */
  static async load(address) {
    const {sidecar, model, beside} = await openModel(address), means = {};
    for (const [stage, name] of Object.entries(sidecar.means)) {
      const {data} = await pixelsOf(await (await beside(name)).blob());
      means[stage] = Float32Array.from(data, (x) => Math.fround(x / 127.5) - 1);
    }
    return new TryOn(sidecar, model, means);
  }

  constructor(sidecar, model, means) {
    Object.assign(this, {sidecar, model, means});
    this.size = [sidecar.data.height, sidecar.data.width];
  }

  /**
   * Yields {erased}, the photo without what is completed, then {photo, score} for each sample.
   * `person` as in view.mjs; the person wears the garment.
   */
  async * complete(person, garment, {samples = 8, seed = 0, temperature = 1} = {}) {
    const {crop, inputs} = look(person, garment, this.sidecar.data);
    const where = region(inputs.visible, crop, this.size, person.photo, person.carried);
    yield {erased: erasedPhoto(person.photo, where)};
    const {behind} = await this.model.run('texture_behind', inputs);
    const features = await this.encode('shape', inputs);
    for (let k = 0; k < samples; ++k) {
      const shape = await this.draw('shape', features, seed, k, temperature);
      const given = {...inputs, codes: shape.codes};
      const {completed, opacity} = await this.model.run('shape_generate', given, 'completed');
      const dressed = {...inputs, behind, completed};
      const texture = await this.draw('texture', await this.encode('texture', dressed), seed, k, temperature);
      const {rgb, detail} = await this.model.run('texture_generate', {...dressed, codes: texture.codes});
      const photo = paste(person.photo, rgb, opacity, this.size, where, detail);
      yield {photo, score: shape.score + texture.score};
    }
  }

  async encode(stage, inputs) {
    return (await this.model.run(`${stage}_encode`, {...inputs, means: this.means[stage]})).features;
  }

  async draw(stage, features, seed, sample, temperature) {
    const count = this.sidecar.codes[stage].reduce((product, side) => product * side);
    const given = {features, noise: noise(seed, stage, sample, count), temperature: Float32Array.of(temperature)};
    const {codes} = await this.model.run(`${stage}_draw`, given);
    const {score} = await this.model.run(`${stage}_score`, {features, codes});
    return {codes, score: score[0]};
  }
}
