// The exported shape stage in a browser, through LiteRT's web runtime (npm @litertjs/core).
//
// The package's own Tensor class knows float32, int32 and uint8, not int8. The runtime underneath knows every type, so
// this file fills the runtime's buffers itself, with the types that the model declares.
import {getGlobalLiteRt, loadLiteRt} from '@litertjs/core';

export class ShapeStage {
  /** Loads the runtime from `wasmFolder`, and the model and its sidecar from their addresses. */
  static async load(modelUrl, sidecarUrl, wasmFolder) {
    await loadLiteRt(wasmFolder);
    const bytes = new Uint8Array(await (await fetch(modelUrl)).arrayBuffer());
    const stage = new ShapeStage(await (await fetch(sidecarUrl)).json());
    await stage.compile(bytes);
    return stage;
  }

  constructor(sidecar) {
    this.sidecar = sidecar;
    this.contract = sidecar.inputs;
    if (this.contract.replaces !== 'erased') {
      throw new Error('this page has no rule for a model that replaces the garment alone: add tf_tryon/models/replacing.py');
    }
    this.wasm = getGlobalLiteRt().liteRtWasm;
    this.environment = getGlobalLiteRt().getDefaultEnvironment();
  }

  async compile(bytes) {
    const environment = this.environment.liteRtEnvironment;
    const pointer = this.wasm._malloc(bytes.byteLength);
    this.wasm.HEAPU8.set(bytes, pointer);
    this.model = this.wasm.loadModel(environment, pointer, bytes.byteLength);
    this.compiled = await this.wasm.compileModel(environment, this.model, {
      environment: this.environment,
      accelerator: 'wasm',
      cpuOptions: {numThreads: this.wasm.getThreadCount()},
      gpuOptions: {},
      webNNOptions: {},
    });
    this.signatures = {};
    for (let index = 0; index < this.model.getNumSignatures(); ++index) {
      const signature = this.model.getSignature(index);
      this.signatures[signature.key()] =
          {index, inputs: names(signature.inputNames()), outputs: names(signature.outputNames())};
      signature.delete();
    }
  }

  /** Calls a signature with Float32Arrays by name; returns Float32Arrays by name. */
  async run(signature, inputs) {
    const {index, inputs: inputNames, outputs: outputNames} = this.signatures[signature];
    const specs = this.sidecar.signatures[signature];
    const buffers = inputNames.map((name, i) => this.fill(index, i, quantised(inputs[name], specs.inputs[name])));
    const results = await this.compiled.run(index, buffers);
    buffers.forEach((buffer) => buffer.delete());
    const found = {};
    results.forEach((buffer, i) => {
      found[outputNames[i]] = restored(this.read(buffer), specs.outputs[outputNames[i]]);
      buffer.delete();
    });
    return found;
  }

  fill(signatureIndex, inputIndex, data) {
    const type = this.model.getInputTensorType(signatureIndex, inputIndex);
    const buffer = this.wasm.LiteRtTensorBuffer.createManaged(
        this.environment.liteRtEnvironment, this.wasm.LiteRtTensorBufferType.HOST_MEMORY, type, data.byteLength);
    type.delete();
    const pointer = buffer.lock(this.wasm.LiteRtTensorBufferLockMode.WRITE);
    this.wasm.HEAPU8.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), pointer);
    buffer.unlock();
    return buffer;
  }

  read(buffer) {
    const pointer = buffer.lock(this.wasm.LiteRtTensorBufferLockMode.READ);
    const bytes = this.wasm.HEAPU8.slice(pointer, pointer + buffer.packedSize());
    buffer.unlock();
    return bytes.buffer;
  }

  /** What the prior knows of a person; once for all samples. `context` as the sidecar says. */
  encode(context) {
    return this.run('encode', {context});
  }

  /** Codes (cells * channels) of one sample, from standard normal noise of that size, cell by cell. */
  async sample(encoded, noise, temperature = 1) {
    const {grid, shared, std_floor: floor, temperatures, code_scale: scale} = this.contract;
    const channels = grid[2], cells = grid[0] * grid[1];
    const codes = new Float32Array(cells * channels);
    for (let cell = 0; cell < cells; ++cell) {
      const {mean, raw_std: raw} = await this.run('prior', {features: encoded.features, codes});
      for (let c = 0; c < channels; ++c) {
        const i = cell * channels + c;
        const std = (Math.log1p(Math.exp(-Math.abs(raw[i]))) + Math.max(raw[i], 0) + floor) / scale[c];
        const alike = cell > 0 && c >= channels - shared;
        codes[i] = alike ? codes[c] : mean[i] + temperature * temperatures[c] * std * noise[i];
      }
    }
    return codes;
  }

  /** Codes laid over the erased box's frame, zero outside the box: (height * width * channels). */
  lay(codes, box, visible) {
    const {height, width, grid} = this.contract;
    const [y0, x0, y1, x1] = box;
    const scale = Math.max((y1 - y0) / height, (x1 - x0) / width);
    const along = (size, centre, cells) => Array.from({length: size}, (_, pixel) => {
      const start = centre - scale * size / 2;
      const at = (pixel + 0.5 - start) / (scale * size) * cells - 0.5;
      return Math.min(Math.max(at, 0), cells - 1);
    });
    const rows = along(height, (y0 + y1) / 2, grid[0]), columns = along(width, (x0 + x1) / 2, grid[1]);
    const laid = new Float32Array(height * width * grid[2]);
    for (let y = 0; y < height; ++y) {
      for (let x = 0; x < width; ++x) {
        if (visible[y * width + x]) continue;
        const top = Math.floor(rows[y]), left = Math.floor(columns[x]);
        const bottom = Math.min(top + 1, grid[0] - 1), right = Math.min(left + 1, grid[1] - 1);
        const down = rows[y] - top, across = columns[x] - left;
        const at = (row, column, c) => codes[(row * grid[1] + column) * grid[2] + c];
        for (let c = 0; c < grid[2]; ++c) {
          const upper = (1 - across) * at(top, left, c) + across * at(top, right, c);
          const lower = (1 - across) * at(bottom, left, c) + across * at(bottom, right, c);
          laid[(y * width + x) * grid[2] + c] = (1 - down) * upper + down * lower;
        }
      }
    }
    return laid;
  }

  /** The completed parsing: the likeliest class where erased, without lone pixels; the given one where visible. */
  async labels(given, codes, box, visible, labels) {
    const laid = this.lay(codes, box, visible);
    const {logits} = await this.run('generate', {given, codes: laid});
    const classes = this.sidecar.labels.length;
    const completed = labels.map((label, pixel) => {
      if (visible[pixel]) return label;
      let best = 0;
      for (let c = 1; c < classes; ++c) {
        if (logits[pixel * classes + c] > logits[pixel * classes + best]) best = c;
      }
      return best;
    });
    const {height, width} = this.contract;
    return completed.map((label, pixel) => {
      if (visible[pixel]) return label;
      const counts = new Array(classes).fill(0);
      const y = Math.floor(pixel / width), x = pixel % width;
      for (let j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); ++j) {
        for (let i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); ++i) {
          if (i !== x || j !== y) ++counts[completed[j * width + i]];
        }
      }
      return counts[label] ? label : counts.indexOf(Math.max(...counts));
    });
  }
}

function names(vector) {
  const found = Array.from({length: vector.size()}, (_, i) => vector.get(i));
  vector.delete();
  return found;
}

function quantised(values, {dtype, scale, zero_point: zero}) {
  if (dtype === 'float32') return Float32Array.from(values);
  return Int8Array.from(values, (x) => Math.min(Math.max(Math.round(x / scale) + zero, -128), 127));
}

function restored(buffer, {dtype, scale, zero_point: zero}) {
  if (dtype === 'float32') return new Float32Array(buffer);
  return Float32Array.from(new Int8Array(buffer), (q) => (q - zero) * scale);
}
