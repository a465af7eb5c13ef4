import { Alert, Button, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';

/** A fault in one page leaves the others usable. */
export class Crashed extends Component<{ children: ReactNode }, { error: Error | null }> {
  state = { error: null as Error | null };

  static getDerivedStateFromError = (error: Error) => ({ error });

  render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    // A new version was installed and the parts of the old one are gone.
    const renewed = /dynamically imported module|module script/i.test(error.message);
    return (
      <Alert color="red" variant="outline" role="alert" title={renewed ? 'The console was renewed' : 'This page failed'}>
        <Text size="sm">{renewed ? 'Load it again to go on.' : `${error.message}. The other pages work.`}</Text>
        <Button mt="sm" variant="default" onClick={() => window.location.reload()}>Load again</Button>
      </Alert>
    );
  }
}
