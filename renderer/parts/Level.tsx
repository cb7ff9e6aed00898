/** How far up a short scale something is, as small bars. The words beside it say the same; this only helps the eye. */
export function Level({ value, of }: { value: number; of: number }) {
  const steps = Array.from({ length: of }, (_, index) => index + 1);
  return (
    <svg className="level" viewBox={`0 0 ${of * 4 - 1} 10`} aria-hidden="true">
      {steps.map((step) => (
        <rect
          key={step}
          className={step <= value ? 'level-on' : 'level-off'}
          x={(step - 1) * 4}
          y={10 - (step * 10) / of}
          width={3}
          height={(step * 10) / of}
          rx={0.75}
        />
      ))}
    </svg>
  );
}
