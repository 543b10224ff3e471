import * as z from 'zod/mini';
import { parseFile } from './parse-file';
import { VlmError } from './types';

const count = z.int().check(z.nonnegative());
const header = z.record(
  z.string(),
  z.object({ dtype: z.enum(['F32', 'I8']), shape: z.array(count), data_offsets: z.tuple([count, count]) }),
);

/** Of a safetensors file. */
export interface Tensor {
  shape: readonly number[];
  values: Float32Array | Int8Array;
}

/**
 * The tensors of a safetensors file by their names, float32 or int8 (https://github.com/huggingface/safetensors#format).
 *
 * @throws VlmError naming the file, and what of it is wrong.
 */
export function readTensors(file: string, content: Uint8Array): ReadonlyMap<string, Tensor> {
  const broken = (what: string) => new VlmError('model', `${file}: ${what}.`);
  if (content.length < 8) throw broken('it is too short for a safetensors file');
  const { buffer, byteOffset } = content;
  const length = Number(new DataView(buffer, byteOffset).getBigUint64(0, true));
  if (!(length <= content.length - 8)) throw broken('its header is longer than the file');
  let named: unknown;
  try {
    named = JSON.parse(new TextDecoder().decode(content.subarray(8, 8 + length)));
  } catch (error) {
    throw broken(`its header is not JSON: ${(error as Error).message}`);
  }
  const { __metadata__: _, ...described } = Object(named) as Record<string, unknown>;
  const data = content.subarray(8 + length);
  return new Map(
    Object.entries(parseFile(header, described, file)).map(([name, { dtype, shape, data_offsets }]) => {
      const bytes = data.slice(...data_offsets);
      const size = shape.reduce((product, side) => product * side, dtype === 'F32' ? 4 : 1);
      if (bytes.length !== size) throw broken(`${name} has ${bytes.length} bytes in place of ${size}`);
      const values = dtype === 'F32' ? new Float32Array(bytes.buffer) : new Int8Array(bytes.buffer);
      return [name, { shape, values }];
    }),
  );
}
