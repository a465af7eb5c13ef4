-- The records of one cluster. {schema} is put in as a quoted name.

CREATE TABLE {schema}.meta (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    format integer NOT NULL,
    store text NOT NULL,
    origin text NOT NULL,         -- which database this is: system identifier and timeline (leases rule 18)
    synchronous boolean NOT NULL, -- whether every commit must have waited for a standby
    revision bigint NOT NULL,
    compacted bigint NOT NULL
);
CREATE TABLE {schema}.records (key text COLLATE "C" PRIMARY KEY, value bytea NOT NULL, revision bigint NOT NULL);
CREATE TABLE {schema}.changes (revision bigint NOT NULL, number integer NOT NULL, key text COLLATE "C" NOT NULL, value bytea, PRIMARY KEY (revision, number));

-- The timeline that is written now, not the control file's: that one follows a promotion only with the next checkpoint.
-- Fails on a standby, which is as it shall be.
CREATE FUNCTION {schema}.origin() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT system_identifier || '.' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) FROM pg_control_system()
$$;

CREATE FUNCTION {schema}.is_synchronous() RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT current_setting('synchronous_standby_names') <> '' AND current_setting('synchronous_commit') IN ('on', 'remote_apply')
$$;

CREATE FUNCTION {schema}.require(m {schema}.meta) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF m.origin <> {schema}.origin() THEN
        RAISE EXCEPTION 'The store was last written by database %, and this is %: it was promoted, restored or copied, and what it lost nobody knows', m.origin, {schema}.origin() USING ERRCODE = 'HF001';
    END IF;
    IF m.synchronous AND NOT {schema}.is_synchronous() THEN
        RAISE EXCEPTION 'Commits do not wait for a synchronous standby any more, as they did when the cluster was made' USING ERRCODE = 'HF002';
    END IF;
END
$$;

-- The lock on the one row puts commits in an order, and revisions become visible in that order. It is held until the
-- standby has answered, and it makes even a conflict write, and so wait.
CREATE FUNCTION {schema}.locked() RETURNS {schema}.meta LANGUAGE plpgsql AS $$
DECLARE m {schema}.meta;
BEGIN
    SELECT * INTO STRICT m FROM {schema}.meta FOR UPDATE;
    PERFORM {schema}.require(m);
    RETURN m;
END
$$;

CREATE FUNCTION {schema}.commit(c_keys text[], c_revisions bigint[], w_keys text[], w_values bytea[], keep bigint, OUT committed boolean, OUT at bigint) LANGUAGE plpgsql AS $$
DECLARE
    m {schema}.meta := {schema}.locked();
    changed bigint;
BEGIN
    at := m.revision;
    committed := NOT EXISTS (
        SELECT FROM unnest(c_keys, c_revisions) AS c(key, revision) LEFT JOIN {schema}.records r ON r.key = c.key COLLATE "C"
        WHERE coalesce(r.revision, 0) <> c.revision);
    IF NOT committed THEN RETURN; END IF;

    WITH gone AS (
        DELETE FROM {schema}.records r USING unnest(w_keys, w_values) AS w(key, value) WHERE r.key = w.key COLLATE "C" AND w.value IS NULL RETURNING r.key
    ), put AS (
        INSERT INTO {schema}.records AS r SELECT w.key, w.value, m.revision + 1 FROM unnest(w_keys, w_values) AS w(key, value) WHERE w.value IS NOT NULL
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, revision = excluded.revision RETURNING r.key, r.value
    )
    INSERT INTO {schema}.changes SELECT m.revision + 1, row_number() OVER (), x.key, x.value
    FROM (SELECT key, value FROM put UNION ALL SELECT key, NULL FROM gone) x;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed = 0 THEN RETURN; END IF;

    at := m.revision + 1;
    UPDATE {schema}.meta SET revision = at;
    IF at % 1000 = 0 AND at - keep > m.compacted THEN PERFORM {schema}.compact(at - keep); END IF;
    PERFORM pg_notify({channel}, at::text);
END
$$;

CREATE FUNCTION {schema}.compact(upto bigint) RETURNS void LANGUAGE sql AS $$
    DELETE FROM {schema}.changes WHERE revision <= upto;
    UPDATE {schema}.meta SET compacted = greatest(compacted, upto);
$$;
