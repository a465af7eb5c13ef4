-- Figures that lists need are kept where they change, not counted or looked for whenever somebody looks.

-- When the next owner of the role began: an owner that was lost cannot say when it ended.
ALTER TABLE placements ADD COLUMN followed {int};
UPDATE placements SET followed = (SELECT following.began FROM placements following
    WHERE following.role = placements.role AND (following.generation, following.number) > (placements.generation, placements.number) ORDER BY following.generation, following.number LIMIT 1);

-- What the catalogue has of a vault.
ALTER TABLE vaults ADD COLUMN snapshots {int} NOT NULL DEFAULT 0;
ALTER TABLE vaults ADD COLUMN used {int};
UPDATE vaults SET snapshots = (SELECT count(*) FROM snapshots WHERE snapshots.vault = vaults.vault), used = (SELECT sum(delta_bytes) FROM snapshots WHERE snapshots.vault = vaults.vault);
DROP INDEX snapshots_bytes;

-- A line of a chart is read in one piece.
CREATE TABLE samples_in_order (
    chart {text} NOT NULL,
    step {int} NOT NULL,
    subject {text} NOT NULL,
    at {int} NOT NULL,
    count {int} NOT NULL,
    total {real} NOT NULL,
    largest {real} NOT NULL,
    PRIMARY KEY (chart, step, subject, at)
){clustered};
INSERT INTO samples_in_order SELECT chart, step, subject, at, count, total, largest FROM samples;
DROP TABLE samples;
ALTER TABLE samples_in_order RENAME TO samples;
CREATE INDEX samples_by_age ON samples (chart, step, at, subject);
