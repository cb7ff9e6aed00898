import type { CalibrationView } from '../../core/protocol-memory.ts';
import { brierWords, calibrationWords, memoryWords } from '../memory-words.ts';

/** Confidence against success in tenths: what it was sure of, and how often it was right. Honest about having nothing to show. */
export function Calibration({ calibration }: { calibration: CalibrationView }) {
  const { judged, unknown, brier, useful, less } = calibration;
  return (
    <>
      {judged === 0 ? (
        <p className="soft">{memoryWords.calibrationEmpty}</p>
      ) : (
        <>
          <p>{calibrationWords(calibration)}</p>
          <Chart bins={calibration.bins} />
          {brier !== null && <p className="soft">{brierWords(brier)}</p>}
        </>
      )}
      <p className="faint hint">
        {memoryWords.unknown(unknown)} {memoryWords.verdicts(useful, less)}
      </p>
    </>
  );
}

const high = 100;
const wide = 200;

/** Bars as high as it was often right, thin ones rest on few cases; the line is where both would be equal. The list says the same. */
function Chart({ bins }: { bins: CalibrationView['bins'] }) {
  const step = wide / Math.max(1, bins.length);
  const most = Math.max(1, ...bins.map((bin) => bin.judged));
  return (
    <figure className="calibration">
      <svg viewBox={`0 0 ${wide} ${high}`} preserveAspectRatio="none" aria-hidden="true">
        {[0, 50, 100].map((y) => (
          <line key={y} className="chart-grid" x1="0" x2={wide} y1={y} y2={y} />
        ))}
        {bins.map((bin, index) => {
          if (bin.judged === 0) return null;
          const share = bin.met / bin.judged;
          const width = step * (0.35 + 0.45 * (bin.judged / most));
          return (
            <rect
              key={bin.from}
              className="chart-bar"
              x={index * step + (step - width) / 2}
              width={width}
              y={high - Math.max(1.5, share * high)}
              height={Math.max(1.5, share * high)}
            />
          );
        })}
        <line className="chart-even" x1="0" y1={high} x2={wide} y2="0" />
      </svg>
      <div className="chart-scale" aria-hidden="true">
        <span>0 %</span>
        <span>{memoryWords.calibrationX}</span>
        <span>100 %</span>
      </div>
      <figcaption className="faint hint">{memoryWords.calibrationLegend}</figcaption>
      <ul className="hidden">
        {bins.map((bin) => (
          <li key={bin.from}>{memoryWords.calibrationRow(bin.from, bin.until, bin.met, bin.judged)}</li>
        ))}
      </ul>
    </figure>
  );
}
