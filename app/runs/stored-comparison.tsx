'use client';

import { type ComponentProps, useMemo } from 'react';
import { TrpcProvider, useTRPCClient } from '../trpc/client';
import { type ChangeSource, Changes } from './changes';

type Props = Omit<ComponentProps<typeof Changes>, 'source'>;

/** Two scorers that have both scored the run on the server. */
export function StoredComparison(props: Props) {
  return (
    <TrpcProvider>
      <FromServer {...props} />
    </TrpcProvider>
  );
}

function FromServer(props: Props) {
  const client = useTRPCClient();
  const { runId: id } = props;
  const from = props.from.id;
  const to = props.to.id;
  const source = useMemo((): ChangeSource => {
    const pair = { id, from, to };
    return {
      key: ['changes', id, from, to],
      range: (filter, offset, limit) => client.runs.changes.query({ ...pair, filter, offset, limit }),
      position: (filter, sampleId) => client.runs.changePosition.query({ ...pair, filter, sampleId }),
      async sample(sampleId) {
        const [sample, verdict] = await Promise.all([
          client.runs.sample.query({ id, sampleId, scorer: from }),
          client.runs.verdict.query({ id, sampleId, scorer: to }),
        ]);
        return { sampleId, sample, to: verdict };
      },
    };
  }, [client, id, from, to]);
  return <Changes {...props} source={source} />;
}
