/* SPDX-License-Identifier: Apache-2.0 */
/* Data preparation: the order that a card record was given in before; the certificate of a provider's
 * attestation key, valid since the provider is one. */
S(PREP_ORDER_OF, "ii",
  "SELECT o.id, o.data, i.dedup, i.element FROM orders o JOIN service_instance i ON i.id = o.instance WHERE "
  "o.instance = $1 AND o.operation = $2 AND o.state <= 2 ORDER BY o.id DESC LIMIT 1")
S(ATTESTATION_CERTIFICATE, "i", "SELECT pem FROM attestation_certificate WHERE party = $1")
S(ATTESTATION_CERTIFICATE_ADD, "iit",
  "INSERT INTO attestation_certificate (party, made, pem) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
S(PARTY_CREATED, "i", "SELECT created FROM party WHERE id = $1")
