import { words } from './format';
import { toneOf, type Tone } from './tone';

/** A state as a word with a colour. */
export function State({ of, tone, text, plain }: { of: string | null | undefined; tone?: Tone; text?: string; plain?: boolean }) {
  if (!of) return <span>–</span>;
  return <span className={`badge tone-${tone ?? toneOf(of)}${plain ? ' plain' : ''}`}>{text ?? words(of)}</span>;
}
