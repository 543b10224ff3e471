import './home.css';
import type { Metadata } from 'next';
import Link from 'next/link';
import { permanentRedirect } from 'next/navigation';
import { REPORTED } from '@/lib/benchmarks/reported';
import { SEED_REPOSITORY } from '@/lib/scoring/upstream';
import engine from '@/public/vlm/size.json';
import { Pieces } from '../figures/pieces';
import { api } from '../trpc/server';
import { Command } from '../ui/command';
import { JsonLd } from '../ui/json-ld';
import { oceanHere } from '../ui/site-address';
import type { Asked, Said } from './asked';
import { BIBTEX } from './bibtex';
import { firstQuestion } from './first-question';
import { NanoGained, Reported } from './gained';
import { LiveAnswer } from './live-answer';
import { Recipe } from './recipe';

const SENTENCE =
  'A two-stage reinforcement-learning recipe that teaches vision-language models first to reason, then to perceive.';

export const metadata: Metadata = { title: { absolute: 'Ocean-R1' }, description: SENTENCE };

/** What the authors published, and where it is here. */
const LINKS = [
  { words: 'Report and code of the recipe', href: SEED_REPOSITORY },
  ...REPORTED.filter(({ stage }) => stage === 'stage2').map(({ id, name }) => ({
    words: `Weights: ${name}`,
    href: `/models/${id}`,
  })),
  { words: 'Nano: weights and card', href: '/models/ocean-r1-nano' },
  ...[1, 2].map((stage) => ({
    words: `Data of stage ${stage}`,
    href: `https://huggingface.co/datasets/minglingfeng/Ocean_R1_visual_data_stage${stage}`,
  })),
  { words: 'Leaderboard', href: '/leaderboard' },
  { words: 'Guides', href: '/docs' },
  { words: 'Licence of this site: Apache 2.0', href: 'https://www.apache.org/licenses/LICENSE-2.0' },
];

type Query = Promise<Readonly<Record<string, string | string[] | undefined>>>;

export default async function HomePage({ searchParams }: { searchParams: Query }) {
  // The board stood here before, and links to its views are about.
  const query = new URLSearchParams(
    Object.entries(await searchParams).flatMap(([name, values]) =>
      [values ?? []].flat().map((value) => [name, value]),
    ),
  ).toString();
  if (query !== '') permanentRedirect(`/leaderboard?${query}`);

  const { leaderboard, chat } = await api();
  const [board, manifest, ocean] = await Promise.all([
    leaderboard.board(),
    chat.browserModels(),
    oceanHere(),
  ]);
  const bytes = manifest.models
    .filter(({ id }) => id === 'nano-base' || id === 'nano-stage2')
    .flatMap(({ files }) => files)
    .reduce((sum, file) => sum + file.bytes, engine.bytes);
  const said = (text: string): Said => ({ text, ended: true, frame: firstQuestion.frame });
  const { scene, question, truth, outputs } = firstQuestion;
  const first: Asked = { scene, question, truth, promptId: 'seed-think', painted: '/home/asked.png' };
  return (
    <div className="home">
      <div className="home-head">
        <h1>Ocean-R1</h1>
        <p className="home-sentence">{SENTENCE}</p>
      </div>
      <LiveAnswer
        first={first}
        recorded={{ base: said(outputs.base), stage2: said(outputs.stage2) }}
        bytes={bytes}
      />
      <p className="home-live-note">
        Two checkpoints of <Link href="/chat">Ocean-R1 Nano</Link>, 2.6 million parameters, trained by this
        recipe at small size on <Link href="/world">scenes whose answers are known</Link>, answer in your
        browser.
      </p>

      <section aria-labelledby="home-recipe">
        <h2 id="home-recipe">The recipe</h2>
        <p className="home-lead">
          No teacher writes the reasoning. A rule says whether an answer is right, and the model finds by
          itself how to get there.
        </p>
        <Recipe />
      </section>

      <section aria-labelledby="home-gained">
        <h2 id="home-gained">What it changes</h2>
        <div className="home-two">
          <Reported />
          <NanoGained board={board} />
        </div>
      </section>

      <section aria-labelledby="home-findings">
        <h2 id="home-findings">What was found</h2>
        <p className="home-lead">
          Four claims of the recipe’s authors, with what we see of them.{' '}
          <Link href="/findings" prefetch={false}>
            All findings
          </Link>
        </p>
        <Pieces level={3} />
      </section>

      <section aria-labelledby="home-use">
        <h2 id="home-use">Use it</h2>
        <div className="home-uses">
          <div>
            <h3>Score your model’s predictions</h3>
            <p>
              By the rules of the published table, in a terminal or here, with a reason for every verdict.
            </p>
            <Command>{`${ocean} score predictions.json`}</Command>
            <p>
              <Link href="/submit" prefetch={false}>
                Hand in a file
              </Link>
            </p>
          </div>
          <div>
            <h3>Train by the recipe</h3>
            <p>Start this site and an agent on a box: toy size in two minutes on a laptop.</p>
            <Command>{'npm run demo\nnpm run agent'}</Command>
            <p>
              <Link href="/training" prefetch={false}>
                Trainings, live
              </Link>
            </p>
          </div>
          <div>
            <h3>Cite it</h3>
            <Command>{BIBTEX}</Command>
          </div>
        </div>
        <ul className="home-links" aria-label="All that belongs to it">
          {LINKS.map(({ words, href }) => (
            <li key={href}>
              <a href={href}>{words}</a>
            </li>
          ))}
        </ul>
      </section>
      <JsonLd
        data={{
          '@type': 'WebSite',
          name: 'Ocean-R1',
          description: SENTENCE,
          about: { '@type': 'SoftwareSourceCode', name: 'Ocean-R1', codeRepository: SEED_REPOSITORY },
        }}
      />
    </div>
  );
}
