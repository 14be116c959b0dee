-- The truth: an Assembly, its uploads, its files and its jobs. JSON is kept as text, times as Unix seconds.

CREATE TABLE IF NOT EXISTS assemblies (
    id       TEXT PRIMARY KEY,
    account  TEXT NOT NULL,
    state    TEXT NOT NULL,             -- uploading, executing, completed, canceled, aborted, failed
    created  REAL NOT NULL,
    finished REAL,                      -- NULL while it goes on
    swept    INTEGER NOT NULL DEFAULT 0,-- 1 when its temporary files are gone
    params   TEXT NOT NULL,             -- the merged Assembly Instructions, sealed
    head     TEXT NOT NULL,             -- everything else that is one value for the whole Assembly
    template TEXT,                      -- the id of its Template
    error    TEXT,                      -- the code with which it failed
    updated  REAL,
    item     TEXT                       -- what lists say of it, once it has ended
) WITHOUT ROWID;

-- All that lists are chosen and sorted by, so that they need not read the rows themselves.
CREATE INDEX IF NOT EXISTS assemblies_listed ON assemblies (account, created, id, state, template, error, updated);
CREATE INDEX IF NOT EXISTS assemblies_open ON assemblies (created) WHERE finished IS NULL;
CREATE INDEX IF NOT EXISTS assemblies_ended ON assemblies (finished) WHERE finished IS NOT NULL;

-- The signed requests that may be made once, and were.
CREATE TABLE IF NOT EXISTS tickets (
    digest  TEXT PRIMARY KEY,
    expires REAL NOT NULL
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS tickets_over ON tickets (expires);

-- How each Assembly ended, as a digest: what the doctor finds later must have the same.
CREATE TABLE IF NOT EXISTS seals (
    assembly TEXT PRIMARY KEY,
    seal     TEXT NOT NULL
) WITHOUT ROWID;

-- Stored Assembly Instructions. The content may hold secrets, so it is sealed.
CREATE TABLE IF NOT EXISTS templates (
    id        TEXT PRIMARY KEY,
    account   TEXT NOT NULL,
    name      TEXT NOT NULL,
    content   TEXT NOT NULL,            -- sealed
    signed    INTEGER NOT NULL,         -- 1 when a request that uses it must be signed
    status_expiry TEXT,                 -- what its owner wishes, for its owner to read
    result_expiry TEXT,
    created   REAL NOT NULL,
    modified  REAL NOT NULL,
    last_used REAL,
    UNIQUE (account, name)
) WITHOUT ROWID;

-- Template Credentials: what storages and services want to know before they let somebody in.
CREATE TABLE IF NOT EXISTS credentials (
    id       TEXT PRIMARY KEY,
    account  TEXT NOT NULL,
    name     TEXT NOT NULL,
    type     TEXT NOT NULL,
    content  TEXT NOT NULL,             -- sealed
    created  REAL NOT NULL,
    modified REAL NOT NULL,
    UNIQUE (account, name)
) WITHOUT ROWID;

-- The names of the keys with which something here may be sealed.
CREATE TABLE IF NOT EXISTS master_keys (
    id TEXT PRIMARY KEY
) WITHOUT ROWID;

-- The three tables below keep the order in which their rows came to be (rowid).

-- Uploads by tus, as the status shows them; the bytes and their offsets belong to the tus store.
CREATE TABLE IF NOT EXISTS uploads (
    assembly TEXT NOT NULL,
    id       TEXT NOT NULL,
    upload   TEXT NOT NULL,
    PRIMARY KEY (assembly, id)
);

-- Uploads and results, in the order in which they came to be.
CREATE TABLE IF NOT EXISTS files (
    assembly TEXT NOT NULL,
    id       TEXT NOT NULL,
    made     TEXT NOT NULL,
    PRIMARY KEY (assembly, id)
);

-- One run of one step's robot each; what is queued here and nowhere else is queued.
CREATE TABLE IF NOT EXISTS jobs (
    assembly TEXT NOT NULL,
    id       TEXT NOT NULL,
    state    TEXT NOT NULL,             -- queued, running, held, done, failed, stopped
    job      TEXT NOT NULL,
    PRIMARY KEY (assembly, id)
);
