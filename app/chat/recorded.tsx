import Link from 'next/link';
import words from '@/lib/findings/seed-words.json';
import { SEED_REPOSITORY } from '@/lib/scoring/upstream';

/** What the models of 3B and 7B wrote, for as long as none of them answers here. */
export function Recorded() {
  return (
    <section className="chat-recorded" aria-labelledby="chat-recorded">
      <h3 id="chat-recorded">Recorded: what the large models wrote</h3>
      <p>
        Ocean-R1 3B and 7B do not run in a browser, and this site has no server for them. These whole outputs
        on GeoQA are <a href={SEED_REPOSITORY}>printed by their authors</a>, who do not say which of the two
        wrote them. <Link href="/findings/aha#became">What became of their answers</Link>
      </p>
      {words.cases.map(({ question, gold, output, after }) => (
        <details key={question}>
          <summary>{question}</summary>
          <p className="chat-recorded-output">{output}</p>
          <p>
            It answers {after}; {after === gold ? 'that is right.' : `the true answer is ${gold}.`}
          </p>
        </details>
      ))}
    </section>
  );
}
