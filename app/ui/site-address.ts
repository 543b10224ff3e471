import { headers } from 'next/headers';
import { oceanAt } from '@/lib/benchmarks/command-lines';
import { api } from '../trpc/server';

/** The address of this site as its visitor called it, for commands that are typed elsewhere: `https://ocean.example.org`. */
export async function siteAddress(): Promise<string> {
  const asked = await headers();
  const host = asked.get('x-forwarded-host') ?? asked.get('host') ?? '';
  const protocol = asked.get('x-forwarded-proto')?.split(',')[0] === 'https' ? 'https' : 'http';
  // It stands in lines that are pasted into a shell.
  return `${protocol}://${/^[\w.-]+(:\d+)?$/.test(host) ? host : 'localhost:3000'}`;
}

/** The command as a page of this site calls it. */
export const oceanHere = async (): Promise<string> => oceanAt(await siteAddress());

/** The one address under which pages are to be found, whatever name of the site they were asked by. */
export async function ownAddress(): Promise<string> {
  const [asked, { host }] = await Promise.all([siteAddress(), (await api()).site.about()]);
  return host === null ? asked : `${new URL(asked).protocol}//${host}`;
}
