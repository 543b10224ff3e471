/** Where a figure comes from: read in a paper, or recomputed here from predictions, sample by sample. */
export type Evidence = 'reported' | 'recomputed';

export const EVIDENCE_WORDS: Readonly<Record<Evidence, string>> = {
  reported: 'as its authors report it; no predictions were handed in, so nothing here checks it',
  recomputed: 'scored here from the predictions of every sample, by the pinned rule',
};

/** The kind of evidence by shape: an open ring for reported, a filled disc with a tick for recomputed. Say it in words beside. */
export function EvidenceMark({ evidence }: { evidence: Evidence }) {
  return <span className={`evidence-mark evidence-${evidence}`} />;
}

/** The kind of evidence by shape and word. */
export function EvidenceBadge({ evidence }: { evidence: Evidence }) {
  return (
    <span className="badge" title={EVIDENCE_WORDS[evidence]}>
      <EvidenceMark evidence={evidence} />
      {evidence}
    </span>
  );
}
