/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of conversations with elements, of the lines before them and of agents' sessions. Stations 8
 * to 11. */
S(CONVERSATION_GET, "i", "SELECT holder, lease_until FROM conversation WHERE se = $1")
S(CONVERSATION_SET, "iti",
  "INSERT INTO conversation(se, holder, lease_until) VALUES($1, $2, $3) "
  "ON CONFLICT(se) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until")
S(CONVERSATION_END, "it", "DELETE FROM conversation WHERE se = $1 AND holder = $2")
/* The exchanges that wait for an element; elements with waiting ones that nobody holds any more and that have
 * none in hand. */
S(EXCHANGE_WAITING, "i",
  "SELECT id, kind, body FROM job WHERE se = $1 AND kind <= 2 AND state = 0 ORDER BY id")
S(EXCHANGE_BEGIN, "iiiii",
  "UPDATE job SET state = $2, step = $3, due = $4, deadline = $5 WHERE id = $1 AND state = 0")
S(EXCHANGE_FREE, "ii",
  "SELECT w.se FROM job w WHERE w.kind <= 2 AND w.state = 0 "
  "AND NOT EXISTS (SELECT 1 FROM job b WHERE b.se = w.se AND b.kind <= 2 AND b.state BETWEEN 1 AND 3) "
  "AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.se = w.se AND c.lease_until > $1) GROUP BY w.se "
  "LIMIT $2")
S(SERAM_ADD, "tiiii",
  "INSERT INTO seram_session(id, party, se, state, expires) VALUES($1, $2, $3, $4, $5) ON CONFLICT(id) DO "
  "UPDATE SET expires = excluded.expires WHERE seram_session.se = excluded.se")
S(SERAM_GET, "t", "SELECT party, se, state, expires FROM seram_session WHERE id = $1")
S(SERAM_SET_STATE, "ti", "UPDATE seram_session SET state = $2 WHERE id = $1")
S(SERAM_END, "ti", "UPDATE seram_session SET state = 2 WHERE id = $1 AND se = $2")
S(EXCHANGE_OF_SE, "i",
  "SELECT id, state, trace, deadline, body, progress FROM job WHERE se = $1 AND kind <= 2 AND kind = 2 AND "
  "state BETWEEN 1 AND 3 LIMIT 1")
S(EXCHANGE_OF_MSISDN, "t",
  "SELECT j.id, j.se, j.trace, j.body FROM job j JOIN se s ON s.id = j.se WHERE s.msisdn = $1 AND j.kind <= "
  "2 "
  "AND j.kind = 1 AND j.state BETWEEN 1 AND 3 AND j.step >= 1 LIMIT 1")
S(JOB_SET_PROGRESS, "ib", "UPDATE job SET progress = $2 WHERE id = $1")
S(EVENT_LIST_SINCE, "ibi",
  "SELECT at, station, role, step, text, apdus FROM event WHERE party = $1 AND trace = $2 AND at >= $3 ORDER "
  "BY at, id")
/* Those of one trace that have not left: in line, never claimed by the engine (one that goes out again after
 * a restart was), not yet fetched by an agent. */
S(EXCHANGE_NOT_LEFT, "ib",
  "SELECT id, body FROM job WHERE se = $1 AND kind <= 2 AND state = 0 AND trace = $2 UNION ALL "
  "SELECT id, body FROM job WHERE se = $1 AND kind <= 2 AND state BETWEEN 1 AND 3 AND trace = $2 AND "
  "((kind = 1 AND state = 1 AND step = 0 AND owner = 0) OR (kind = 2 AND state <> 2 AND length(progress) = "
  "0))")
S(EXCHANGE_WITHDRAWN, "ii",
  "UPDATE job SET state = $2, body = substr(body, 1, 0) WHERE id = $1 AND kind <= 2 AND state <= 3")
/* Has $2 asked the call $1, or the work on whose behalf the owner itself asked it? */
S(PARTNER_ASKED_FOR, "ii",
  "SELECT 1 FROM partner_message c WHERE c.id = $1 AND (c.peer = $2 OR (c.peer = c.party AND EXISTS (SELECT "
  "1 "
  "FROM partner_message o JOIN job w ON w.id = o.job JOIN partner_message a ON a.id = w.ref WHERE "
  "o.direction = 0 AND o.party = c.party AND o.peer = c.party AND o.key = c.key AND a.party = c.party AND "
  "a.peer = $2)))")
/* Has the asker of the call $1 withdrawn what it asked under the key $2? */
S(PARTNER_WITHDRAWN, "it",
  "SELECT 1 FROM partner_message c JOIN partner_message w ON w.direction = 1 AND w.party = c.party AND "
  "w.peer = "
  "c.peer AND w.key = $2 WHERE c.id = $1")
S(EXCHANGE_BY_ID, "i", "SELECT se, body FROM job WHERE id = $1 AND kind <= 2 AND state BETWEEN 1 AND 3")
S(EXCHANGE_SEND_AGAIN, "ii",
  "UPDATE job SET state = 1, step = 0, due = $1 WHERE state BETWEEN 1 AND 3 AND kind NOT BETWEEN 5 AND 6 AND "
  "kind = 1 AND state >= 2 AND step >= 1 AND owner % 1024 = $2")
S(PARTY_LOCAL, "", "SELECT id, name FROM party WHERE partner_url = '' ORDER BY id")
S(JOB_COUNTS, "",
  "SELECT state, COUNT(*) FROM job WHERE state BETWEEN 1 AND 3 AND kind NOT BETWEEN 5 AND 6 GROUP BY state "
  "UNION ALL SELECT state, COUNT(*) FROM job WHERE state BETWEEN 1 AND 3 AND kind BETWEEN 5 AND 6 GROUP BY "
  "state "
  "UNION ALL SELECT 0, COUNT(*) FROM job WHERE kind <= 2 AND state = 0")
S(STRAY_SET, "iit",
  "INSERT INTO stray_answer(se, at, answer) VALUES($1, $2, $3) ON CONFLICT(se) DO UPDATE SET at = "
  "excluded.at, answer = excluded.answer")
S(STRAY_GET, "ii", "SELECT answer FROM stray_answer WHERE se = $1 AND at >= $2")
S(STRAY_DELETE, "i", "DELETE FROM stray_answer WHERE se = $1")
S(SE_ID_BY_MSISDN, "t", "SELECT id FROM se WHERE msisdn = $1")
