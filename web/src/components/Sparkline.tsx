interface Props {
  values: readonly number[];
  /** Room for this many values; fewer stand at the right. */
  slots: number;
  label: string;
}

const HEIGHT = 24;
const BAR = 2;

/** Bars of equal width; the highest value fills the height. */
export function Sparkline({ values, slots, label }: Props) {
  const top = Math.max(...values, 1);
  const left = (slots - values.length) * BAR;
  const path = values
    .map((value, i) => {
      const height = value === 0 ? 0.6 : Math.max(1.5, (value / top) * HEIGHT);
      return `M${left + i * BAR + BAR / 2} ${HEIGHT}v${-height}`;
    })
    .join("");
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${slots * BAR} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={path} />
    </svg>
  );
}
