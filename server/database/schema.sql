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
    item     TEXT,                      -- what lists say of it, once it has ended
    result_lifetime REAL,               -- seconds, where its Template says so; NULL is that of the settings
    record_lifetime REAL
) WITHOUT ROWID;

-- All that lists are chosen and sorted by, so that they need not read the rows themselves.
CREATE INDEX IF NOT EXISTS assemblies_listed ON assemblies (account, created, id, state, template, error, updated);
CREATE INDEX IF NOT EXISTS assemblies_open ON assemblies (created) WHERE finished IS NULL;
CREATE INDEX IF NOT EXISTS assemblies_ended ON assemblies (finished) WHERE finished IS NOT NULL;
CREATE INDEX IF NOT EXISTS assemblies_stale ON assemblies (finished) WHERE finished IS NOT NULL AND swept = 0;
CREATE INDEX IF NOT EXISTS assemblies_over ON assemblies (finished + result_lifetime)
    WHERE result_lifetime IS NOT NULL AND swept = 0;
CREATE INDEX IF NOT EXISTS assemblies_forgotten ON assemblies (finished + record_lifetime)
    WHERE record_lifetime IS NOT NULL AND swept = 1;

-- The signed requests that may be made once, and were.
CREATE TABLE IF NOT EXISTS tickets (
    digest  TEXT PRIMARY KEY,
    expires REAL NOT NULL
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS tickets_over ON tickets (expires);

-- What the rates of a minute have counted; who has to wait waits after a restart too.
CREATE TABLE IF NOT EXISTS rates (
    rate  TEXT NOT NULL,                -- creations, tokens, failed_logins
    name  TEXT NOT NULL,
    whole REAL NOT NULL,                -- when that name has its whole allowance again
    PRIMARY KEY (rate, name)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS rates_over ON rates (whole);

-- How each Assembly ended, as a digest: what the doctor finds later must have the same.
CREATE TABLE IF NOT EXISTS seals (
    assembly TEXT PRIMARY KEY,
    seal     TEXT NOT NULL
) WITHOUT ROWID;

-- What each account used, added up as its Assemblies end; it stays when they go.
CREATE TABLE IF NOT EXISTS usage (
    account   TEXT NOT NULL,
    month     TEXT NOT NULL,            -- such as 2030-01
    robot     TEXT NOT NULL,
    jobs      INTEGER NOT NULL,
    bytes_in  INTEGER NOT NULL,
    bytes_out INTEGER NOT NULL,
    PRIMARY KEY (account, month, robot)
) WITHOUT ROWID;

-- Stored Assembly Instructions. The content may hold secrets, so it is sealed.
CREATE TABLE IF NOT EXISTS templates (
    id        TEXT PRIMARY KEY,
    account   TEXT NOT NULL,
    name      TEXT NOT NULL,
    content   TEXT NOT NULL,            -- sealed
    signed    INTEGER NOT NULL,         -- 1 when a request that uses it must be signed
    status_expiry TEXT,                 -- how long the records of its Assemblies are kept, in the API's words
    result_expiry TEXT,                 -- likewise their results
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

-- The outbox: a Notification is written with the end of its Assembly, and stays to tell what came of it.
CREATE TABLE IF NOT EXISTS notifications (
    id       TEXT PRIMARY KEY,          -- told in every attempt
    assembly TEXT NOT NULL,
    account  TEXT NOT NULL,
    url      TEXT,                      -- sealed; NULL where it is the notify_url of the Assembly
    target   TEXT NOT NULL,             -- whose it is and the host it goes to: each target has its turn
    created  REAL NOT NULL,
    due      REAL,                      -- NULL once it was delivered or given up
    tries    INTEGER NOT NULL DEFAULT 0,
    failed   INTEGER NOT NULL DEFAULT 0 -- 1 when the last attempt did
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS notifications_of ON notifications (assembly);
CREATE INDEX IF NOT EXISTS notifications_due ON notifications (due, failed) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS notifications_to ON notifications (target, due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS notifications_given_up ON notifications (created) WHERE due IS NULL AND failed = 1;

-- What was answered to each attempt to deliver one.
CREATE TABLE IF NOT EXISTS attempts (
    assembly     TEXT NOT NULL,
    notification TEXT NOT NULL,
    number       INTEGER NOT NULL,
    start        REAL NOT NULL,
    duration     REAL NOT NULL,
    code         INTEGER,
    data         TEXT,
    error        TEXT,                  -- why it failed, if it did
    PRIMARY KEY (assembly, notification, number)
) WITHOUT ROWID;

-- Those who may use this server, besides the owner of the key in its settings.
CREATE TABLE IF NOT EXISTS accounts (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    options TEXT NOT NULL,              -- what holds for this account only
    created REAL NOT NULL
) WITHOUT ROWID;

-- The keys with which accounts are used. Signatures are made with the secret itself, so it is sealed and not hashed.
CREATE TABLE IF NOT EXISTS auth_keys (
    id          TEXT PRIMARY KEY,
    account     TEXT NOT NULL,
    auth_key    TEXT NOT NULL UNIQUE,
    secret      TEXT NOT NULL,          -- sealed
    description TEXT NOT NULL,
    scope       TEXT,                   -- NULL is everything
    algo        TEXT,                   -- NULL is any
    active      INTEGER NOT NULL,
    smart_cdn   INTEGER NOT NULL,
    shown       INTEGER NOT NULL,       -- 1 when its owner may read the secret again
    created     REAL NOT NULL,
    modified    REAL NOT NULL,
    last_used   REAL
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS auth_keys_of ON auth_keys (account, created);

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
