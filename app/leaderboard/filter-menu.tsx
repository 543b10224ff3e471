'use client';

import type { ReactNode } from 'react';

/** A button with a popover of choices: native, so it opens without JavaScript, and its inputs belong to the form around. */
export function Menu({
  id,
  label,
  value,
  children,
}: {
  id: string;
  label: string;
  value: string;
  children: ReactNode;
}) {
  return (
    <div className="menu">
      <button type="button" className="menu-button" popoverTarget={id}>
        <span className="menu-label">{label}</span>
        <span className="menu-value">{value}</span>
        <svg width="10" height="6" viewBox="0 0 10 6" aria-hidden="true">
          <path d="m1 1 4 4 4-4" />
        </svg>
      </button>
      <div id={id} popover="auto" className="menu-panel">
        {children}
      </div>
    </div>
  );
}

/** A filter of which any number of values may be chosen; none means all. */
export function FilterMenu<T extends string | number>({
  name,
  label,
  options,
  chosen,
  onChange,
}: {
  name: string;
  label: string;
  options: readonly { id: T; label: string }[];
  chosen: readonly T[];
  onChange: (chosen: readonly T[]) => void;
}) {
  const labels = options.filter((option) => chosen.includes(option.id)).map((option) => option.label);
  return (
    <Menu
      id={`filter-${name}`}
      label={label}
      value={
        labels.length === 0 ? 'all' : labels.length === 1 ? (labels[0] ?? '') : `${labels.length} chosen`
      }
    >
      <fieldset>
        <legend className="sr-only">{label}</legend>
        {options.map((option) => (
          <label key={option.id} className="menu-option">
            <input
              type="checkbox"
              name={name}
              value={option.id}
              checked={chosen.includes(option.id)}
              onChange={(event) =>
                onChange(
                  options
                    .map((each) => each.id)
                    .filter((id) => (id === option.id ? event.target.checked : chosen.includes(id))),
                )
              }
            />
            {option.label}
          </label>
        ))}
      </fieldset>
    </Menu>
  );
}
