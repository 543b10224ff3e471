import { useRef, useState } from 'react';
import { TASKS, type Task } from '@/lib/world/question';
import { anyTask } from '../scenes/scenes';

/** Where a picture comes from. It may be dropped and pasted anywhere on the page too. */
export function PictureControls({
  busy,
  problem,
  onRoll,
  onFile,
  onCamera,
}: {
  busy: boolean;
  /** Why the last picture did not come, in a sentence. */
  problem: string | null;
  onRoll: (task: Task) => void;
  onFile: (file: File) => void;
  onCamera: () => void;
}) {
  const file = useRef<HTMLInputElement>(null);
  const [task, setTask] = useState<Task | 'any'>('any');
  return (
    <div className="chat-controls">
      <div>
        <button
          type="button"
          className="button"
          disabled={busy}
          onClick={() => onRoll(task === 'any' ? anyTask() : task)}
        >
          Roll a scene
        </button>
        <select
          className="field"
          aria-label="Task of the scene"
          value={task}
          onChange={(event) => setTask(TASKS.find((each) => each === event.target.value) ?? 'any')}
        >
          <option value="any">any task</option>
          {TASKS.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </div>
      <div>
        <input
          ref={file}
          type="file"
          accept="image/*"
          hidden
          onChange={(event) => {
            const [given] = event.currentTarget.files ?? [];
            event.currentTarget.value = '';
            if (given !== undefined) onFile(given);
          }}
        />
        <button type="button" className="button" onClick={() => file.current?.click()}>
          Your picture
        </button>
        <button type="button" className="button" onClick={onCamera}>
          Camera
        </button>
      </div>
      <p className="chat-hint">Or drop or paste one.</p>
      {problem === null ? null : (
        <p role="alert" className="chat-problem">
          {problem}
        </p>
      )}
    </div>
  );
}
