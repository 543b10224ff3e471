import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Document, readDocument, type Section } from '@/lib/documents/document';
import { keptLately } from '../kept';

/** The guides that the site shows, in their order, by the last part of their address; files of the repository. */
export const GUIDES = {
  running: 'docs/running.md',
  submitting: 'docs/submitting.md',
  scoring: 'docs/scoring.md',
  comparing: 'docs/comparing.md',
  findings: 'docs/findings.md',
  training: 'docs/training.md',
  trainer: 'trainer/README.md',
  verl: 'docs/verl.md',
  serving: 'docs/serving.md',
  world: 'docs/world.md',
  mathematics: 'docs/mathematics.md',
  engine: 'docs/engine.md',
  house: 'docs/house.md',
  dependencies: 'docs/dependencies.md',
} as const;
type Slug = keyof typeof GUIDES;

export interface Guide {
  slug: Slug;
  /** Its path in the repository. */
  file: string;
  document: Document;
}

/** They do not change while a server runs. */
const kept = keptLately<Document>('guides', Object.keys(GUIDES).length);

async function read(slug: Slug): Promise<Guide> {
  const file = GUIDES[slug];
  const document = await kept(slug, async () =>
    // Which file it is is known when it runs: without the sign the build takes the whole repository for its data.
    readDocument(await readFile(join(/* turbopackIgnore: true */ process.cwd(), file), 'utf8')),
  );
  return { slug, file, document };
}

const isSlug = (slug: string): slug is Slug => Object.hasOwn(GUIDES, slug);

/** Null where there is none. */
export const guide = async (slug: string): Promise<Guide | null> => (isSlug(slug) ? read(slug) : null);

export const guides = (): Promise<Guide[]> => Promise.all(Object.keys(GUIDES).filter(isSlug).map(read));

/** A section in which all words of a search are found. */
export interface Found {
  slug: string;
  title: string;
  heading: Section['heading'];
  /** The text around the first of the words, which stands between `before` and `after`. */
  excerpt: { before: string; word: string; after: string };
}

const MOST_FOUND = 40;
/** Signs of a text that are shown on either side of a word. */
const AROUND = 90;

/** Sections that have all the words, those that have them in their heading first. */
export async function searchGuides(text: string): Promise<readonly Found[]> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const has = (where: string) => words.every((word) => where.toLowerCase().includes(word));
  const found = (await guides()).flatMap(({ slug, document: { title, sections } }) =>
    sections.flatMap(({ heading, text }) => {
      const head = heading?.text ?? title;
      if (!has(`${head} ${text}`)) return [];
      const first = { slug, title, heading, excerpt: excerptOf(text, words) };
      return [{ ...first, inHeading: has(head) }];
    }),
  );
  return found
    .sort((one, other) => Number(other.inHeading) - Number(one.inHeading))
    .slice(0, MOST_FOUND)
    .map(({ inHeading: _, ...each }) => each);
}

function excerptOf(text: string, words: readonly string[]): Found['excerpt'] {
  const low = text.toLowerCase();
  const word = words.find((each) => low.includes(each)) ?? '';
  const at = Math.max(0, low.indexOf(word));
  const from = Math.max(0, at - AROUND);
  const to = Math.min(text.length, at + word.length + AROUND);
  return {
    before: `${from === 0 ? '' : '…'}${text.slice(from, at)}`,
    word: text.slice(at, at + word.length),
    after: `${text.slice(at + word.length, to)}${to === text.length ? '' : '…'}`,
  };
}
