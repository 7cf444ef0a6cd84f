-- What people decided and what the engine notes about it, each collection under a name. The values are JSON that only the owner of a
-- collection understands; they are few, and read as a whole.
CREATE TABLE register (
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name, key)
) STRICT, WITHOUT ROWID;
