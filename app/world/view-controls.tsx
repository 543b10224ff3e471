import { type ReactNode, useEffect, useRef } from 'react';
import { TASKS } from '@/lib/world/question';
import { SPLITS, splitOf } from '@/lib/world/scene';
import { PICTURE_SIZES, rollSeed, seedAcross, viewQuery, type WorldView } from './world-url';

/** Goes to a view without the server: the page reads it from the address. */
export function open(query: string): void {
  window.history.pushState(null, '', query);
}

/** A link to a view that is followed in place, and as any link in a new tab. */
export function ViewLink({
  view,
  current,
  className,
  children,
}: {
  view: WorldView;
  current: boolean;
  className?: string;
  children: ReactNode;
}) {
  const query = viewQuery(view);
  return (
    <a
      href={query}
      className={className}
      aria-current={current ? 'true' : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        if (!current) open(query);
      }}
    >
      {children}
    </a>
  );
}

/** Task, split, size and seed, and the dice. */
export function ViewControls({ view }: { view: WorldView }) {
  const split = splitOf(view.seed);
  const sizes = [...new Set([...PICTURE_SIZES, view.size])].sort((one, other) => one - other);
  // The field follows the address without being made anew, which would take the focus from who types in it.
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (field.current !== null) field.current.value = String(view.seed);
  }, [view.seed]);
  return (
    <div className="world-controls">
      <Choices name="Task">
        {TASKS.map((task) => (
          <ViewLink key={task} view={{ ...view, task }} current={task === view.task}>
            {task}
          </ViewLink>
        ))}
      </Choices>
      <Choices name="Split">
        {SPLITS.map((each) => (
          <ViewLink key={each} view={{ ...view, seed: seedAcross(view.seed, each) }} current={each === split}>
            {each}
          </ViewLink>
        ))}
      </Choices>
      <Choices name="Picture">
        {sizes.map((size) => (
          <ViewLink key={size} view={{ ...view, size }} current={size === view.size}>
            {size} px
          </ViewLink>
        ))}
      </Choices>
      <form
        className="world-seed"
        onSubmit={(event) => {
          event.preventDefault();
          const seed = String(new FormData(event.currentTarget).get('seed'));
          open(`?${new URLSearchParams({ task: view.task, seed, size: String(view.size) })}`);
        }}
      >
        <label className="label" htmlFor="world-seed">
          Seed
        </label>
        <input
          ref={field}
          id="world-seed"
          name="seed"
          className="field"
          inputMode="numeric"
          autoComplete="off"
          spellCheck={false}
          defaultValue={view.seed}
        />
        <button type="submit" className="button">
          Open
        </button>
        <button
          type="button"
          className="button button-primary"
          onClick={() => open(viewQuery({ ...view, seed: rollSeed(split) }))}
        >
          Roll a scene
        </button>
      </form>
    </div>
  );
}

function Choices({ name, children }: { name: string; children: ReactNode }) {
  return (
    <nav className="world-choices" aria-label={name}>
      <span className="label" aria-hidden="true">
        {name}
      </span>
      <span className="world-choice-links">{children}</span>
    </nav>
  );
}
