/** The recipe as a picture: what each stage starts from, is asked and is rewarded for. */
const STEPS = [
  {
    name: 'Base',
    title: 'Qwen2.5-VL-Instruct, 3B or 7B',
    what: 'Answers from supervised tuning alone.',
    reward: null,
  },
  {
    name: 'Stage 1',
    title: 'It learns to reason',
    what: 'Geometry, visual mathematics, counting that needs steps: 16 responses to each question, GRPO.',
    reward: 'The answer is right · it thinks before it answers',
  },
  {
    name: 'Stage 2',
    title: 'It learns to perceive',
    what: 'Counting, pointing at what is meant, positions: about 20,000 mixed questions.',
    reward: 'The answer is right, or its box covers the true one · it thinks before it answers',
  },
] as const;

export function Recipe() {
  return (
    <ol className="recipe">
      {STEPS.map(({ name, title, what, reward }) => (
        <li key={name}>
          <p className="recipe-name">{name}</p>
          <h3>{title}</h3>
          <p>{what}</p>
          {reward === null ? null : (
            <p className="recipe-reward">
              <span>Rewarded:</span> {reward}
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}
