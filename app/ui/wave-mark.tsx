/** The mark of the house, in the colour of its surroundings. */
export function WaveMark() {
  return (
    <svg
      width="20"
      height="14"
      viewBox="0 0 24 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M2 5c3.3-4 6.7-4 10 0s6.7 4 10 0" />
      <path d="M2 12c3.3-4 6.7-4 10 0s6.7 4 10 0" strokeOpacity=".55" />
    </svg>
  );
}
