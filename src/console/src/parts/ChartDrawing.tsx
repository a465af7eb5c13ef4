import { useComputedColorScheme } from '@mantine/core';
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import type { ChartSeries } from '../api/management';
import { inUnit } from './units';

use([LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const colours = { light: ['#1d6a72', '#b3590a', '#3f5fb0', '#7a3f93', '#4b7a1d', '#a5313f'], dark: ['#4cacb4', '#f2a65a', '#8ba6f0', '#c592dd', '#9fcf6a', '#f08792'] };

/** Draws with ECharts; apart from the rest, because it is larger than everything else together. */
export default function ChartDrawing({ series, worst }: { series: ChartSeries[]; worst?: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    if (!host.current) return;
    const made = init(host.current, undefined, { renderer: 'canvas' });
    chart.current = made;
    const watcher = new ResizeObserver(() => made.resize());
    watcher.observe(host.current);
    return () => { watcher.disconnect(); made.dispose(); };
  }, []);
  useEffect(() => {
    const unit = series[0]?.unit ?? '';
    const ink = scheme === 'dark' ? '#a3adb7' : '#57606a';
    const line = scheme === 'dark' ? '#313a43' : '#dde2e6';
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    chart.current?.setOption({
      animation: !still, animationDuration: 250, color: colours[scheme], textStyle: { fontFamily: 'inherit' },
      grid: { left: 8, right: 12, top: series.length > 1 ? 34 : 12, bottom: 4, containLabel: true },
      legend: series.length > 1 ? { top: 0, type: 'scroll', textStyle: { color: ink }, icon: 'roundRect', itemHeight: 8 } : undefined,
      tooltip: { trigger: 'axis', renderMode: 'richText', valueFormatter: (value: unknown) => (typeof value === 'number' ? inUnit(value, unit) : '–') },
      xAxis: { type: 'time', axisLine: { lineStyle: { color: line } }, axisLabel: { color: ink, hideOverlap: true } },
      yAxis: { type: 'value', axisLabel: { color: ink, formatter: (value: number) => inUnit(value, unit) }, splitLine: { lineStyle: { color: line } } },
      series: series.map(one => ({ type: 'line', name: one.name, data: one.points.map(point => [point[0], worst ? point[2] : point[1]]), showSymbol: one.points.length < 40, symbolSize: 5, lineStyle: { width: 1.8 }, areaStyle: series.length === 1 ? { opacity: 0.08 } : undefined, connectNulls: false })),
    }, { notMerge: true });
  }, [series, scheme, worst]);
  return <div ref={host} style={{ width: '100%', height: '100%' }} />;
}
