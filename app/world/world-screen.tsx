'use client';

import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { splitOf } from '@/lib/world/scene';
import { ErrorState } from '../ui/state';
import { MoreScenes } from './more-scenes';
import { useDenseScreen, usePainter } from './painter';
import { SceneView } from './scene-view';
import { ViewControls } from './view-controls';
import { readView } from './world-url';

/** The world as the address names it: what to show, the scene with its question, and more scenes of the kind. */
export function WorldScreen() {
  const params = useSearchParams();
  const painter = usePainter();
  const dense = useDenseScreen();
  const read = readView(new URLSearchParams(params));
  if ('problem' in read) {
    return (
      <ErrorState title="This address names no scene">
        <p>{read.problem}</p>
        <p>
          <Link href="/world">Open the first scene</Link>
        </p>
      </ErrorState>
    );
  }
  const { view } = read;
  return (
    <div className="world">
      <ViewControls view={view} />
      <SceneView painter={painter} view={view} dense={dense} />
      <MoreScenes key={`${view.task} ${splitOf(view.seed)}`} painter={painter} view={view} dense={dense} />
    </div>
  );
}
