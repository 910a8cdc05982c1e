/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of issued applications: as statements.h. */
S(EXCHANGE_SET, "it", "UPDATE orders SET exchange = $2 WHERE id = $1")
S(EXCHANGE_GET, "i", "SELECT exchange, exchange_result FROM orders WHERE id = $1")
S(EXCHANGE_DONE, "it", "UPDATE orders SET exchange_result = $2 WHERE id = $1")
S(EXCHANGE_DEDUP, "i", "SELECT dedup FROM service_instance WHERE id = $1")

/* Token service providers. */
S(TOKEN_PROVIDER_SET, "itt",
  "INSERT INTO token_provider(party, name, body) VALUES($1, $2, $3) ON CONFLICT(party, name) DO UPDATE SET "
  "body = excluded.body")
S(TOKEN_PROVIDER_GET, "it", "SELECT body FROM token_provider WHERE party = $1 AND name = $2")
S(TOKEN_PROVIDER_LIST, "i", "SELECT name, body FROM token_provider WHERE party = $1 ORDER BY name")
S(TOKEN_PROVIDER_DELETE, "it", "DELETE FROM token_provider WHERE party = $1 AND name = $2")
S(TOKEN_GET, "i", "SELECT token_provider, token_ref FROM service_instance WHERE id = $1")
S(TOKEN_SET, "itt", "UPDATE service_instance SET token_provider = $2, token_ref = $3 WHERE id = $1")
