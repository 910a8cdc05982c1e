/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of the owner's inventory: elements with all their names, the catalogue of profiles, who may come
 * onto them. */
S(SE_OWNER_BY_EID, "t", "SELECT id, owner FROM se WHERE eid = $1")
S(SE_OWNER_BY_CPLC, "t", "SELECT id, owner FROM se WHERE cplc = $1")
S(SE_OWNER_BY_CIN, "t", "SELECT id, owner FROM se WHERE cin = $1")
/* An EID stood in the column of the embedded element's identifier before it had one of its own. */
S(SE_BY_EID, "ti",
  "SELECT s.id, s.profile, s.iccid, s.seid, s.msisdn, s.state, p.body FROM se s JOIN se_profile p ON p.id = "
  "s.profile WHERE (s.eid = $1 OR s.seid = $1) AND s.owner = $2")
S(SE_BY_CPLC, "ti",
  "SELECT s.id, s.profile, s.iccid, s.seid, s.msisdn, s.state, p.body FROM se s JOIN se_profile p ON p.id = "
  "s.profile WHERE s.cplc = $1 AND s.owner = $2")
S(SE_BY_CIN, "ti",
  "SELECT s.id, s.profile, s.iccid, s.seid, s.msisdn, s.state, p.body FROM se s JOIN se_profile p ON p.id = "
  "s.profile WHERE s.cin = $1 AND s.owner = $2")
S(SE_BY_IMSI, "ti", "SELECT id FROM se WHERE imsi = $1 AND owner = $2 ORDER BY state LIMIT 1")
S(SE_BY_ID, "ii",
  "SELECT s.id, s.profile, s.iccid, s.seid, s.msisdn, s.state, p.body FROM se s JOIN se_profile p ON p.id = "
  "s.profile WHERE s.id = $1 AND s.owner = $2")
S(SE_WHOLE, "i",
  "SELECT s.iccid, s.seid, s.eid, s.cplc, s.msisdn, s.profile, s.state, s.subscription, s.device, "
  "s.successor, "
  "p.name, s.cin, s.imsi FROM se s JOIN se_profile p ON p.id = s.profile WHERE s.id = $1")
S(SE_IMPORT, "iiitttttiiitt",
  "INSERT INTO se(id, owner, profile, iccid, seid, eid, cplc, msisdn, state, subscription, device, cin, "
  "imsi) "
  "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
S(SE_CHANGE, "iitttttiitt",
  "UPDATE se SET profile = $2, iccid = $3, seid = $4, eid = $5, cplc = $6, msisdn = $7, subscription = $8, "
  "device = $9, cin = $10, imsi = $11 WHERE id = $1")
S(SE_CLOSE, "iii", "UPDATE se SET state = $2, successor = $3, msisdn = NULL, imsi = NULL WHERE id = $1")
S(SE_DELETE, "i", "DELETE FROM se WHERE id = $1")
S(SE_LIST, "iii",
  "SELECT s.id, s.iccid, s.seid, s.eid, s.msisdn, s.state, p.name FROM se s JOIN se_profile p ON p.id = "
  "s.profile WHERE s.owner = $1 AND s.id < $2 ORDER BY s.id DESC LIMIT $3")
/* Another element of the owner that still answers under this number. */
S(SE_OTHER_WITH_MSISDN, "tii",
  "SELECT id FROM se WHERE msisdn = $1 AND owner = $2 AND id <> $3 AND state < 2 LIMIT 1")
S(SE_OTHER_WITH_IMSI, "tii",
  "SELECT id FROM se WHERE imsi = $1 AND owner = $2 AND id <> $3 AND state < 2 LIMIT 1")
S(SE_HAS_DOMAIN, "i", "SELECT 1 FROM security_domain WHERE se = $1 AND state >= 1 LIMIT 1")
S(SE_HAS_CONTENT, "i",
  "SELECT 1 WHERE EXISTS (SELECT 1 FROM security_domain WHERE se = $1) OR EXISTS (SELECT 1 FROM executable "
  "WHERE se = $1) OR EXISTS (SELECT 1 FROM space_booking WHERE se = $1) OR EXISTS (SELECT 1 FROM job WHERE "
  "se "
  "= $1 AND kind <= 2 AND state BETWEEN 1 AND 3) OR EXISTS (SELECT 1 FROM job WHERE se = $1 AND kind <= 2 "
  "AND "
  "state = 0)")
S(SE_PROVIDERS, "ii",
  "SELECT p.name, d.aid, d.state FROM security_domain d JOIN party p ON p.id = d.holder WHERE d.se = $1 AND "
  "d.party = $2 AND d.state >= 1 ORDER BY d.id")
S(SE_APPLICATIONS, "i",
  "SELECT p.name, a.aid, d.aid FROM application a JOIN security_domain d ON d.id = a.domain JOIN party p ON "
  "p.id = d.holder WHERE a.se = $1 ORDER BY a.id")
S(KEYSET_IMPORT, "iiiiiibb",
  "INSERT INTO keyset(domain, party, protocol, kvn, id, state, sealed, kcv) VALUES($1, $2, $3, $4, $5, $6, "
  "$7, $8)")
S(KEYSET_CHECKS, "iiii",
  "SELECT id, state, sealed, kcv FROM keyset WHERE domain = $1 AND party = $2 AND protocol = $3 AND kvn = $4")
S(KEYSET_LIST, "ii",
  "SELECT protocol, kvn, state, kcv FROM keyset WHERE domain = $1 AND party = $2 ORDER BY protocol, kvn")
S(KEYSET_MOVE, "iii", "UPDATE keyset SET domain = $2 WHERE domain = $1 AND party = $3")

/* The catalogue. The house's profiles are everybody's, the others their owner's. */
S(PROFILE_FOR, "ti", "SELECT id, body, retired FROM se_profile WHERE name = $1 AND (owner = 0 OR owner = $2)")
S(PROFILE_NAME_TAKEN, "t", "SELECT owner FROM se_profile WHERE name = $1")
S(PROFILE_NEW, "itti", "INSERT INTO se_profile(id, name, body, owner) VALUES($1, $2, $3, $4)")
S(PROFILE_BODY, "tit", "UPDATE se_profile SET body = $3 WHERE name = $1 AND owner = $2")
S(PROFILE_RETIRE, "tii", "UPDATE se_profile SET retired = $3 WHERE name = $1 AND owner = $2")
S(PROFILE_CATALOGUE, "i",
  "SELECT id, name, body, owner, retired FROM se_profile WHERE owner = 0 OR owner = $1 ORDER BY name")
S(PROFILE_HAS_ELEMENTS, "ii", "SELECT 1 FROM se WHERE owner = $1 AND profile = $2 LIMIT 1")
S(PROFILE_PUBLIC, "", "SELECT id, name, body, owner, retired FROM se_profile WHERE retired = 0 ORDER BY name")

S(ACCESS_SET, "iiit",
  "INSERT INTO provider_access(owner, provider, allowed, reason) VALUES($1, $2, $3, $4) ON CONFLICT(owner, "
  "provider) DO UPDATE SET allowed = excluded.allowed, reason = excluded.reason")
S(ACCESS_GET, "ii", "SELECT allowed, reason FROM provider_access WHERE owner = $1 AND provider = $2")

/* An object of this AID on the element that belongs to another provider. */
S(AID_OF_ANOTHER, "ibi",
  "SELECT 1 FROM application a JOIN security_domain d ON d.id = a.domain WHERE a.se = $1 AND a.aid = $2 AND "
  "d.holder <> $3 UNION ALL SELECT 1 FROM security_domain d JOIN se s ON s.id = d.se WHERE d.se = $1 AND "
  "d.party = s.owner AND d.aid = $2 AND d.holder <> $3 AND d.state >= 1")
S(PROFILE_BY_ID, "i", "SELECT body, name, owner, retired FROM se_profile WHERE id = $1")
S(SE_HOLDERS, "ii",
  "SELECT DISTINCT holder FROM security_domain WHERE se = $1 AND party = $2 AND state >= 1 AND holder <> $2")
S(KEYSETS_RETIRE, "ii", "UPDATE keyset SET state = 3 WHERE domain = $1 AND party = $2")
S(BOOKINGS_END, "i", "DELETE FROM space_booking WHERE se = $1")
S(INSTANCES_OF_ELEMENT, "it",
  "SELECT i.id, s.name, s.id FROM service_instance i JOIN service s ON s.id = i.service WHERE i.party = $1 "
  "AND "
  "i.element = $2 AND i.element <> '' ORDER BY i.id")
S(PARTNER_REPLY, "iit",
  "SELECT state, reply FROM partner_message WHERE direction = 0 AND party = $1 AND peer = $2 AND key = $3")
S(ORDER_SESSION_GONE, "i", "UPDATE orders SET session = '' WHERE id = $1")
