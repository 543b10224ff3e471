import { ImageResponse } from 'next/og';
import type { ReactNode } from 'react';

/** The picture by which a link to a page is shown elsewhere. */
export interface Card {
  /** What kind of page it is: "Run", "Leaderboard". */
  kind: string;
  title: string;
  /** Sentences below it. */
  lines: readonly string[];
  /** The figure that the page is about, with what stands beside it. */
  figure?: { value: string; beside: string } | undefined;
  /** Bytes of a picture, as PNG or JPEG. */
  picture?: { mediaType: string; bytes: Uint8Array } | undefined;
}

export const CARD_SIZE = { width: 1_200, height: 630 };
export const CARD_TYPE = 'image/png';

const INK = '#13202b';
const MUTED = '#50606e';
const ACCENT = '#086788';

/** Drawn with the one font that lies here. */
export function shareCard({ kind, title, lines, figure, picture }: Card): ImageResponse {
  const { width, height } = CARD_SIZE;
  const words = (
    <div style={{ display: 'flex', flexDirection: 'column', flex: 1, gap: 24, overflow: 'hidden' }}>
      <Words size={title.length > 60 ? 44 : 60} most={110}>
        {title}
      </Words>
      {figure === undefined ? null : (
        <div style={{ display: 'flex', alignItems: 'baseline', gap: 20, color: ACCENT }}>
          <span style={{ fontSize: 96 }}>{drawable(figure.value)}</span>
          <span style={{ fontSize: 32, color: MUTED }}>{drawable(figure.beside)}</span>
        </div>
      )}
      {lines.map((line) => (
        <Words key={line} size={30} most={190} color={MUTED}>
          {line}
        </Words>
      ))}
    </div>
  );
  return new ImageResponse(
    <div
      style={{
        display: 'flex',
        flexDirection: 'column',
        justifyContent: 'space-between',
        width,
        height,
        padding: 64,
        background: '#f8fafb',
        color: INK,
        borderTop: `12px solid ${ACCENT}`,
      }}
    >
      <div style={{ display: 'flex', gap: 48, flex: 1, overflow: 'hidden' }}>
        {picture === undefined ? null : (
          // biome-ignore lint/performance/noImgElement: drawn into the card, and sent to nobody
          <img
            alt=""
            src={`data:${picture.mediaType};base64,${Buffer.from(picture.bytes).toString('base64')}`}
            width={400}
            height={400}
            style={{ borderRadius: 12, objectFit: 'contain' }}
          />
        )}
        {words}
      </div>
      <div style={{ display: 'flex', justifyContent: 'space-between', fontSize: 28, color: MUTED }}>
        <span style={{ color: ACCENT }}>Ocean-R1</span>
        <span>{kind}</span>
      </div>
    </div>,
    // Figures change; it is made anew after a while.
    { ...CARD_SIZE, headers: { 'cache-control': 'public, max-age=3600' } },
  );
}

const Words = ({
  size,
  most,
  color = INK,
  children,
}: {
  size: number;
  most: number;
  color?: string;
  children: string;
}): ReactNode => {
  const text = drawable(children);
  return (
    <span style={{ fontSize: size, lineHeight: 1.25, color }}>
      {text.length > most ? `${text.slice(0, most).trimEnd()}…` : text}
    </span>
  );
};

/**
 * The signs that the font has. For any other the library would ask a font service in the web, and a page of ours asks nobody.
 */
export function drawable(text: string): string {
  return text
    .replaceAll('→', '->')
    .replaceAll('−', '-')
    .replace(/[^\x20-\x7e\u00a0-\u017f‘’“”–—…]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
}
