import type { Task } from '@/lib/world/question';
import type { FirstScene } from './first-scenes';

/** Good scenes to begin with: a click asks about one, as does its address. */
export function Gallery({
  scenes,
  onOpen,
}: {
  scenes: readonly FirstScene[];
  onOpen: (task: Task, seed: number) => void;
}) {
  return (
    <section className="chat-gallery" aria-labelledby="chat-gallery">
      <h3 id="chat-gallery">Or begin with one of these, at which the stages differ</h3>
      <ul>
        {scenes.map(({ task, seed, picture }) => (
          <li key={picture}>
            <a
              href={`/chat?task=${task}&seed=${seed}`}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
                event.preventDefault();
                onOpen(task, seed);
              }}
            >
              {/* biome-ignore lint/performance/noImgElement: painted at the build in the one size that is shown */}
              <img src={picture} width={128} height={128} alt="" loading="lazy" />
              {task}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
