import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { path } from '../api/client';
import { useCan } from '../api/features';
import { useGet } from '../api/hooks';
import type { CalendarRun, JobCalendar } from '../api/jobs';
import { State } from './Badge';
import { monthDays, monthName, sameDay } from './days';
import { Link } from './router';
import { Panel } from './Panel';
import { ProblemNote } from './ProblemNote';

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const clock = (at: string) => new Date(at).toTimeString().slice(0, 5);
const mostShown = 4;

/** A month of due runs: those past with what came of them, those to come. */
export function Calendar({ job }: { job: string }) {
  const [month, setMonth] = useState(() => { const now = new Date(); return new Date(now.getFullYear(), now.getMonth(), 1); });
  const days = monthDays(month);
  const end = new Date(days[days.length - 1] ?? month);
  end.setDate(end.getDate() + 1);
  const can = useCan();
  const answer = useGet<JobCalendar>(path`/jobs/${job}/calendar`, { from: (days[0] ?? month).toISOString(), to: end.toISOString() });
  const runs = answer.data?.runs ?? [];
  const shown = can('GET /operations/{id}');
  const turn = (by: number) => setMonth(new Date(month.getFullYear(), month.getMonth() + by, 1));
  return (
    <Panel title={`Calendar, ${monthName(month)}`} flush actions={
      <Group gap={6}><Button variant="default" onClick={() => turn(-1)} aria-label="Previous month">‹</Button><Button variant="default" onClick={() => turn(1)} aria-label="Next month">›</Button></Group>
    }>
      {answer.error ? <div className="inside"><ProblemNote error={answer.error} /></div> : (
        <div className="month" role="list" aria-label="Days">
          {dayNames.map(name => <div key={name} className="dow" aria-hidden>{name}</div>)}
          {days.map(day => {
            const due = runs.filter(run => sameDay(new Date(run.due), day));
            const classes = [day.getMonth() === month.getMonth() ? '' : 'other', sameDay(day, new Date()) ? 'today' : '', due.length === 0 ? 'void' : ''].join(' ');
            return (
              <div key={day.toISOString()} className={classes} role="listitem" aria-label={day.toDateString()}>
                <div className="num">{day.getDate()}</div>
                {due.slice(0, mostShown).map(run => <div key={run.due} title={`${run.state}${run.reason ? `: ${run.reason}` : ''}`}><Due run={run} link={shown && run.past && run.run ? `${job}:${run.run}` : null} /></div>)}
                {due.length > mostShown && <Text size="xs" c="dimmed">and {due.length - mostShown} more</Text>}
              </div>
            );
          })}
        </div>
      )}
    </Panel>
  );
}

function Due({ run, link }: { run: CalendarRun; link: string | null }) {
  const badge = <><State of={run.state} text={clock(run.due)} /><span className="unseen"> {run.state}</span></>;
  return link ? <Link to={path`/operations/${link}`}>{badge}</Link> : badge;
}
