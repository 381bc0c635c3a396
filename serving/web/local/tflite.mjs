// The signatures of a TFLite file, called with typed arrays by LiteRT's web runtime (npm @litertjs/core).
//
// The package's own Tensor class knows no bool. The runtime underneath knows every type, so
// this file fills the runtime's buffers itself, with the types that the model declares.
import {getGlobalLiteRt, loadLiteRt} from '@litertjs/core';

let loading;

/** Loads the runtime once; with threads where the page is isolated from other origins. */
export function loadRuntime(folder) {
  loading ??= loadLiteRt(folder, {threads: globalThis.crossOriginIsolated === true});
  return loading;
}

/** {sidecar, model, beside(name)} of a sidecar's address; the runtime is loaded. */
export async function openModel(address) {
  const sidecar = await (await fetched(address)).json();
  const beside = (name) => fetched(new URL(name, new URL(address, location.href)));
  const bytes = new Uint8Array(await (await beside(sidecar.file)).arrayBuffer());
  return {sidecar, model: await Signatures.open(bytes), beside};
}

/** An answer of the page's own server. */
export async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} is missing (${answer.status})`);
  return answer;
}

export class Signatures {
  /** Opens a file's bytes; the runtime is loaded. */
  static async open(bytes) {
    const runtime = getGlobalLiteRt(), wasm = runtime.liteRtWasm, environment = runtime.getDefaultEnvironment();
    const pointer = wasm._malloc(bytes.byteLength);
    wasm.HEAPU8.set(bytes, pointer);
    const model = wasm.loadModel(environment.liteRtEnvironment, pointer, bytes.byteLength);
    const compiled = await wasm.compileModel(environment.liteRtEnvironment, model, {
      environment,
      accelerator: 'wasm',
      cpuOptions: {numThreads: wasm.getThreadCount()},
      gpuOptions: {},
      webNNOptions: {},
    });
    return new Signatures(wasm, environment.liteRtEnvironment, model, compiled);
  }

  constructor(wasm, environment, model, compiled) {
    Object.assign(this, {wasm, environment, model, compiled, signatures: {}});
    for (let index = 0; index < model.getNumSignatures(); ++index) {
      const signature = model.getSignature(index);
      this.signatures[signature.key()] =
          {index, inputs: names(signature.inputNames()), outputs: names(signature.outputNames())};
      signature.delete();
    }
  }

  /** A signature's outputs as Float32Arrays by name (`whole`: that one as an Int32Array); `given` may hold more. */
  async run(signature, given, whole) {
    const {index, inputs, outputs} = this.signatures[signature];
    const buffers = inputs.map((name, i) => this.fill(index, i, given[name]));
    const results = await this.compiled.run(index, buffers);
    buffers.forEach((buffer) => buffer.delete());
    return Object.fromEntries(results.map((buffer, i) => {
      const bytes = this.read(buffer);
      return [outputs[i], outputs[i] === whole ? new Int32Array(bytes) : new Float32Array(bytes)];
    }));
  }

  fill(signature, input, data) {
    const {LiteRtTensorBuffer, LiteRtTensorBufferType, LiteRtTensorBufferLockMode} = this.wasm;
    const type = this.model.getInputTensorType(signature, input);
    const buffer = LiteRtTensorBuffer.createManaged(
        this.environment, LiteRtTensorBufferType.HOST_MEMORY, type, data.byteLength);
    type.delete();
    const pointer = buffer.lock(LiteRtTensorBufferLockMode.WRITE);
    this.wasm.HEAPU8.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), pointer);
    buffer.unlock();
    return buffer;
  }

  read(buffer) {
    const pointer = buffer.lock(this.wasm.LiteRtTensorBufferLockMode.READ);
    const bytes = this.wasm.HEAPU8.slice(pointer, pointer + buffer.packedSize());
    buffer.unlock();
    buffer.delete();
    return bytes.buffer;
  }
}

function names(vector) {
  const found = Array.from({length: vector.size()}, (_, i) => vector.get(i));
  vector.delete();
  return found;
}
