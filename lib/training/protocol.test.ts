import { expect, test } from 'vitest';
import { z } from 'zod';
import { PROTOCOL, PROTOCOL_LIMITS, PROTOCOL_SCHEMAS, storedFile } from './protocol';

// What pytest holds the agent's messages to. After a change of the protocol: npx vitest run lib/training -u
test('the schema that the trainer is held to is this protocol', async () => {
  const schemas = Object.fromEntries(
    Object.entries(PROTOCOL_SCHEMAS).map(([name, schema]) => [name, z.toJSONSchema(schema)]),
  );
  const file = { protocol: PROTOCOL, limits: PROTOCOL_LIMITS, schemas };
  await expect(`${JSON.stringify(file, null, 2)}\n`).toMatchFileSnapshot(
    '../../trainer/ocean_r1/agent/protocol.schema.json',
  );
});

test.each(['../x', 'a/../b', '/etc/passwd', 'a//b', '.', 'a\\b', 'a b', ''])(
  'a file is not called %j',
  (path) => {
    expect(storedFile.safeParse({ path, sha256: '0'.repeat(64), bytes: 1 }).success).toBe(false);
  },
);

test.each(['config.json', 'onnx/model_quantized.onnx', 'a/b.c/d-e_f@1+2'])(
  'a file may be called %s',
  (path) => {
    expect(storedFile.safeParse({ path, sha256: '0'.repeat(64), bytes: 1 }).success).toBe(true);
  },
);
