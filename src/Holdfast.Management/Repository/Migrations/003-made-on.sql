-- The machine that a snapshot was made on: its host names a chain, which may go from machine to machine. What is there already learns it from the next listing of its vault.
ALTER TABLE snapshots ADD COLUMN node {text};
CREATE INDEX snapshots_by_node ON snapshots (node, taken, key) WHERE node IS NOT NULL;
