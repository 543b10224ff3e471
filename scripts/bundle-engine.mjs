// The in-browser engine's worker, its kernels, and onnxruntime's programs as it fetches them: gzipped, under the hash of what is in them.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';
import { writeChanged } from './write-changed.mjs';

const PROGRAMS = { wasm: 'ort-wasm-simd-threaded', webgpu: 'ort-wasm-simd-threaded.asyncify' };

export async function bundleEngine(root) {
  const out = join(root, 'public', 'vlm');
  const written = new Set();
  const write = (name, content) => {
    written.add(name);
    writeChanged(join(out, name), content);
  };
  mkdirSync(out, { recursive: true });

  const packages = join(root, 'node_modules', 'onnxruntime-web');
  const { version } = JSON.parse(readFileSync(join(packages, 'package.json'), 'utf8'));
  const programs = {};
  for (const [provider, name] of Object.entries(PROGRAMS)) {
    const module = `${name}.${version}.mjs`;
    write(module, readFileSync(join(packages, 'dist', `${name}.mjs`)));
    const program = `${name}.${version}.wasm.gz`;
    // Squeezing takes seconds: once for each version.
    const content = existsSync(join(out, program))
      ? readFileSync(join(out, program))
      : gzipSync(readFileSync(join(packages, 'dist', `${name}.wasm`)), { level: 9 });
    write(program, content);
    programs[provider] = { module, program, bytes: content.length, sha256: sha256Of(content) };
  }

  const kernels = await compileKernels(root);
  const kernelsHash = sha256Of(kernels);
  const kernelsName = `kernels.${kernelsHash.slice(0, 16)}.wasm`;
  write(kernelsName, kernels);
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { worker: 'lib/vlm/worker.ts' },
    outdir: out,
    write: false,
    bundle: true,
    splitting: true,
    platform: 'browser',
    format: 'esm',
    target: ['es2023', 'chrome116', 'firefox124', 'safari17.4'],
    minify: true,
    legalComments: 'none',
    // Its modules and programs lie beside the worker, under the names above.
    conditions: ['onnxruntime-web-use-extern-wasm'],
    define: {
      ONNX_PROGRAMS: JSON.stringify(programs),
      KERNELS: JSON.stringify({ program: kernelsName, bytes: kernels.length, sha256: kernelsHash }),
    },
    logLevel: 'warning',
  });
  for (const { path, contents } of outputFiles) write(path.slice(out.length + 1), Buffer.from(contents));
  // What a browser fetches to run a small model, as it is sent: the front page says so beforehand.
  const squeezed = [...written].filter((name) => /\.js$/.test(name) && !/^ort\./.test(name));
  const bytes = squeezed.reduce(
    (sum, name) => sum + gzipSync(readFileSync(join(out, name))).length,
    kernels.length,
  );
  write('size.json', Buffer.from(JSON.stringify({ bytes })));
  // For public/offline-worker.js.
  const scripts = [...written].filter((name) => /\.m?js$/.test(name)).sort();
  write('files.json', Buffer.from(JSON.stringify(scripts.map((name) => `/vlm/${name}`))));
  for (const name of readdirSync(out)) if (!written.has(name)) rmSync(join(out, name));
}

const sha256Of = (content) => createHash('sha256').update(content).digest('hex');

/** lib/kernels/kernels.ts as WebAssembly. */
export async function compileKernels(root) {
  let compiled;
  const { error, stderr } = await asc.main(
    ['kernels.ts', '--outFile', 'kernels.wasm', '--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert'],
    {
      readFile: (name) => {
        const path = join(root, 'lib', 'kernels', name);
        return existsSync(path) ? readFileSync(path, 'utf8') : null;
      },
      writeFile: (_, content) => {
        compiled = Buffer.from(content);
      },
      listFiles: () => [],
    },
  );
  if (error || compiled === undefined) throw new Error(`The kernels cannot be compiled: ${error}\n${stderr}`);
  return compiled;
}
