-- One text for both databases: {key} is a number that grows, {int} 64 bits, {text} compares by bytes. Times are milliseconds since 1970, UTC.

-- Who may write. Every write transaction raises it to its own epoch, or is refused.
CREATE TABLE fence (
    one {int} PRIMARY KEY CHECK (one = 1),
    generation {int} NOT NULL,
    number {int} NOT NULL
){strict};
INSERT INTO fence VALUES (1, 0, 0);

-- Up to where the journal of each node is in the tables below.
CREATE TABLE positions (
    node {text} PRIMARY KEY,
    journal {text} NOT NULL,
    number {int} NOT NULL,
    at {int} NOT NULL
){strict};

CREATE TABLE operations (
    key {key},
    job {text} NOT NULL,
    run {text} NOT NULL,
    kind {text} NOT NULL,
    due {int} NOT NULL,
    started {int},
    ended {int},
    state {text} NOT NULL,
    reason {text} NOT NULL,
    node {text},
    attempts {int} NOT NULL,
    resumed {int} NOT NULL,
    retried {int} NOT NULL,
    snapshot {text},
    vault {text},
    figures {text} NOT NULL,
    policy {text},
    thing {text},
    UNIQUE (job, run)
){strict};
CREATE INDEX operations_by_due ON operations (due, key);
CREATE INDEX operations_by_job ON operations (job, due, key);
CREATE INDEX operations_by_state ON operations (state, due, key);
CREATE INDEX operations_by_node ON operations (node, due, key);
CREATE INDEX operations_by_kind ON operations (kind, due, key);
CREATE INDEX operations_by_policy ON operations (policy, due, key) WHERE policy IS NOT NULL;
CREATE INDEX operations_by_thing ON operations (thing, due, key) WHERE thing IS NOT NULL;

CREATE TABLE events (
    key {key},
    at {int} NOT NULL,
    node {text} NOT NULL,
    kind {text} NOT NULL,
    role {text},
    resource {text},
    epoch {text},
    message {text} NOT NULL,
    because {text}
){strict};
CREATE INDEX events_by_at ON events (at, key);
CREATE INDEX events_by_kind ON events (kind, at, key);
CREATE INDEX events_by_node ON events (node, at, key);
CREATE INDEX events_by_role ON events (role, at, key) WHERE role IS NOT NULL;

CREATE TABLE audit (
    key {key},
    at {int} NOT NULL,
    who {text} NOT NULL,
    origin {text} NOT NULL,
    node {text} NOT NULL,
    what {text} NOT NULL,
    outcome {text}
){strict};
CREATE INDEX audit_by_at ON audit (at, key);
CREATE INDEX audit_by_who ON audit (who, at, key);

-- Who owned a role; until when is read from the next row where the owner could not say.
CREATE TABLE placements (
    key {key},
    role {text} NOT NULL,
    generation {int} NOT NULL,
    number {int} NOT NULL,
    node {text} NOT NULL,
    began {int} NOT NULL,
    ended {int},
    because {text},
    outage {real},
    UNIQUE (role, generation, number)
){strict};
CREATE INDEX placements_by_began ON placements (began, key);
CREATE INDEX placements_by_role ON placements (role, began, key);
CREATE INDEX placements_by_node ON placements (node, began, key);

CREATE TABLE alerts (
    key {key},
    id {text} NOT NULL UNIQUE,
    rule {text} NOT NULL,
    severity {text} NOT NULL,
    subject {text} NOT NULL,
    sentence {text} NOT NULL,
    because {text},
    hint {text},
    opened {int} NOT NULL,
    last {int} NOT NULL,
    count {int} NOT NULL,
    state {text} NOT NULL,
    flapping {int} NOT NULL,
    acknowledged_by {text},
    comment {text},
    closed {int}
){strict};
CREATE INDEX alerts_by_opened ON alerts (opened, key);
CREATE INDEX alerts_by_state ON alerts (state, opened, key);
CREATE INDEX alerts_by_rule ON alerts (rule, opened, key);
CREATE INDEX alerts_by_subject ON alerts (subject, opened, key);
CREATE INDEX alerts_by_severity ON alerts (severity, opened, key);

CREATE TABLE alert_changes (
    key {key},
    alert {text} NOT NULL,
    at {int} NOT NULL,
    state {text} NOT NULL,
    who {text},
    note {text}
){strict};
CREATE INDEX alert_changes_by_alert ON alert_changes (alert, key);
CREATE INDEX alert_changes_by_at ON alert_changes (at, key);

CREATE TABLE vaults (
    vault {text} PRIMARY KEY,
    seen {int} NOT NULL,
    listed {int}
){strict};

CREATE TABLE snapshots (
    key {key},
    vault {text} NOT NULL,
    id {text} NOT NULL,
    status {text} NOT NULL,
    name {text} NOT NULL,
    type {text},
    delta_bytes {int},
    used_bytes {int},
    shared_volumes {text} NOT NULL,
    taken {int} NOT NULL,
    host {text} NOT NULL,
    paths {text} NOT NULL,
    tags {text} NOT NULL,
    operation {text},
    thing {text},
    UNIQUE (vault, id)
){strict};
CREATE INDEX snapshots_by_taken ON snapshots (taken, key);
CREATE INDEX snapshots_by_vault ON snapshots (vault, taken, key);
CREATE INDEX snapshots_bytes ON snapshots (vault, delta_bytes); -- What a vault holds is told from this alone.
CREATE INDEX snapshots_by_thing ON snapshots (thing, taken, key) WHERE thing IS NOT NULL;
CREATE INDEX snapshots_by_host ON snapshots (host, taken, key);

-- Beside the catalogue, which is made anew from listings that know nothing of proofs.
CREATE TABLE proofs (
    vault {text} NOT NULL,
    id {text} NOT NULL,
    state {text} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (vault, id)
){strict};

-- What charts are drawn of: each measurement is in one row of each step (seconds), the finer the sooner forgotten.
CREATE TABLE samples (
    chart {text} NOT NULL,
    step {int} NOT NULL,
    subject {text} NOT NULL,
    at {int} NOT NULL,
    count {int} NOT NULL,
    total {real} NOT NULL,
    largest {real} NOT NULL,
    PRIMARY KEY (chart, step, subject, at)
){strict};
CREATE INDEX samples_by_age ON samples (chart, step, at);

CREATE TABLE idempotency (
    key {text} PRIMARY KEY,
    fingerprint {text} NOT NULL,
    at {int} NOT NULL,
    status {int} NOT NULL,
    content_type {text},
    body {text}
){strict};
CREATE INDEX idempotency_by_at ON idempotency (at);
