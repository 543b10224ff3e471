import './boxes.css';

export type BoxLook = 'gold' | 'answer' | 'object' | 'first' | 'second' | 'third' | 'fourth';

/**
 * A box to draw: `[x1, y1, x2, y2]` in the picture's pixels. Gold is drawn solid, an answer dashed, and the answers of
 * several models each with a line of its own.
 */
export interface DrawnBox {
  look: BoxLook;
  /** Written beside the box; nothing where it is empty. */
  name: string;
  box: readonly [x1: number, y1: number, x2: number, y2: number];
}

/** Boxes over a picture of `width` times `height` pixels; lay it upon the picture by `className`. Hidden from screen readers. */
export function Boxes({
  boxes,
  width,
  height,
  className,
}: {
  boxes: readonly DrawnBox[];
  width: number;
  height: number;
  className: string;
}) {
  const letter = Math.max(width, height) / 28;
  return (
    <svg className={className} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {boxes.map(({ look, name, box: [x1, y1, x2, y2] }) => {
        const place = {
          x: Math.min(x1, x2),
          y: Math.min(y1, y2),
          width: Math.abs(x2 - x1),
          height: Math.abs(y2 - y1),
        };
        return (
          <g key={`${look} ${name}`}>
            <rect className="box-halo" {...place} />
            <rect className={`box-line box-${look}`} {...place} />
          </g>
        );
      })}
      {boxes.map(({ look, name, box: [x1, y1, x2, y2] }) => {
        // An answer is named below its box, all else above, so that two boxes on one thing can both be read.
        const y = look === 'answer' ? Math.max(y1, y2) + letter * 1.1 : Math.min(y1, y2) - letter * 0.4;
        // About as wide as its letters; it ends where the picture ends.
        const most = width - letter * 0.6 * name.length;
        return (
          <text
            key={`${look} ${name}`}
            className={`box-name box-name-${look}`}
            x={Math.max(0, Math.min(x1, x2, most))}
            y={Math.min(height - letter * 0.3, Math.max(letter, y))}
            fontSize={letter}
            strokeWidth={letter / 4}
          >
            {name}
          </text>
        );
      })}
    </svg>
  );
}
