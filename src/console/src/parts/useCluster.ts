import { useGet } from '../api/hooks';
import type { ClusterStatus } from '../api/cluster';

/** The cluster as it is now; the stream keeps it fresh. */
export const useCluster = () => useGet<ClusterStatus>('/cluster', {}, 15_000);
