import { BlockList, isIP, isIPv6 } from 'node:net';

/** Networks whose word on where a request comes from is taken. */
export type Proxies = readonly { address: string; prefix: number }[];

export function trusts(proxies: Proxies): (address: string) => boolean {
  const list = new BlockList();
  for (const { address, prefix } of proxies) list.addSubnet(address, prefix, familyOf(address));
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

/**
 * Where a request comes from: its socket's other end, and where that is a proxy of ours, who that says was before it. What a
 * stranger wrote into the header stands left of that and is never reached.
 */
export function believed(
  peer: string | undefined,
  forwarded: string | undefined,
  isTrusted: (address: string) => boolean,
): string {
  const hops = forwarded?.split(',') ?? [];
  let address = plain(peer ?? '');
  while (isTrusted(address)) {
    const before = plain(hops.pop()?.trim() ?? '');
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}

/** Whoever has an address of IPv6 has at least the 2^64 beside it too: they count as one. */
export function countedAs(address: string): string {
  if (!isIPv6(address)) return address === '' ? 'unknown' : address;
  const [head = '', tail = ''] = address.split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const [before, after] = [groups(head), groups(tail)];
  const zeros = new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}

/** An address of IPv4 as a socket of both families names it. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');
