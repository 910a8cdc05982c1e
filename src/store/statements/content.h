/* SPDX-License-Identifier: Apache-2.0 */
/* Load files, admission, what is used: as statements.h. */
S(REVISION_ADD, "iibbiibbi",
  "INSERT INTO load_file_revision(id, party, aid, hash, major, minor, content, descriptor, at) VALUES($1, "
  "$2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT(party, hash) DO NOTHING")
S(REVISION_BY_HASH, "ib",
  "SELECT aid, major, minor, content, descriptor, at FROM load_file_revision WHERE party = $1 AND hash = $2")
S(REVISION_DESCRIBE, "ibb",
  "UPDATE load_file_revision SET descriptor = $3 WHERE party = $1 AND hash = $2 AND length(descriptor) = 0")
S(REVISION_LIST, "iii",
  "SELECT id, aid, hash, major, minor, length(content), at FROM load_file_revision WHERE party = $1 AND id < "
  "$2 ORDER BY id DESC LIMIT $3")
S(LOAD_FILE_SET, "ibbbt",
  "UPDATE executable_load_file SET hash = $3, content = $4, body = $5 WHERE party = $1 AND aid = $2")
S(LOAD_FILE_OTHERS, "bi", "SELECT id FROM executable_load_file WHERE aid = $1 AND party <> $2 LIMIT 1")
S(FLAVOR_BODIES, "i", "SELECT body FROM flavor WHERE party = $1 ORDER BY id")

S(ORDER_LAST_OF, "i", "SELECT operation FROM orders WHERE instance = $1 ORDER BY id DESC LIMIT 1")

S(ADMISSION_RULE_ADD, "iiiibi",
  "INSERT INTO admission_rule(id, owner, kind, provider, value, at) VALUES($1, $2, $3, $4, $5, $6) ON "
  "CONFLICT(owner, kind, provider, value) DO NOTHING")
S(ADMISSION_RULE_LIST, "i",
  "SELECT r.id, r.kind, r.provider, r.value, r.at, COALESCE(p.name, '') FROM admission_rule r LEFT JOIN "
  "party "
  "p ON p.id = r.provider WHERE r.owner = $1 ORDER BY r.kind, r.id")
S(ADMISSION_RULE_DELETE, "ii", "DELETE FROM admission_rule WHERE id = $1 AND owner = $2")
S(ADMISSION_RULES_OF, "iii",
  "SELECT value FROM admission_rule WHERE owner = $1 AND kind = $2 AND provider IN (0, $3) ORDER BY id")
S(ADMISSION_RULE_HASH, "iib",
  "SELECT id FROM admission_rule WHERE owner = $1 AND kind = 0 AND provider IN (0, $2) AND value = $3 LIMIT "
  "1")
S(ADMISSION_ADD, "iiibbbii",
  "INSERT INTO admission(id, owner, provider, hash, terms, aid, listed, at) VALUES($1, $2, $3, $4, $5, $6, "
  "$7, $8) ON CONFLICT(owner, provider, hash, terms) DO NOTHING")
S(ADMISSION_GET, "iibb",
  "SELECT id FROM admission WHERE owner = $1 AND provider = $2 AND hash = $3 AND terms = $4")
S(ADMISSION_OF_PROVIDER, "ii",
  "SELECT DISTINCT hash FROM admission WHERE owner = $1 AND provider = $2 ORDER BY hash")
S(ADMISSION_LIST, "iii",
  "SELECT a.id, p.name, a.aid, a.hash, a.listed, a.at FROM admission a JOIN party p ON p.id = a.provider "
  "WHERE a.owner = $1 AND a.id < $2 ORDER BY a.id DESC LIMIT $3")
S(ADMISSION_FORGET, "i", "DELETE FROM admission WHERE owner = $1")
S(ADMITTED_ADD, "ibb",
  "INSERT INTO admitted_file(owner, hash, content) VALUES($1, $2, $3) ON CONFLICT(owner, hash) DO NOTHING")
S(ADMITTED_GET, "ib", "SELECT content FROM admitted_file WHERE owner = $1 AND hash = $2")
S(EXECUTABLE_UPGRADED, "ibbi", "UPDATE executable SET hash = $3, bytes = $4 WHERE se = $1 AND aid = $2")
S(SCRIPT_ADD, "iibiibi",
  "INSERT INTO offline_script(id, owner, holder, number, commands, hash, at) VALUES($1, $2, $3, $4, $5, $6, "
  "$7)")
S(SCRIPT_LAST, "ib", "SELECT COALESCE(MAX(number), 0) FROM offline_script WHERE owner = $1 AND holder = $2")
S(SCRIPT_LIST, "iii",
  "SELECT id, holder, number, commands, hash, at FROM offline_script WHERE owner = $1 AND id < $2 ORDER BY "
  "id "
  "DESC LIMIT $3")
S(USAGE_FOR, "iitbitii",
  "INSERT INTO usage(id, party, key, trace, at, what, units, peer) VALUES($1, $2, $3, $4, $5, $6, $7, $8) ON "
  "CONFLICT(key) DO NOTHING")
S(CLAIM_ADD, "ibii",
  "INSERT INTO aid_claim(owner, aid, provider, at) VALUES($1, $2, $3, $4) ON CONFLICT(owner, aid) DO NOTHING")
S(CLAIM_GET, "ib", "SELECT provider FROM aid_claim WHERE owner = $1 AND aid = $2")

S(USAGE_SUMS, "iii",
  "SELECT u.what, COALESCE(p.name, ''), COUNT(*), SUM(u.units), MIN(u.at), MAX(u.at) FROM usage u LEFT JOIN "
  "party p ON p.id = u.peer WHERE u.party = $1 AND u.at >= $2 AND u.at < $3 GROUP BY u.what, u.peer, p.name "
  "ORDER BY u.what, p.name")
S(USAGE_LIST, "iiiii",
  "SELECT u.id, u.key, u.trace, u.at, u.what, u.units, COALESCE(p.name, '') FROM usage u LEFT JOIN party p "
  "ON "
  "p.id = u.peer WHERE u.party = $1 AND u.at >= $2 AND u.at < $3 AND u.id > $4 ORDER BY u.id LIMIT $5")
