// The peer of bench/vlm.mjs: transformers.js in a worker, with the same files and by wasm, as its examples use it.
import {
  AutoProcessor,
  env,
  Qwen2_5_VLForConditionalGeneration,
  RawImage,
  TextStreamer,
} from '@huggingface/transformers';

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = '/models/';
env.backends.onnx.wasm.wasmPaths = {
  mjs: new URL('/theirs/ort-wasm-simd-threaded.asyncify.mjs', self.location.href).href,
  wasm: new URL('/theirs/ort-wasm-simd-threaded.asyncify.wasm', self.location.href).href,
};
env.backends.onnx.wasm.numThreads = 1;

let model;
let processor;

async function load(id) {
  processor = await AutoProcessor.from_pretrained(id);
  model = await Qwen2_5_VLForConditionalGeneration.from_pretrained(id, { dtype: 'q8', device: 'wasm' });
}

async function reply({ image, text, maxNewTokens }) {
  const began = performance.now();
  const messages = [{ role: 'user', content: [{ type: 'image' }, { type: 'text', text }] }];
  const prompt = processor.apply_chat_template(messages, { add_generation_prompt: true });
  const picture = new RawImage(image.rgba, image.width, image.height, 4).rgb();
  const inputs = await processor(prompt, picture);
  let firstTokenMs = 0;
  let tokens = 0;
  let out = '';
  const streamer = new TextStreamer(processor.tokenizer, {
    skip_prompt: true,
    skip_special_tokens: true,
    callback_function: (more) => {
      out += more;
    },
    token_callback_function: () => {
      tokens++;
      if (tokens === 1) firstTokenMs = performance.now() - began;
    },
  });
  await model.generate({ ...inputs, do_sample: false, max_new_tokens: maxNewTokens, streamer });
  return { text: out, tokens, firstTokenMs, totalMs: performance.now() - began };
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ value: data.load ? await load(data.load) : await reply(data) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
