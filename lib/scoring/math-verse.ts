import { strip } from '@/lib/python/text';
import { needsJudge, type Scorer } from '@/lib/scoring/scorer';
import {
  onExtraction,
  shortened,
  VLMEVALKIT_COMMITS,
  vlmevalkitLabel,
  vlmevalkitUpstream,
} from '@/lib/scoring/vlmevalkit';

const EXTRACTION_MISSING = 'a judge must extract what the output answers; upstream has no rule for it';
const UNEQUAL = 'a second judge must say whether it means the same';

/** MathVerse's own evaluation (evaluation/extract_answer_s1.py and score_answer_s2.py at 937b090), with `--quick_match`. */
export const mathVerseOfficial: Scorer = {
  id: 'math-verse/official@937b0905',
  label: 'Official',
  rule: 'One judge model extracts what the output answers, a second says whether it means the true answer. Here an extraction that comes with the output is right where it is the true answer, character by character (upstream’s quick match); all else needs a judge.',
  judge: 'extracts and compares',
  upstream: {
    repository: 'https://github.com/ZrrSkywalker/MathVerse',
    commit: '937b090597aeafb8e82b35d310a4bc5b9e2ea29d',
    path: 'evaluation/score_answer_s2.py',
  },
  score: ({ gold }, _, extraction) => compared(String(gold), extraction, (text) => text),
};

/** VLMEvalKit's rule for MathVerse (vlmeval/dataset/utils/mathverse.py); the same at both commits but for imports. */
export const mathVerseVlmevalkit: Scorer = {
  id: `math-verse/vlmevalkit@${VLMEVALKIT_COMMITS.head}`,
  label: vlmevalkitLabel('head'),
  rule: 'A judge model extracts what the output answers. An extraction that is the true answer, white space around it aside, is right; of any other a judge says whether it means the same. Here an extraction that comes with the output is compared; all else needs a judge.',
  judge: 'extracts and compares',
  upstream: vlmevalkitUpstream('head', 'vlmeval/dataset/utils/mathverse.py'),
  score: ({ gold }, _, extraction) => compared(String(gold), extraction, strip),
};

function compared(gold: string, extraction: string | undefined, normalise: (text: string) => string) {
  if (extraction === undefined) return needsJudge(EXTRACTION_MISSING);
  if (normalise(extraction) !== normalise(gold))
    return needsJudge(
      `"${shortened(extraction)}" is not the true answer, ${shortened(gold)}, as a text: ${UNEQUAL}`,
    );
  return onExtraction(
    { correct: true, answer: null, reason: 'it is the true answer', span: null },
    extraction,
  );
}
