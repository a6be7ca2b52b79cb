-- The tables of journal.db; docs/run-folder.md says what they mean.
CREATE TABLE IF NOT EXISTS texts (text INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
  number INTEGER PRIMARY KEY, actor INTEGER NOT NULL, request BLOB NOT NULL, occurrence INTEGER NOT NULL,
  kind INTEGER NOT NULL, parts TEXT NOT NULL, reply TEXT NOT NULL, endpoint TEXT NOT NULL, model TEXT NOT NULL,
  attempts INTEGER NOT NULL, prompt_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL, usd REAL NOT NULL, checksum BLOB NOT NULL, UNIQUE (actor, request, occurrence));
CREATE TABLE IF NOT EXISTS processes (process INTEGER PRIMARY KEY, account TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 3;
