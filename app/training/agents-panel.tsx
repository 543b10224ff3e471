'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { TrpcProvider, useTRPC } from '../trpc/client';
import { Command } from '../ui/command';
import { CopyButton } from '../ui/copy-button';
import { Confirm } from '../ui/dialog';
import { formatBytes, formatCount } from '../ui/format';
import { visible } from '../ui/visible';
import { durationWords } from './job-words';
import type { AgentRow } from './types';

export const AgentsPanel = (props: { first: readonly AgentRow[] }) => (
  <TrpcProvider>
    <Agents {...props} />
  </TrpcProvider>
);

/** The boxes that train, for the team: what they are, a new one, one that is not to come again. */
function Agents({ first }: { first: readonly AgentRow[] }) {
  const trpc = useTRPC();
  const agents = useQuery(
    trpc.training.agents.queryOptions(undefined, { initialData: [...first], refetchInterval: 10_000 }),
  );
  const create = useMutation(
    trpc.training.createAgent.mutationOptions({ onSuccess: () => agents.refetch() }),
  );
  const [revoking, setRevoking] = useState<AgentRow | null>(null);
  const revoke = useMutation(
    trpc.training.revokeAgent.mutationOptions({
      onSuccess: async () => {
        setRevoking(null);
        await agents.refetch();
      },
    }),
  );
  const inUse = (agents.data ?? []).filter(({ revokedAt }) => revokedAt === null);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const input = event.currentTarget.elements.namedItem('name');
    if (!(input instanceof HTMLInputElement) || create.isPending) return;
    create.mutate({ name: input.value });
  }

  return (
    <section className="stack" aria-labelledby="agents-heading">
      <h2 id="agents-heading">Agents</h2>
      <p className="max-w-prose text-muted">
        An agent stands on the box that trains. It dials out to this server, so the box may be behind any
        wall, and opens nothing here but the doors of agents.
      </p>
      {inUse.length === 0 ? null : (
        <ul className="training-agents">
          {inUse.map((agent) => (
            <li key={agent.id} className="panel">
              <AgentView agent={agent} />
              <button type="button" className="button" onClick={() => setRevoking(agent)}>
                Revoke<span className="sr-only"> {visible(agent.name)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <form className="training-filter" onSubmit={submit}>
        <label className="training-search">
          <span className="label">Name of a new agent</span>
          <input name="name" className="field" required maxLength={100} autoComplete="off" />
        </label>
        <button type="submit" className="button" aria-disabled={create.isPending}>
          Make an agent
        </button>
      </form>
      <p role="alert" className="text-wrong">
        {create.error?.message}
      </p>
      {create.data === undefined ? null : <NewToken {...create.data} />}
      {revoking === null ? null : (
        <Confirm
          title={`Revoke “${visible(revoking.name)}”?`}
          yes="Revoke"
          disabled={revoke.isPending}
          error={revoke.error?.message ?? null}
          onYes={() => revoke.mutate({ id: revoking.id })}
          onClose={() => setRevoking(null)}
        >
          <p>Its token opens nothing from then on. What it is at is taken up by another agent.</p>
        </Confirm>
      )}
    </section>
  );
}

/** Told once: the server keeps no more than the token's hash. */
function NewToken({ name, token }: { name: string; token: string }) {
  const here = `npm run agent -- --server ${window.location.origin} --token ${token}`;
  const there = `ocean-r1 agent --server ${window.location.origin} --token ${token}`;
  return (
    <div className="panel stack training-token" role="status">
      <h3>The token of {visible(name)}, shown this once</h3>
      <p>In a clone of the repository, which installs the trainer where it is missing:</p>
      <Command>{here}</Command>
      <p>Or where the trainer is installed:</p>
      <Command>{there}</Command>
      <div>
        <CopyButton label="Copy the token" read={token} />
      </div>
    </div>
  );
}

function AgentView({ agent: { name, seenAt, machine } }: { agent: AgentRow }) {
  return (
    <div>
      <h3 dir="auto">{visible(name)}</h3>
      {/* By the clock of who looks, which the server's page cannot know. */}
      <p className="text-muted" suppressHydrationWarning>
        {seenAt === null
          ? 'has not called yet'
          : `asked for work ${durationWords((Date.now() - seenAt.getTime()) / 1_000)} ago`}
      </p>
      {machine === null ? null : (
        <p dir="auto">
          {visible(machine.host)}: {formatCount(machine.cores)} cores, {formatBytes(machine.memory)} of
          memory, {formatBytes(machine.diskFree)} free on disk;{' '}
          {machine.cards.length === 0
            ? 'no card'
            : machine.cards.map(({ name, memory }) => `${visible(name)}, ${formatBytes(memory)}`).join('; ')}
        </p>
      )}
    </div>
  );
}
