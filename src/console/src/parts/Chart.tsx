import { lazy, Suspense } from 'react';
import type { ChartSeries } from '../api/management';
import { inUnit } from './units';

const Drawing = lazy(() => import('./ChartDrawing'));

/** A chart over time, of means or of the worst there was; in words for who cannot see it. Its library is loaded when one is first shown. */
export function Chart({ series, label, worst }: { series: ChartSeries[]; label: string; worst?: boolean }) {
  return (
    <figure style={{ margin: 0 }}>
      <div role="img" aria-label={`${label}: ${series.map(summary).join('; ')}`} style={{ height: 240 }}>
        <Suspense fallback={null}><Drawing series={series} worst={worst} /></Suspense>
      </div>
    </figure>
  );
}

function summary(series: ChartSeries): string {
  const values = series.points.map(point => point[1]);
  if (values.length === 0) return `${series.name}: nothing`;
  const last = values[values.length - 1] ?? 0;
  return `${series.name}: last ${inUnit(last, series.unit)}, from ${inUnit(Math.min(...values), series.unit)} to ${inUnit(Math.max(...values), series.unit)}`;
}
