import { readFileSync } from 'node:fs';
import { storeBlob } from '../blobs';
import { openDatabase, setDatabase } from '../db';
import { env } from '../env';
import { createRun } from './create-run';
import { followRun } from './follow-run';
import { type NewRun, newRun } from './new-run';
import { startScorings } from './scoring';
import { seed } from './seed';

// For tests: a process that submits a file and scores it by the worker of tests, until it is killed. Says what comes of it.
const [, , workerFile = '', predictions = '', submission = '{}'] = process.argv;
const database = await openDatabase({ url: env().DATABASE_URL, dataDir: env().OCEAN_DATA_DIR });
setDatabase(database);
await seed(database.db);
const { sha256 } = await storeBlob(new Blob([readFileSync(predictions)]).stream(), null);
const input: NewRun = newRun.parse({ ...JSON.parse(submission), fileSha256: sha256 });
await startScorings(workerFile);
const { runId } = await createRun(input, { owner: 'team' });
for await (const { event } of followRun(runId, undefined)) console.log(JSON.stringify({ runId, event }));
