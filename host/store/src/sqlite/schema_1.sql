-- Format 1. Never edited after a release: a change is a new file.

-- Snapshots: the head says when and how complete; the items lie in compressed parts, sorted by key.
CREATE TABLE snapshot (
    listing TEXT NOT NULL,
    name TEXT NOT NULL,
    head TEXT NOT NULL,
    PRIMARY KEY (listing, name)
) STRICT;

CREATE TABLE part (
    listing TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    first TEXT NOT NULL,
    items BLOB NOT NULL,
    PRIMARY KEY (listing, name, position)
) STRICT;
CREATE INDEX part_first ON part (listing, name, first);

CREATE TABLE app (
    name TEXT NOT NULL PRIMARY KEY,
    description TEXT NOT NULL
) STRICT;

CREATE TABLE count (
    seq INTEGER PRIMARY KEY,
    listing TEXT NOT NULL,
    name TEXT NOT NULL,
    complete INTEGER NOT NULL,
    head TEXT NOT NULL
) STRICT;
CREATE INDEX count_listing ON count (listing, name, complete);

CREATE TABLE absent (
    source TEXT NOT NULL,
    person TEXT NOT NULL,
    first TEXT NOT NULL,
    times INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (source, person)
) STRICT;
CREATE INDEX absent_person ON absent (person);

-- Which account is whose, and which grants are ours.
CREATE TABLE link (
    app TEXT NOT NULL,
    account TEXT NOT NULL,
    person TEXT NOT NULL,
    unique_name TEXT NOT NULL,
    since TEXT NOT NULL,
    suspended_on TEXT,
    deleted_on TEXT,
    PRIMARY KEY (app, account)
) STRICT;
CREATE INDEX link_person ON link (person);

CREATE TABLE owned_grant (
    app TEXT NOT NULL,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    entitlement TEXT NOT NULL,
    role TEXT,
    since TEXT NOT NULL,
    PRIMARY KEY (app, account, kind, entitlement)
) STRICT;

-- Who was offboarded by hand.
CREATE TABLE departure (
    person TEXT NOT NULL PRIMARY KEY,
    since TEXT NOT NULL
) STRICT;

-- The journal.
CREATE TABLE run (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    plan TEXT NOT NULL UNIQUE,
    started_by TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT
) STRICT;

CREATE TABLE change (
    seq INTEGER PRIMARY KEY,
    run TEXT NOT NULL REFERENCES run (id),
    id TEXT NOT NULL,
    app TEXT NOT NULL,
    person TEXT NOT NULL,
    intent TEXT NOT NULL UNIQUE,
    change TEXT NOT NULL,
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    attempts TEXT NOT NULL,
    open INTEGER NOT NULL,
    UNIQUE (run, id)
) STRICT;
CREATE INDEX change_person ON change (person, app);
CREATE INDEX change_open ON change (seq) WHERE open = 1;

CREATE TABLE transition (
    seq INTEGER PRIMARY KEY,
    change INTEGER NOT NULL REFERENCES change (seq),
    at TEXT NOT NULL,
    state TEXT NOT NULL
) STRICT;
CREATE INDEX transition_change ON transition (change);

-- The audit log. AUTOINCREMENT remembers the highest number, so that a log cut short is noticed.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL,
    person TEXT,
    app TEXT,
    run TEXT,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX audit_person ON audit (person);
CREATE INDEX audit_app ON audit (app);
CREATE INDEX audit_run ON audit (run);

CREATE TRIGGER transition_stays BEFORE UPDATE ON transition BEGIN SELECT raise(ABORT, 'the journal only grows'); END;
CREATE TRIGGER transition_is_kept BEFORE DELETE ON transition BEGIN SELECT raise(ABORT, 'the journal only grows'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
