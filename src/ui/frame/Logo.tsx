/** Two curves, the lower one arriving first. */
export function Logo() {
  return (
    <svg width={26} height={22} viewBox="0 0 26 22" fill="none" aria-hidden="true">
      <path d="M2 2c3 9 9 9.5 22 10.5" stroke="var(--line-strong)" strokeWidth={2.2} strokeLinecap="round" />
      <path d="M2 2c2.5 14 8 17 22 18" stroke="var(--accent)" strokeWidth={2.2} strokeLinecap="round" />
    </svg>
  );
}
