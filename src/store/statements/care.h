/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of the owner's care for its elements: acts, blocks, rotations, campaigns, access rules. */

/* Acts. States: 0 running, 1 done, 2 failed. */
S(ACT_ADD, "iiiiitbiiit",
  "INSERT INTO care_act(id, owner, se, kind, campaign, state, session, trace, created, updated, deadline, "
  "ask, "
  "result, failure) VALUES($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, '', '')")
S(ACT_BY_ID, "ii",
  "SELECT se, kind, campaign, state, session, trace, created, updated, deadline, ask, result, failure FROM "
  "care_act "
  "WHERE id = $1 AND owner = $2")
S(ACT_RUNNING, "i", "SELECT id, kind FROM care_act WHERE se = $1 AND state = 0 ORDER BY id LIMIT 1")
S(ACT_LIST, "iii", "SELECT id FROM care_act WHERE se = $1 AND id < $2 ORDER BY id DESC LIMIT $3")
S(ACT_END, "iitti",
  "UPDATE care_act SET state = $2, result = $3, failure = $4, updated = $5 WHERE id = $1 AND state = 0")
S(ACT_SET_RESULT, "it", "UPDATE care_act SET result = $2 WHERE id = $1")

/* The owner's own rows. */
S(SE_SET_STATE, "ii", "UPDATE se SET state = $2 WHERE id = $1")
/* The key set that opens a domain now: live, or unknown where a rotation was not settled. */
S(KEYSET_LIVE, "iii",
  "SELECT id, kvn, sealed, state FROM keyset WHERE domain = $1 AND party = $2 AND protocol = $3 AND state "
  "BETWEEN 1 "
  "AND 2 ORDER BY state, id DESC LIMIT 1")
S(CARE_KEYSETS, "ii",
  "SELECT protocol, kvn, state FROM keyset WHERE domain = $1 AND party = $2 ORDER BY protocol, kvn")
S(KEYSET_PUT, "iiiiiib",
  "INSERT INTO keyset(domain, party, protocol, kvn, id, state, sealed) VALUES($1, $2, $3, $4, $5, $6, $7) ON "
  "CONFLICT(domain, party, protocol, kvn) DO UPDATE SET id = excluded.id, state = excluded.state, sealed = "
  "excluded.sealed, kcv = NULL")
S(KEYSET_EMPTY, "iiiiib",
  "UPDATE keyset SET state = $5, sealed = $6 WHERE domain = $1 AND party = $2 AND protocol = $3 AND kvn = $4")
S(DOMAINS_OF_SE, "ii",
  "SELECT id, aid, holder, mode, state FROM security_domain WHERE se = $1 AND party = $2 ORDER BY id")
S(APPLICATIONS_OF_SE, "i", "SELECT aid, domain, state FROM application WHERE se = $1 ORDER BY id")
S(EXECUTABLES_OF_SE, "i", "SELECT aid, domain, bytes FROM executable WHERE se = $1 ORDER BY id")
S(EXECUTABLE_CONTENTS, "ii",
  "SELECT e.aid, a.content FROM executable e JOIN admitted_file a ON a.owner = $2 AND a.hash = e.hash WHERE "
  "e.se = $1")
S(EXECUTABLE_SET_HASH, "ibb", "UPDATE executable SET hash = $3 WHERE se = $1 AND aid = $2")
/* Space that is booked and not yet used. */
S(BOOKING_OPEN, "ii", "SELECT COALESCE(SUM(bytes), 0) FROM space_booking WHERE se = $1 AND expires > $2")
S(DOMAIN_HOLDER, "i", "SELECT holder FROM security_domain WHERE id = $1")

/* Blocks. */
S(BLOCK_SET, "ibiit",
  "INSERT INTO care_block(se, aid, holder, at, reason) VALUES($1, $2, $3, $4, $5) ON CONFLICT(se, aid) DO "
  "UPDATE SET "
  "holder = excluded.holder, at = excluded.at, reason = excluded.reason")
/* The first that was found counts: a second lock finds the first one. */
S(BLOCK_FOUND, "ibi", "UPDATE care_block SET found = $3 WHERE se = $1 AND aid = $2 AND found = 0")
S(BLOCK_GET, "ib", "SELECT found FROM care_block WHERE se = $1 AND aid = $2")
S(BLOCK_END, "ib", "DELETE FROM care_block WHERE se = $1 AND aid = $2")
S(BLOCK_LIST, "i", "SELECT aid, holder, at, reason FROM care_block WHERE se = $1 ORDER BY aid")
S(BLOCK_OF_HOLDER, "ii",
  "SELECT aid, at, reason FROM care_block WHERE se = $1 AND (holder = 0 OR holder = $2) ORDER BY aid LIMIT 1")
S(SERAM_END_ALL, "i", "UPDATE seram_session SET state = 2 WHERE se = $1")
S(EXCHANGES_UNSENT, "i",
  "SELECT j.id, m.id, m.peer FROM job j JOIN partner_message m ON m.id = j.ref WHERE j.se = $1 AND j.kind <= "
  "2 AND "
  "j.state = 0 ORDER BY j.id")
S(EXCHANGE_DROP, "ii", "UPDATE job SET state = $2 WHERE id = $1 AND kind <= 2 AND state = 0")

/* Rotations. */
S(ROTATION_ADD, "iiiiiibii",
  "INSERT INTO key_rotation(domain, party, protocol, old_kvn, kvn, id, sealed, state, act) VALUES($1, $2, "
  "$3, $4, $5, "
  "$6, $7, $8, $9)")
S(ROTATION_GET, "ii",
  "SELECT protocol, old_kvn, kvn, id, sealed, state, act FROM key_rotation WHERE domain = $1 AND party = $2")
S(ROTATION_SET, "iiii", "UPDATE key_rotation SET state = $3, act = $4 WHERE domain = $1 AND party = $2")
S(ROTATION_END, "ii", "DELETE FROM key_rotation WHERE domain = $1 AND party = $2")

/* Campaigns. States: 0 running, 1 paused, 2 stopped, 3 done; members: 0 planned, 1 running, 2 done, 3 failed.
 */
S(CAMPAIGN_ADD, "iiiitiiiiiiiiii",
  "INSERT INTO campaign(id, owner, kind, job, ask, total, per_minute, at_once, canary, stop_percent, "
  "window_from, "
  "window_to, begun, created, updated, state, started, running, done, failed, note) VALUES($1, $2, $3, $4, "
  "$5, $6, $7, "
  "$8, $9, $10, $11, $12, $13, $14, $15, 0, 0, 0, 0, 0, '')")
S(CAMPAIGN_BY_ID, "ii",
  "SELECT kind, state, job, ask, total, started, running, done, failed, per_minute, at_once, canary, "
  "stop_percent, "
  "window_from, window_to, begun, created, updated, note FROM campaign WHERE id = $1 AND owner = $2")
S(CAMPAIGN_LIST, "iii", "SELECT id FROM campaign WHERE owner = $1 AND id < $2 ORDER BY id DESC LIMIT $3")
S(CAMPAIGN_STARTED, "iii",
  "UPDATE campaign SET started = started + $2, running = running + $2, updated = $3 WHERE id = $1")
S(CAMPAIGN_ENDED, "iiii",
  "UPDATE campaign SET running = running - 1, done = done + $2, failed = failed + $3, updated = $4 WHERE id "
  "= $1")
S(CAMPAIGN_SET, "iiti", "UPDATE campaign SET state = $2, note = $3, updated = $4 WHERE id = $1")
S(CAMPAIGN_TOTAL, "ii", "UPDATE campaign SET total = $2 WHERE id = $1")
S(CAMPAIGN_AGAIN, "iiii",
  "UPDATE campaign SET state = 0, job = $2, begun = $3, started = 0, failed = failed - $4, note = '', "
  "updated = $3 "
  "WHERE id = $1")
S(CAMPAIGN_ANEW, "ii", "UPDATE campaign SET begun = $2, started = 0 WHERE id = $1")
S(CAMPAIGN_WAKE, "ii",
  "UPDATE job SET due = $2 WHERE id = (SELECT job FROM campaign WHERE id = $1) AND state = 1 AND due > $2")
S(MEMBER_ADD, "ii",
  "INSERT INTO campaign_member(campaign, se, state, act) VALUES($1, $2, 0, 0) ON CONFLICT(campaign, se) DO "
  "NOTHING")
S(MEMBER_ADD_ALL, "ii",
  "INSERT INTO campaign_member(campaign, se, state, act) SELECT $1, id, 0, 0 FROM se WHERE owner = $2 AND "
  "state < 2")
S(MEMBER_ADD_PROFILE, "iit",
  "INSERT INTO campaign_member(campaign, se, state, act) SELECT $1, s.id, 0, 0 FROM se s JOIN se_profile p "
  "ON p.id = "
  "s.profile WHERE s.owner = $2 AND p.name = $3 AND s.state < 2")
S(MEMBER_COUNT, "i", "SELECT COUNT(*) FROM campaign_member WHERE campaign = $1")
S(MEMBER_NEXT, "ii", "SELECT se FROM campaign_member WHERE campaign = $1 AND state = 0 ORDER BY se LIMIT $2")
S(MEMBER_SET, "iiiit",
  "UPDATE campaign_member SET state = $3, act = $4, failure = $5 WHERE campaign = $1 AND se = $2")
S(MEMBER_ENDED, "iiiit",
  "UPDATE campaign_member SET state = $3, failure = $5 WHERE campaign = $1 AND se = $2 AND act = $4")
S(MEMBER_AGAIN, "i", "UPDATE campaign_member SET state = 0, failure = '' WHERE campaign = $1 AND state = 3")
S(MEMBER_LIST, "iii",
  "SELECT m.se, m.state, m.act, COALESCE(a.session, ''), COALESCE(NULLIF(m.failure, ''), a.failure, ''), "
  "COALESCE(s.iccid, ''), COALESCE(s.seid, ''), j.body FROM campaign_member m LEFT JOIN care_act a ON a.id = "
  "m.act "
  "LEFT JOIN job j ON j.id = m.act AND j.kind = 4 AND m.state = 1 JOIN se s ON s.id = m.se WHERE m.campaign "
  "= $1 AND m.se > $2 ORDER BY m.se LIMIT $3")

/* Access rules that are on cards, and the owner's templates for them. */
S(RULE_SET, "ibbbi",
  "INSERT INTO access_rule(se, aid, app_hash, filter, allowed) VALUES($1, $2, $3, $4, $5) ON CONFLICT(se, "
  "aid, "
  "app_hash) DO UPDATE SET filter = excluded.filter, allowed = excluded.allowed")
S(RULE_DELETE, "ibb", "DELETE FROM access_rule WHERE se = $1 AND aid = $2 AND app_hash = $3")
S(RULE_LIST, "i",
  "SELECT aid, app_hash, filter, allowed FROM access_rule WHERE se = $1 ORDER BY aid, app_hash")
S(RULE_LIST_OF, "ib",
  "SELECT aid, app_hash, filter, allowed FROM access_rule WHERE se = $1 AND aid = $2 ORDER BY app_hash")
S(TEMPLATE_SET, "ibbbt",
  "INSERT INTO access_template(owner, aid, app_hash, filter, profile) VALUES($1, $2, $3, $4, $5) ON "
  "CONFLICT(owner, aid, app_hash, profile) DO UPDATE SET filter = excluded.filter")
S(TEMPLATE_DELETE, "ibbt",
  "DELETE FROM access_template WHERE owner = $1 AND aid = $2 AND app_hash = $3 AND profile = $4")
S(TEMPLATE_LIST, "i",
  "SELECT aid, app_hash, filter, profile FROM access_template WHERE owner = $1 ORDER BY aid, app_hash, "
  "profile")
S(TEMPLATE_LIST_OF, "ibt",
  "SELECT aid, app_hash, filter, 1 FROM access_template WHERE owner = $1 AND aid = $2 AND (profile = '' OR "
  "profile "
  "= $3) ORDER BY app_hash")
