import './world.css';
import type { Metadata } from 'next';
import Link from 'next/link';
import { TASKS } from '@/lib/world/question';
import { WORLD_VERSION } from '@/lib/world/scene';
import { Command } from '../ui/command';
import { PageHeader } from '../ui/page-header';
import { oceanHere } from '../ui/site-address';
import { WorldScreen } from './world-screen';

export const metadata: Metadata = {
  title: 'Ocean World',
  description:
    'A procedural benchmark whose answers are known: roll a scene, see what is in it and what is asked.',
};

export default async function WorldPage() {
  const OCEAN = await oceanHere();
  return (
    <>
      <PageHeader title="Ocean World">
        <p>
          A small world whose answers are known. A seed gives a scene, its picture, and a question with its
          one right answer: the same on every machine, to the last byte. Roll a scene, and try what a model is
          asked.
        </p>
      </PageHeader>
      <WorldScreen />
      <section className="world-about" aria-labelledby="world-about">
        <h2 id="world-about">What it is for</h2>
        <div>
          <h3>{TASKS.length} tasks</h3>
          <p>
            Tabletop scenes and vehicles to count, compare and point at; geometry by construction; charts,
            tables and printed text to read and to reckon with. Every answer follows from the scene itself.
            Nobody labelled it, and a second program works it out again by another way. 2,000 questions of
            test and of test-hard are a <Link href="/leaderboard/ocean-world">benchmark</Link> whose pictures
            are 224 pixels a side.
          </p>
        </div>
        <div>
          <h3>Four splits</h3>
          <p>
            The seed’s top two bits name its split, so no scene belongs to two. <em>train</em> and{' '}
            <em>val</em> share their phrasings; <em>test</em> adds phrasings that training never shows;{' '}
            <em>test-hard</em> has those alone, with more objects and with combinations of attributes that
            stand nowhere else. This is version {WORLD_VERSION}: the version changes whenever a seed gives
            another scene, picture or question.
          </p>
        </div>
        <div>
          <h3>Rows to train on</h3>
          <p>Parquet in verl’s form, pictures embedded, as many as wished:</p>
          <Command>
            {`${OCEAN} world --split train --task counting,geometry --count 20000 --seed 1 --size 112 --out DIR`}
          </Command>
        </div>
      </section>
    </>
  );
}
