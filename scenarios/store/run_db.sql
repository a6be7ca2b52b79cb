-- The tables of run.db; docs/run-folder.md says what they mean. run_tables (run_check.h) puts what follows from the kinds of
-- actions where a comment names it.
PRAGMA user_version = 1;  -- 0: rounds counted from 0
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE items (
  item INTEGER PRIMARY KEY, external_id TEXT NOT NULL, title TEXT NOT NULL, genres TEXT NOT NULL,
  mean_rating REAL, interactions INTEGER NOT NULL);
CREATE TABLE agents (
  agent INTEGER PRIMARY KEY, user INTEGER NOT NULL, external_id TEXT NOT NULL, perturbed INTEGER NOT NULL,
  activity INTEGER NOT NULL, conformity INTEGER NOT NULL, diversity INTEGER NOT NULL,
  favourite_genres TEXT NOT NULL, persona TEXT NOT NULL, mind TEXT NOT NULL);
CREATE TABLE windows (
  round INTEGER PRIMARY KEY, begin_us INTEGER NOT NULL, end_us INTEGER NOT NULL, digest TEXT NOT NULL);
CREATE TABLE sessions (
  agent INTEGER, round INTEGER, started_us INTEGER NOT NULL, ended_us INTEGER NOT NULL, score INTEGER,
  abandoned INTEGER NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (agent, round)) WITHOUT ROWID;
CREATE TABLE pages (
  agent INTEGER, round INTEGER, page INTEGER, shown_at_us INTEGER NOT NULL, satisfaction REAL,
  satisfaction_so_far REAL, fatigue REAL, exits INTEGER, degraded INTEGER NOT NULL, search TEXT, results_of TEXT,
  PRIMARY KEY (agent, round, page)) WITHOUT ROWID;
CREATE INDEX degraded_pages ON pages (agent, round, page) WHERE degraded;
CREATE INDEX result_pages ON pages (agent, round, page) WHERE results_of IS NOT NULL;
CREATE TABLE impressions (
  agent INTEGER, round INTEGER, page INTEGER, position INTEGER, item INTEGER NOT NULL, aligned INTEGER NOT NULL,
  /* columns of actions */
  hidden INTEGER, PRIMARY KEY (agent, round, page, position)) WITHOUT ROWID;
CREATE TABLE words (
  agent INTEGER, round INTEGER, page INTEGER, position INTEGER, text TEXT NOT NULL,
  PRIMARY KEY (agent, round, page, position)) WITHOUT ROWID;
CREATE TABLE prompt_places (
  agent INTEGER, round INTEGER, page INTEGER, position INTEGER, place INTEGER NOT NULL,
  PRIMARY KEY (agent, round, page, position)) WITHOUT ROWID;
CREATE TABLE reflections (
  agent INTEGER, round INTEGER, page INTEGER, satisfaction REAL NOT NULL,
  PRIMARY KEY (agent, round, page)) WITHOUT ROWID;
CREATE TABLE sayings (
  agent INTEGER, round INTEGER, number INTEGER, page INTEGER NOT NULL, position INTEGER, about TEXT NOT NULL,
  text TEXT NOT NULL, PRIMARY KEY (agent, round, number)) WITHOUT ROWID;
CREATE TABLE failures (
  agent INTEGER, round INTEGER, number INTEGER, page INTEGER NOT NULL, step TEXT NOT NULL, problem TEXT NOT NULL,
  reply TEXT NOT NULL, gave_up INTEGER NOT NULL, PRIMARY KEY (agent, round, number)) WITHOUT ROWID;
CREATE TABLE answers (
  agent INTEGER, round INTEGER, question TEXT, score INTEGER, choice TEXT, words TEXT,
  PRIMARY KEY (agent, round, question)) WITHOUT ROWID;
-- What counts: degraded pages leave every numerator and denominator.
CREATE VIEW counted_impressions AS
  SELECT * FROM impressions i WHERE NOT EXISTS (
    SELECT 1 FROM pages p WHERE p.degraded AND p.agent = i.agent AND p.round = i.round AND p.page = i.page);
-- What the recommender is judged by: not what agents searched for themselves.
CREATE VIEW ranked_impressions AS
  SELECT * FROM counted_impressions i WHERE NOT EXISTS (
    SELECT 1 FROM pages p WHERE p.results_of IS NOT NULL AND p.agent = i.agent AND p.round = i.round AND p.page = i.page);
-- One row each per page or session: kept with these, because rows are what writing costs.
CREATE VIEW decisions AS
  SELECT agent, round, page, satisfaction_so_far AS satisfaction, fatigue, exits, search FROM pages WHERE NOT degraded;
CREATE VIEW interviews AS SELECT agent, round, score FROM sessions WHERE score IS NOT NULL;
CREATE VIEW digests AS SELECT round, agent, digest FROM sessions;
-- All that agents did, as one list.
CREATE VIEW actions (agent, round, page, position, action, value) AS
  /* rows of actions */
  SELECT agent, round, page, NULL, iif(exits, 'exit', iif(search IS NULL, 'next', 'search')), search
    FROM pages WHERE NOT degraded;
CREATE TABLE metrics (
  position INTEGER PRIMARY KEY, metric TEXT NOT NULL, mean REAL NOT NULL, standard_error REAL, agents INTEGER NOT NULL,
  pages INTEGER NOT NULL, title TEXT, unit TEXT);
CREATE TABLE agent_metrics (
  metric TEXT, agent INTEGER, value REAL NOT NULL, PRIMARY KEY (metric, agent)) WITHOUT ROWID;
CREATE TABLE round_metrics (
  round INTEGER, metric TEXT, value REAL NOT NULL, PRIMARY KEY (round, metric)) WITHOUT ROWID;
