'use client';

import { useRouter } from 'next/navigation';
import { TrpcProvider } from '../../trpc/client';
import { InstallSplit } from '../../ui/install-split';

/** The installer of a split on its benchmark's page. */
export function InstallHere({ benchmark, split }: { benchmark: string; split: string }) {
  const router = useRouter();
  return (
    <TrpcProvider>
      <InstallSplit benchmark={benchmark} split={split} onDone={router.refresh} />
    </TrpcProvider>
  );
}
