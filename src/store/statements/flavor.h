/* SPDX-License-Identifier: Apache-2.0 */
/* What a flavor of several load files needs of the owner's rows: as statements.h. */
S(EXECUTABLES_BYTES, "ii", "SELECT COALESCE(SUM(bytes), 0) FROM executable WHERE se = $1 AND domain = $2")
S(PROVISIONING_ADD, "iitb",
  "INSERT INTO domain_provisioning(domain, mode, key_index, kdd) VALUES($1, $2, $3, $4)")
S(PROVISIONING_GET, "i", "SELECT mode, key_index, kdd FROM domain_provisioning WHERE domain = $1")
S(PROVISIONING_DELETE, "i", "DELETE FROM domain_provisioning WHERE domain = $1")
S(TR_FLAVOR_CHILDREN, "i",
  "SELECT id, uid, body FROM tr_entity WHERE parent = $1 AND kind = 4 AND published = 1 ORDER BY id")
