import type { Message } from '../lib/vlm/types';

/** A message whose pictures can cross into a page: their bytes in base64. */
export interface SentMessage {
  role: Message['role'];
  content: (
    | { type: 'text'; text: string }
    | { type: 'image'; key: string; width: number; height: number; base64: string }
  )[];
}

export const sent = (messages: readonly Message[]): SentMessage[] =>
  messages.map(({ role, content }) => ({
    role,
    content: content.map((part) => {
      if (part.type === 'text') return part;
      const { key, width, height, rgba } = part.image;
      return { type: 'image', key, width, height, base64: Buffer.from(rgba).toString('base64') };
    }),
  }));

/** The messages again, in the page: bundled into its script. */
export const received = (messages: readonly SentMessage[]): Message[] =>
  messages.map(({ role, content }) => ({
    role,
    content: content.map((part) => {
      if (part.type === 'text') return part;
      const { key, width, height } = part;
      const rgba = Uint8ClampedArray.from(atob(part.base64), (letter) => letter.charCodeAt(0));
      return { type: 'image', image: { key, width, height, rgba } };
    }),
  }));
