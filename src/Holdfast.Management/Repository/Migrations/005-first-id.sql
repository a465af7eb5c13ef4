-- A snapshot whose tags were changed has another id: the one that it had first says which proofs and which run are its own. What is there already learns it from the next listing of its vault.
ALTER TABLE snapshots ADD COLUMN original {text};
