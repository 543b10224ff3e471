import { expect, test } from 'vitest';
import { TASKS } from '@/lib/world/question';
import { seedIn } from '@/lib/world/scene';
import { ask } from '@/lib/world/world';
import { turnSchema } from './conversation';
import { sceneQuestions } from './scene-questions';
import { judge } from './verdict';

test.each(TASKS)(
  'a scene of %s has questions that a turn can hold, each answered by its own truth',
  (task) => {
    for (let n = 0; n < 5; n++) {
      const known = ask(task, seedIn('test', n), 128);
      const { asked, further } = sceneQuestions(known, 128);
      expect(further.length).toBeGreaterThanOrEqual('drawing' in known.scene ? 0 : 3);
      for (const { question, promptId, truth } of [asked, ...further]) {
        const text =
          truth === null
            ? ''
            : `<answer>${truth.kind === 'box' ? `[${truth.box.join(', ')}]` : truth.forms[0]}</answer>`;
        const reply = {
          id: 'reply-0001',
          modelId: 'browser:nano-base',
          text,
          end: { why: 'stop' as const },
          figures: null,
          sampling: { temperature: 0, seed: 0 },
          frame: { width: 128, height: 128 },
        };
        turnSchema.parse({
          id: 'turn-0001',
          parentId: null,
          askedAt: new Date(0).toISOString(),
          question,
          promptId,
          pictureId: null,
          truth,
          replies: [reply],
        });
        if (truth !== null) expect(judge(truth, reply)).toMatchObject({ right: true });
      }
    }
  },
);
