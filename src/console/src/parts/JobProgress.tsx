import { path } from '../api/client';
import { useGet } from '../api/hooks';
import type { JobDetail } from '../api/jobs';
import { ProgressBar } from './ProgressBar';

/** How far the present run of a job is, asked of the node that works on it. */
export function JobProgress({ job }: { job: string }) {
  const { data } = useGet<JobDetail>(path`/jobs/${job}`, {}, 2_000);
  return data?.progress && data.job.present ? <ProgressBar of={data.progress} label={`Progress of ${job}`} /> : null;
}
